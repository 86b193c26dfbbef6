import pytest

from tests.trail.cast import WANG
from trail.exposed import ACTS, Exposed
from trail.words import ACT_NAMES


def test_refuses_an_unknown_act():
    with pytest.raises(ValueError, match="no act"):
        Exposed(WANG, "glimpsed")


@pytest.mark.parametrize("level", [-1, 5])
def test_refuses_an_unknown_level(level):
    with pytest.raises(ValueError, match="levels"):
        Exposed(WANG, "opened", level=level)


@pytest.mark.parametrize("shown", [{"clear": ("mobile",)}, {"masked": ("mobile",)}, {"level": 3}])
def test_refuses_a_refusal_that_shows_something(shown):
    with pytest.raises(ValueError, match="shows nothing"):
        Exposed(WANG, "refused", **shown)


def test_every_act_has_a_name():
    assert tuple(ACT_NAMES) == ACTS
