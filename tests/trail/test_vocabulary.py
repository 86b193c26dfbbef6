import pytest

from tests.trail.cast import ALARMED, SHOWN
from trail import vocabulary


def test_refuses_a_code_twice():
    with pytest.raises(ValueError, match="twice"):
        vocabulary.declare(SHOWN.code, name="again")


@pytest.mark.parametrize("code", ["shown", "Test.shown", "test.", ".shown", "test shown", "test.shown\n"])
def test_refuses_a_malformed_code(code):
    with pytest.raises(ValueError, match="codes read"):
        vocabulary.declare(code, name="x")


@pytest.mark.parametrize("facts", [("Fields",), ("a b",), "fields"])
def test_refuses_malformed_facts(facts):
    with pytest.raises(ValueError, match="facts"):
        vocabulary.declare("test.malformed", name="x", facts=facts)


def test_finds_kinds_and_alarms():
    assert vocabulary.get("test.shown") is SHOWN
    assert ALARMED.code in vocabulary.alarms()
    assert SHOWN.code not in vocabulary.alarms()
    with pytest.raises(vocabulary.UnknownKind):
        vocabulary.get("test.never")


def test_every_app_is_asked_for_its_kinds():
    codes = [kind.code for kind in vocabulary.every_kind()]
    assert codes == sorted(codes)
    assert {"trail.read", "trail.partitions_made", "command.ran"} <= set(codes)
