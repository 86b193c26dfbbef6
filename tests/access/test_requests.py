"""Usage requests: asked with everything said at once, signed by the right people, narrowed, revoked, over by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from access.consents import Saying
from access.grants import Granting
from access.models import GrantUse, UsageRequest
from access.policy import Step, Why
from access.queries import requests as asked
from access.queries.grants import scopes
from access.services import requests
from access.services.reveal import Refused as NotRevealed
from access.services.reveal import reveal
from approvals import queries as inbox
from approvals import services as approvals
from approvals.models import Proposal, Signature
from approvals.services import NotSigned
from customers.problems import Refused
from customers.services import contacts
from files.deposits import NotAccepted
from files.services import NotReadable
from staff.roles import ANALYST
from staff.services.people import NotAllowed
from tests.access.cast import Cast, kinds_since, last_event
from tests.access.requesting import HOUR, Office, sign
from tests.consent.builders import Answering, published
from tests.papers import PNG

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


@pytest.fixture
def firm(cast: Cast) -> Office:
    return Office(cast)


def refusal(firm: Office, customer, at=None, by=None, field="mobile"):
    with pytest.raises(NotRevealed) as refused:
        reveal(customer.ref, field, by=by or firm.asker, at=at or firm.at)
    return refused.value.decision


def test_a_head_signs_and_the_value_opens_until_it_ends(firm):
    customer = firm.customer()
    firm.in_contact(customer)
    start = last_event()
    row = firm.asked(customer)
    assert kinds_since(start) == ["approvals.proposed"]
    pending = refusal(firm, customer)
    assert (pending.grant.state, pending.grant.number) == (Granting.PENDING, row.number)
    start = last_event()
    assert sign(row.proposal, firm.head, firm.at).applied
    assert kinds_since(start) == ["approvals.approved", "grant.given", "approvals.applied"]
    assert [one.row.pk for one in asked.for_customer(firm.asker, customer.ref, firm.at)] == [row.pk]
    start = last_event()
    shown = reveal(customer.ref, "mobile", by=firm.asker, at=firm.at)
    assert shown.text == "15400000018"
    assert shown.decision.by_grant
    assert kinds_since(start) == ["field.revealed"]
    (used,) = GrantUse.objects.filter(request=row)
    assert (used.customer, used.field, used.event) == (customer.ref, "mobile", shown.event)
    last = firm.at + HOUR - timedelta(seconds=1)
    (scope,) = scopes(last, requests=[row.pk])
    assert asked.with_state([row], last)[0].state == Granting.USED_UP, scope
    assert asked.with_state([row], firm.at + HOUR)[0].state == Granting.ENDED


def test_counts_uses_and_stops_at_the_last_one(firm):
    one, other = firm.customer(), firm.customer()
    row = firm.asked(one, other, uses=1)
    sign(row.proposal, firm.head, firm.at)
    assert sign(row.proposal, firm.boss, firm.at).applied, "L3 of several customers wants the officer, too"
    firm.in_contact(one)
    firm.in_contact(other)
    reveal(one.ref, "mobile", by=firm.asker, at=firm.at)
    assert refusal(firm, other).grant.state == Granting.USED_UP


def test_revocation_counts_from_the_next_read_and_is_told(firm):
    customer = firm.customer()
    firm.in_contact(customer)
    row = firm.granted(customer, uses=None)
    with pytest.raises(NotAllowed):
        requests.revoke(row.pk, reason="x", by=firm.cast.supervisor(department="south"), at=firm.at)
    start = last_event()
    requests.revoke(row.pk, reason="已转岗", by=firm.head, at=firm.at)
    assert kinds_since(start) == ["grant.revoked"]
    assert refusal(firm, customer).grant.state == Granting.REVOKED
    with pytest.raises(Refused):
        requests.revoke(row.pk, reason="再次", by=firm.boss, at=firm.at)


def test_the_applicant_never_signs_and_a_head_who_applies_is_signed_for_further_up(firm):
    customer = firm.customer()
    row = firm.asked(customer)
    with pytest.raises(NotSigned, match="own"):
        sign(row.proposal, firm.asker, firm.at)
    mine = requests.ask(firm.draft(customer), by=firm.head, at=firm.at)
    assert [one.pk for one in inbox.inbox(firm.boss, firm.at)] == [mine.proposal]
    with pytest.raises(NotSigned, match="own"):
        sign(mine.proposal, firm.head, firm.at)


def test_an_edited_approval_and_one_by_the_applicant_open_nothing(firm):
    customer = firm.customer()
    firm.in_contact(customer)
    row = firm.granted(customer)
    Proposal.objects.filter(pk=row.proposal).update(
        content={**Proposal.objects.get(pk=row.proposal).content, "digest": "0" * 64}
    )
    assert refusal(firm, customer).grant.state == Granting.VOID
    again = firm.granted(customer)
    assert reveal(customer.ref, "mobile", by=firm.asker, at=firm.at).decision.grant.number == again.number
    third = firm.granted(customer)
    Signature.objects.filter(proposal=third.proposal).update(signer_id=firm.asker.id)
    (scope,) = scopes(firm.at, requests=[third.pk])
    assert asked.with_state([third], firm.at)[0].state == Granting.VOID, scope


def test_says_at_once_what_will_not_be_granted(firm):
    near, far = firm.customer(), firm.customer(portfolio="south")
    found = asked.check(firm.draft(near, far, exclude=True), by=firm.asker, at=firm.at)
    assert (found.out_of_reach, found.excluded, found.customers) == (1, 1, ())
    assert {(one.field, one.code) for one in found.problems} == {("customers", "nobody_left")}
    bad = firm.draft(near, fields=("mobile",), ends_at=firm.at - HOUR * 2, reason="", purpose="quality")
    codes = {(one.field, one.code) for one in asked.check(bad, by=firm.asker, at=firm.at).problems}
    assert codes == {("fields", "not_needed"), ("ends_at", "ends_before"), ("reason", "required")}
    unjustified = asked.check(firm.draft(near, justification=""), by=firm.asker, at=firm.at)
    assert [(one.field, one.code) for one in unjustified.problems] == [("justification", "required")]
    assert unjustified.sayings == {Saying.NONE: 1}
    start = UsageRequest.objects.count()
    with pytest.raises(Refused):
        requests.ask(bad, by=firm.asker, at=firm.at)
    assert UsageRequest.objects.count() == start
    with pytest.raises(NotAllowed):
        requests.ask(firm.draft(near), by=firm.cast.person(ANALYST), at=firm.at)


def test_a_signer_narrows_and_signs_what_is_left(firm):
    customer = firm.customer()
    firm.in_contact(customer)
    row = requests.ask(
        firm.draft(customer, fields=("mobile", "email"), output="export"), by=firm.asker, at=firm.at
    )
    proposal = Proposal.objects.get(pk=row.proposal)
    less = {"fields": ["mobile"], "ends_at": firm.at + HOUR / 2, "output": "screen", "uses_at_most": 1}
    how = {"reason": "只需手机号", "seen_hash": proposal.content_hash, "by": firm.head, "at": firm.at}
    with pytest.raises(Refused):
        requests.narrow(proposal.pk, **less | {"fields": ["mobile", "resident_id"]}, **how)
    start = last_event()
    outcome = requests.narrow(proposal.pk, **less, **how)
    assert outcome.applied, "without a file the officer is not needed"
    assert kinds_since(start) == [
        "approvals.narrowed",
        "approvals.approved",
        "grant.given",
        "approvals.applied",
    ]
    assert refusal(firm, customer, field="email").grant.state == Granting.NONE
    assert reveal(customer.ref, "mobile", by=firm.asker, at=firm.at).decision.by_grant
    assert [one.row.narrows_id for one in asked.of_person(firm.asker.id, firm.at)] == [row.pk]


def test_another_purpose_of_the_contact_is_told_and_one_tap_away(firm):
    customer = firm.customer()
    firm.granted(customer)
    contact = contacts.touch(ref=customer.ref, by=firm.asker, at=firm.at)
    contacts.change(id=contact.pk, by=firm.asker, at=firm.at, purpose="complaint")
    decision = refusal(firm, customer)
    assert (decision.why, decision.next_step) == (Why.NEEDS_MISSING, Step.CHANGE_PURPOSE)
    assert decision.grant.state == Granting.OTHER_PURPOSE


def test_the_row_of_a_request_never_changes(firm):
    row = firm.granted(firm.customer())
    with pytest.raises(Exception, match="never rewritten"):
        UsageRequest.objects.filter(pk=row.pk).update(uses=99)


def test_an_inbox_of_many_takes_the_same_few_queries(firm, django_assert_max_num_queries):
    customer = firm.customer()
    for _ in range(12):
        firm.asked(customer)
    with django_assert_max_num_queries(10):
        assert len(inbox.inbox(firm.head, firm.at)) == 12


def test_a_stand_in_signs_while_the_dates_last(firm):
    from approvals import standing_in

    deputy = firm.cast.supervisor()
    until = firm.at + timedelta(days=3)
    named = standing_in.propose_stand_in(
        deputy.number, since=firm.at, until=until, reason="休假", by=firm.head, at=firm.at
    )
    approvals.approve(named.pk, seen_hash=named.content_hash, by=firm.boss, at=firm.at)
    row = firm.asked(firm.customer())
    late = replace(deputy, second_factor_at=until)
    with pytest.raises(NotSigned, match="not_yours"):
        sign(row.proposal, late, until)
    assert sign(row.proposal, deputy, firm.at).applied
    assert Signature.objects.get(proposal=row.proposal).stands_in_for == firm.head.id


def test_an_attachment_is_shown_to_those_who_decide_and_gone_after_a_week(firm):
    row = requests.ask(firm.draft(firm.customer()), attachments=[PNG], by=firm.asker, at=firm.at)
    start = last_event()
    shown = requests.show_attachment(row.pk, 0, by=firm.head, at=firm.at)
    assert kinds_since(start) == ["request.attachment_read"]
    assert shown.name == f"attachment-{last_event()}.png"
    assert shown.media_type == "image/png"
    assert shown.content != PNG
    with pytest.raises(UsageRequest.DoesNotExist):
        requests.show_attachment(row.pk, 0, by=firm.cast.agent(), at=firm.at)
    with pytest.raises(NotReadable):
        requests.show_attachment(row.pk, 0, by=firm.head, at=firm.at + timedelta(days=8))
    with pytest.raises(NotAccepted):
        requests.ask(firm.draft(firm.customer()), attachments=[b"MZ"], by=firm.asker, at=firm.at)


def test_the_customers_no_ends_a_grant_at_once_whatever_justified_it(firm):
    customer = firm.customer()
    firm.in_contact(customer)
    row = firm.granted(customer, fields=("mobile", "email"))
    assert row.without_consent == 1
    assert reveal(customer.ref, "mobile", by=firm.asker, at=firm.at).decision.by_grant
    version = published(firm.at - timedelta(days=30), "service")
    Answering(version, firm.boss, customer.ref).record(False, at=firm.at)
    assert refusal(firm, customer, field="email").grant.state == Granting.NO_CONSENT
