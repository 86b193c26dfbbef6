"""Sealed values at work: masked, compared, matched, re-sealed, and never handed out."""

from uuid import uuid4

import pytest

from kinds import registry
from kinds.pseudonyms import DRAWN
from vault import transform
from vault.keyring import make_keys
from vault.opening import CannotOpen, open_clear
from vault.sealing import seal

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
VALUE = "15400000018"


def test_masks_a_mobile_number(keys, place):
    shown = transform.mask("mobile", seal(VALUE, place, keys), place, keys)

    assert shown.startswith("154")
    assert "0000" not in shown


@pytest.mark.parametrize("kind", registry.every_kind(), ids=lambda kind: kind.code)
def test_never_masks_or_views_into_the_clear(kind, keys, place):
    for value in {"", "x", "1", *(kind.clean(example, kind.example_params) for example in kind.examples)}:
        sealed = seal(value, place, keys)
        shown = [transform.mask(kind.code, sealed, place, keys)]
        shown += [transform.view(kind.code, name, sealed, place, keys) for name in kind.views]
        assert all(not value or value not in text for text in shown)


def test_hides_all_of_a_value_that_its_view_would_show_whole(keys, place):
    sealed = seal("0018", place, keys)

    assert transform.view("mobile", "last_four", sealed, place, keys) == transform.HIDDEN


def test_shows_a_declared_view(keys, place):
    assert transform.view("mobile", "last_four", seal(VALUE, place, keys), place, keys) == "0018"


@pytest.mark.parametrize(
    ("said", "same"),
    [
        (VALUE, True),
        ("+86 154-0000-0018", True),
        ("１５４ 0000 0018", True),
        ("15400000026", False),
        ("", False),
    ],
)
def test_compares_what_a_caller_says(said, same, keys, place):
    assert transform.compare("mobile", seal(VALUE, place, keys), place, keys, said) is same


def test_compares_no_kind_that_forbids_it(keys, place):
    with pytest.raises(transform.NotComparable):
        transform.compare("note", seal("hello", place, keys), place, keys, "hello")


@pytest.mark.parametrize(
    ("index", "typed", "found"),
    [
        ("exact", "154 0000 0018", True),
        ("exact", "15400000026", False),
        ("last_four", "0018", True),
        ("last_four", "0026", False),
        ("last_four", "18", False),
    ],
)
def test_verifies_a_match_of_the_blind_index(index, typed, found, keys, place):
    assert transform.matches("mobile", index, seal(VALUE, place, keys), place, keys, typed) is found


def test_reseals_for_another_level_and_domain(subject, keys, place, at, receipt):
    to = place._replace(domain="L4", level=4)
    to_keys = make_keys([subject], "L4", at=at)
    moved = transform.reseal(seal(VALUE, place, keys), place, keys, to, to_keys)

    assert open_clear(moved, to, to_keys, receipt(subject, "mobile")) == VALUE


@pytest.mark.parametrize("change", [{"field": "note"}, {"subject": uuid4()}])
def test_reseals_nothing_for_another_subject_or_field(change, keys, place, at):
    to = place._replace(**change)
    with pytest.raises(CannotOpen):
        transform.reseal(seal(VALUE, place, keys), place, keys, to, make_keys([to.subject], "L3", at=at))


def test_puts_a_value_of_nobodys_in_the_place_of_a_held_one(keys, place):
    one, other = b"k" * 32, b"o" * 32
    sealed = seal(VALUE, place, keys)

    made = transform.pseudonym("mobile", {}, sealed, place, keys, one)

    assert registry.get("mobile").clean(made) == made
    assert made != VALUE
    assert made == transform.pseudonym("mobile", {}, seal(VALUE, place, keys), place, keys, one)
    assert made == transform.pseudonym_of("mobile", {}, "+86 154 0000 0018", one)
    assert made != transform.pseudonym("mobile", {}, sealed, place, keys, other)


def test_wants_a_key_that_nobody_can_try_out(keys, place):
    with pytest.raises(transform.WeakKey):
        transform.pseudonym("mobile", {}, seal(VALUE, place, keys), place, keys, b"short")


@pytest.mark.parametrize("kind", registry.every_kind(), ids=lambda kind: kind.code)
def test_no_pseudonym_holds_the_value(kind, keys, place):
    for example in kind.examples:
        value = kind.clean(example, kind.example_params)
        sealed = seal(value, place, keys)
        made = transform.pseudonym(kind.code, kind.example_params, sealed, place, keys, b"k" * 32)
        if kind.code not in DRAWN:
            assert value not in made
