"""Handing L4 values over from the main site: deposited, never read back."""

from uuid import UUID

import pytest

from access.events import DEPOSITED_APART
from access.services import apart as handing
from access.services.apart import Brought, DepositRefused
from customers.models import Customer
from customers.verification.looking import look
from files import apart
from files.models import ApartDeposit, ApartPart
from staff.services.people import NotAllowed
from tests.access.cast import Cast, exposures_since, kinds_since, last_event
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
REPORT = Brought(content="征信报告 L4-CANARY".encode(), text=True)


def refused(cast: Cast, code: str, brought: Brought = REPORT) -> str:
    with pytest.raises(DepositRefused) as problem:
        handing.deposit(cast.customer().ref, code, brought, by=cast.agent(), at=cast.at)
    return problem.value.code


def test_hands_a_value_over_sealed_as_one_event(cast: Cast) -> None:
    customer, agent = cast.customer(), cast.agent()
    start = last_event()
    id = handing.deposit(customer.ref, "credit_report", REPORT, by=agent, at=cast.at)
    assert kinds_since(start) == [DEPOSITED_APART.code]
    assert "L4-CANARY" not in str(Event.objects.latest("id").facts)
    (seen,) = exposures_since(start)
    assert (seen.customer, seen.act, seen.portfolio, seen.clear) == (customer.ref, "written", "north", [])
    (held,) = apart.held(customer.ref)
    assert (held.id, held.field, held.by_number, held.taken_at) == (id, "credit_report", agent.number, None)
    assert all(b"L4-CANARY" not in bytes(part.sealed) for part in ApartPart.objects.all())


def test_hands_a_file_over(cast: Cast) -> None:
    brought = Brought(content=b"%PDF-1.7 " * 200_000, name="报告.pdf")
    id = handing.deposit(cast.customer().ref, "credit_report", brought, by=cast.supervisor(), at=cast.at)
    row = ApartDeposit.objects.get(pk=id)
    assert (row.size, row.parts) == (1_800_000, 2)


def test_a_deposit_changed_while_it_waits_is_found_and_named(cast: Cast) -> None:
    customer = cast.customer()
    id = handing.deposit(customer.ref, "credit_report", REPORT, by=cast.agent(), at=cast.at)
    assert accused(customer.ref) == []
    ApartPart.objects.create(deposit_id=id, number=1, sealed=b"more")
    assert accused(customer.ref) == [("changed", ("credit_report",))]


def accused(ref: UUID) -> list[tuple[str, tuple[str, ...]]]:
    """Return what of L4 the verification says of a customer."""
    found = look(0, 1).found
    return [(one.code, one.fields) for one in found if one.customer == ref and "credit_report" in one.fields]


@pytest.mark.parametrize(
    ("code", "why"),
    [("payment_password", "never_held"), ("mobile", "unknown_field"), ("no_such", "unknown_field")],
)
def test_refuses_payment_passwords_and_what_is_no_l4(cast: Cast, code: str, why: str) -> None:
    assert refused(cast, code) == why
    assert refused(cast, code, Brought(content=b"123456", name="a.txt")) == why
    assert not ApartDeposit.objects.exists()


def test_refuses_nothing_and_too_much(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MOST_BYTES", 10)
    assert refused(cast, "credit_report", Brought(content=b"")) == "empty"
    assert refused(cast, "credit_report", Brought(content=b"12345678901")) == "size"
    assert refused(cast, "credit_report", Brought(content=b" ", text=True)) == "empty"


def test_says_so_where_there_is_no_restricted_host(cast: Cast, settings) -> None:
    settings.RESTRICTED_RECIPIENT_FILE = ""
    assert refused(cast, "credit_report") == "no_host"


def test_hands_nothing_over_of_customers_out_of_reach_or_without_the_right(cast: Cast) -> None:
    south = cast.customer(portfolio="south")
    with pytest.raises(Customer.DoesNotExist):
        handing.deposit(south.ref, "credit_report", REPORT, by=cast.agent(), at=cast.at)
    with pytest.raises(NotAllowed):
        handing.deposit(south.ref, "credit_report", REPORT, by=cast.officer(), at=cast.at)


def test_offers_every_l4_field_but_what_is_never_held(cast: Cast) -> None:
    codes = {spec.code for spec in handing.fields_of_l4(cast.at)}
    assert codes == {
        *("fingerprint_template", "face_image", "voiceprint"),
        *("credit_report", "authorisation_original"),
    }
