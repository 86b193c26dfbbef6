"""What a grant lets out besides the screen: a file under a password, a mail to an address that nobody sees."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
import pyzipper
from django.core import mail

from access.grants import Granting
from access.models import Export, GrantUse
from access.services import deliver, export, requests
from access.services.budgets import OverBudget, give_reason
from access.services.reveal import Refused as NotAllowedByRules
from access.services.reveal import reveal
from customers.models import HOLD, Restriction
from staff.roles import AGENT
from tests.access.cast import CANARIES, exposures_since, kinds_since, last_event
from tests.access.requesting import Office, sign
from tests.access.test_budgets import allow
from tests.consent.builders import Answering, published
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


@pytest.fixture
def firm(cast) -> Office:
    return Office(cast)


def exported(firm: Office, **more):
    customers = [firm.customer(), firm.customer()]
    row = firm.asked(*customers, output="export", **more)
    sign(row.proposal, firm.head, firm.at)
    sign(row.proposal, firm.boss, firm.at)
    return row, customers


def test_hands_out_what_the_grant_covers_and_nothing_more(firm):
    row, customers = exported(firm)
    start = last_event()
    handed = export.export_granted(row.pk, "csv", by=firm.asker, at=firm.at)
    assert handed.password not in repr(handed)
    shown = exposures_since(start)
    assert {(one.customer, tuple(one.clear), one.act) for one in shown} == {
        (one.ref, ("mobile",), "exported") for one in customers
    }
    fetched = export.fetch(handed.export.id, by=firm.asker, at=firm.at)
    with pyzipper.AESZipFile(BytesIO(b"".join(fetched.chunks))) as packed:
        (name,) = packed.namelist()
        with pytest.raises(RuntimeError):
            packed.read(name)
        packed.setpassword(handed.password.encode())
        text = packed.read(name).decode("utf-8-sig")
    assert text.count(CANARIES[0]) == 2
    assert CANARIES[1] not in text
    assert str(row.number) in text.splitlines()[0]
    assert firm.asker.number in text.splitlines()[0]
    assert kinds_since(start) == ["customer.clear_exported", "files.put", "export.fetched"]
    assert GrantUse.objects.filter(request=row).count() == 2
    with pytest.raises(export.GrantRefused) as over:
        export.export_granted(row.pk, "csv", by=firm.asker, at=firm.at)
    assert over.value.state == Granting.USED_UP
    refused = Event.objects.latest("id")
    assert (refused.kind, refused.facts) == ("export.refused", {"why": "no_grant", "grant": "used_up"})
    assert str(refused.request) == str(row.pk)


def test_a_grant_for_the_screen_makes_no_file_and_one_that_ended_neither(firm):
    screen = firm.granted(firm.customer())
    with pytest.raises(export.GrantRefused):
        export.export_granted(screen.pk, "xlsx", by=firm.asker, at=firm.at)
    row, _customers = exported(firm)
    later = firm.at + timedelta(hours=1)
    fresh = replace(firm.asker, second_factor_at=later)
    with pytest.raises(export.GrantRefused) as over:
        export.export_granted(row.pk, "xlsx", by=fresh, at=later)
    assert over.value.state == Granting.ENDED


def test_a_file_spends_the_budget_of_clear_views(firm):
    allow(firm.at, role=AGENT, hour=2, more_hour=2)
    row, _customers = exported(firm)
    handed = export.export_granted(row.pk, "csv", by=firm.asker, at=firm.at)
    assert handed.export.rows == 2
    more, _others = exported(firm)
    start = last_event()
    with pytest.raises(OverBudget) as over:
        export.export_granted(more.pk, "csv", by=firm.asker, at=firm.at)
    assert (over.value.line.used, over.value.step, over.value.seconds) == (2, "reason", 3600)
    assert kinds_since(start) == ["budget.refused"]
    assert not GrantUse.objects.filter(request=more).exists()
    assert Export.objects.filter(request_id=more.pk).count() == 0
    later = firm.at + timedelta(minutes=59)
    give_reason("clear", "补充核对", by=firm.asker, at=firm.at)
    again = export.export_granted(more.pk, "csv", by=replace(firm.asker, second_factor_at=later), at=later)
    assert again.export.rows == 2


def test_a_file_larger_than_the_budget_is_made_once_and_fills_it(firm):
    allow(firm.at, role=AGENT, hour=1)
    row, _customers = exported(firm)
    assert export.export_granted(row.pk, "csv", by=firm.asker, at=firm.at).export.rows == 2
    more, customers = exported(firm)
    with pytest.raises(OverBudget) as over:
        export.export_granted(more.pk, "csv", by=firm.asker, at=firm.at)
    assert (over.value.line.used, over.value.line.allowed, over.value.step) == (2, 1, "wait")
    firm.in_contact(customers[0])
    with pytest.raises(OverBudget):
        reveal(customers[0].ref, "mobile", by=firm.asker, at=firm.at)


def test_mails_a_text_without_showing_the_address(firm):
    customer = firm.customer()
    firm.in_contact(customer)
    with pytest.raises(NotAllowedByRules):
        deliver.text(customer.ref, subject="您的退款", body="已办理", by=firm.asker, at=firm.at)
    row = firm.granted(customer, fields=("email",))
    start = last_event()
    deliver.text(customer.ref, subject="您的退款", body="已办理", by=firm.asker, at=firm.at)
    assert kinds_since(start) == ["value.delivered"]
    (letter,) = mail.outbox
    assert (letter.to, letter.subject, letter.body) == ([CANARIES[2]], "您的退款", "已办理")
    event = Event.objects.filter(kind="value.delivered").latest("id")
    assert event.facts["ground"] == f"request {row.number}"
    assert "退款" not in str(event.facts)
    with pytest.raises(NotAllowedByRules):
        deliver.text(customer.ref, subject="再次", body="再次", by=firm.asker, at=firm.at)
    for empty in ({"subject": " "}, {"body": ""}):
        with pytest.raises(deliver.TextRefused, match="text_missing"):
            deliver.text(customer.ref, **{"subject": "x", "body": "x"} | empty, by=firm.asker, at=firm.at)


def test_a_file_that_waits_is_no_way_past_a_revocation_an_end_or_a_customers_no(firm):
    def waiting(**more):
        row, customers = exported(firm, **more)
        return row, customers, export.export_granted(row.pk, "csv", by=firm.asker, at=firm.at).export

    def closed(made, at=firm.at, by=firm.asker) -> bool:
        start = last_event()
        with pytest.raises(export.NotFetchable) as refused:
            export.fetch(made.pk, by=by, at=at)
        assert kinds_since(start) == ["export.refused"]
        return refused.value.code == "closed"

    row, _customers, made = waiting()
    last = row.ends_at - timedelta(seconds=1)
    assert closed(made, at=row.ends_at), "over"
    assert closed(made, at=last, by=replace(firm.asker, lacking="undertaking"))
    requests.revoke(row.pk, reason="已转岗", by=firm.head, at=firm.at)
    assert closed(made), "revoked"

    _row, (one, _other), made = waiting()
    version = published(firm.at - timedelta(days=30), "service")
    Answering(version, firm.boss, one.ref).record(False, at=firm.at)
    assert closed(made), "one of its customers said no"

    _row, (one, _other), made = waiting()
    Restriction.objects.create(customer=one, field="mobile", basis=HOLD, since=firm.at)
    assert closed(made), "only stored"

    row, _customers, made = waiting()
    export.fetch(made.pk, by=firm.asker, at=row.ends_at - timedelta(seconds=1))
