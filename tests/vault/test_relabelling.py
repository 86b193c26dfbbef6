"""What relabelling asks of the vault: recast, index, and the one clear value that two signatures open."""

from uuid import UUID, uuid4

import pytest

from classification.events import FIELD_CHANGED
from kinds.base import Invalid
from trail import services as trail
from trail.actor import Actor
from trail.services import clock
from vault import transform
from vault.blind_index import digests
from vault.deposit import open_deposit
from vault.keyring import make_keys
from vault.opening import CannotOpen
from vault.place import Place
from vault.sealing import seal

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
FACTS = {"field": "email", "version": 2, "level": 2, "former_level": 3, "kind": "email", "index": "none"}


@pytest.fixture
def place() -> Place:
    return Place(uuid4(), "L3", "email", 3)


@pytest.fixture
def keys(place):
    return make_keys([place.subject], "L3", at=clock())


def signed(**facts: object) -> UUID:
    """Record what two signatures leave behind, and return the approval."""
    approval = uuid4()
    by = Actor(id=uuid4(), number="P1", name="某人")
    trail.record(FIELD_CHANGED, by=by, at=clock(), facts=FACTS | facts, request=str(approval))
    return approval


def test_the_vault_knows_the_event_by_its_name() -> None:
    assert FIELD_CHANGED.code == transform.SIGNED_CHANGE
    assert {"field", "level"} <= FIELD_CHANGED.facts


def test_opens_a_value_of_the_field_that_was_signed(place, keys) -> None:
    approval = transform.Approval(signed(), "email")
    sealed = seal("a.nobody@example.com", place, keys)
    value = transform.open_relabelled(sealed, place, keys, approval)
    assert value == "a.nobody@example.com"
    assert "nobody" not in repr(value)


@pytest.mark.parametrize("facts", [{"level": 3}, {"field": "mobile"}])
def test_a_change_of_another_field_or_level_opens_nothing(facts) -> None:
    with pytest.raises(transform.NotApproved):
        transform.Approval(signed(**facts), "email")


def test_an_id_that_the_trail_does_not_know_opens_nothing() -> None:
    signed()
    with pytest.raises(transform.NotApproved):
        transform.Approval(uuid4(), "email")


def test_an_approval_opens_no_other_field_and_has_no_look_alike(place, keys) -> None:
    approval = transform.Approval(signed(), "email")
    other = place._replace(field="mobile")
    with pytest.raises(transform.NotApproved):
        transform.open_relabelled(seal("15400000018", other, keys), other, keys, approval)

    class Alike:
        field = "email"
        id = approval.id

    with pytest.raises(transform.NotApproved):
        transform.open_relabelled(seal("x@example.com", place, keys), place, keys, Alike())  # type: ignore[arg-type]


def test_recasts_to_the_form_of_the_kind_and_leaves_what_has_it(place, keys) -> None:
    written = seal("a.nobody@example.com", place, keys)
    assert transform.recast("email", {}, written, place, keys) == written
    odd = seal("A.Nobody@EXAMPLE.com ", place, keys)
    new = transform.recast("email", {}, odd, place, keys)
    assert transform.unchanged(new, place, keys, "A.Nobody@example.com") or transform.unchanged(
        new, place, keys, "a.nobody@example.com"
    )


def test_refuses_to_recast_what_is_no_such_value(place, keys) -> None:
    with pytest.raises(Invalid) as refused:
        transform.recast("email", {}, seal("不是邮箱", place, keys), place, keys)
    assert "不是邮箱" not in str(refused.value) + str(refused.value.params)


def test_indexes_as_the_clear_value_would_be(place, keys) -> None:
    sealed = seal("a.nobody@example.com", place, keys)
    assert transform.index("email", ("exact",), sealed, place, keys) == digests(
        "email", "exact", "email", "a.nobody@example.com"
    )
    assert transform.index("email", (), sealed, place, keys) == []


def test_nothing_opens_elsewhere(place, keys) -> None:
    sealed = seal("a.nobody@example.com", place, keys)
    elsewhere = place._replace(field="mobile")
    with pytest.raises(CannotOpen):
        transform.recast("email", {}, sealed, elsewhere, keys)
    with pytest.raises(CannotOpen):
        transform.index("email", ("exact",), sealed, elsewhere, keys)


def test_a_deposit_goes_to_the_restricted_host_and_needs_the_signed_label(place, keys, settings) -> None:
    sealed = seal("a.nobody@example.com", place, keys)
    opening, apart = signed(), signed(level=4)
    given, size = transform.deposit_sealed(
        sealed, place, keys, transform.ApartApproval(apart, "email"), header=b"of\n"
    )
    assert (open_deposit(given, settings.RESTRICTED_KEY_FILE), size) == (b"of\na.nobody@example.com", 20)
    with pytest.raises(CannotOpen):
        open_deposit(given, settings.BASE_DIR / settings.DEPOSIT_KEY_FILE)
    for kind, approval in ((transform.ApartApproval, opening), (transform.Approval, apart)):
        with pytest.raises(transform.NotApproved):
            kind(approval, "email")
    with pytest.raises(
        transform.NotApproved
    ):  # what opens does not hand over, and what hands over does not open
        transform.deposit_sealed(sealed, place, keys, transform.Approval(opening, "email"), header=b"")  # type: ignore[arg-type]
    with pytest.raises(transform.NotApproved):
        transform.open_relabelled(sealed, place, keys, transform.ApartApproval(apart, "email"))  # type: ignore[arg-type]
