"""Kinds of proposal are known by one code each."""

import pytest

from approvals import registry
from tests.approvals.conftest import Done


def test_a_code_is_taken_once(done: Done) -> None:
    with pytest.raises(ValueError, match="twice"):
        registry.register(registry.get("test.act"))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(registry.UnknownProposal):
        registry.get("test.nothing")


LABELS = ["field.change", "field.confirm", "field.new", "purpose.change"]
"""Law 9: for labels, which two different people sign, the proposer may be one of them."""


def test_nobody_signs_what_they_proposed_but_where_two_sign_labels() -> None:
    assert [kind.code for kind in registry.every_kind() if kind.proposer_may_sign] == LABELS


def test_every_kind_wants_a_step_up_and_a_permission() -> None:
    assert [kind.code for kind in registry.every_kind() if not (kind.step_up and kind.permission)] == []
