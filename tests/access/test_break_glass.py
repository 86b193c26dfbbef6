"""Break-glass: one value against the rules, told to everybody who was passed over, reviewed by somebody else (S2-6)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from access import events
from access.models import BreakGlass, BreakGlassReview, ReadingRule, RowBudget
from access.policy import Why
from access.queries import break_glass as asking
from access.services import break_glass, reveal
from classification.queries import UnknownField
from customers.models import Customer
from customers.services import contacts
from files.models import SealedText
from staff.models import Notification
from staff.roles import AGENT, AUDITOR, HEAD, OFFICER, SECURITY, SUPERVISOR
from staff.services.people import NotAllowed
from staff.step_up import StepUpNeeded
from tests.access.cast import CANARIES, VALUES, exposures_since, kinds_since, last_event, later
from trail import vocabulary
from trail.models import Event
from vault import opening

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def use(cast, customer, by, field="mobile", reason="客户突发疾病，需联系家属", at=None):
    return break_glass.show(customer.ref, field, reason=reason, by=by, at=at or cast.at)


def rule(at, **more):
    """Put a rule in force in place of the supervisor's."""
    ReadingRule.objects.filter(code="supervisor-l3").update(until=at)
    row = {"role": SUPERVISOR, "level": 3, "view": "masked", "clause": "S0-28", "since": at, "number": 1}
    return ReadingRule.objects.create(**row | {"code": "strict"} | more)


@pytest.mark.parametrize("role", [SUPERVISOR, HEAD])
def test_shows_a_value_that_the_rules_refuse(cast, role):
    by, customer = cast.person(role), cast.customer()
    with pytest.raises(reveal.Refused):
        reveal.reveal(customer.ref, "mobile", reason="急", by=by, at=cast.at)
    shown = use(cast, customer, by)
    assert (shown.text, shown.level, shown.seconds) == (VALUES["mobile"], 3, 60)
    assert VALUES["mobile"] not in repr(shown)


def test_is_an_alarm_that_says_what_the_rules_said(cast):
    by, customer = cast.supervisor(), cast.customer()
    start = last_event()
    shown = use(cast, customer, by)
    assert kinds_since(start) == [events.BREAK_GLASS_USED.code]
    assert events.BREAK_GLASS_USED.code in vocabulary.alarms()
    event = Event.objects.get(id=shown.event)
    assert (event.decision, event.rule, event.rule_version) == ("masked", "supervisor-l3", 1)
    (text,) = SealedText.objects.filter(subject=customer.ref)
    assert event.facts == {
        "field": "mobile",
        "level": 3,
        "why": Why.NEEDS_MISSING.value,
        "reason": str(text.id),
        "told": 0,
    }
    (seen,) = exposures_since(start)
    assert (seen.customer, seen.act, seen.clear, seen.level) == (customer.ref, "revealed", ["mobile"], 3)
    assert not any(canary in str(event.facts) for canary in CANARIES)


def test_has_the_event_on_disk_before_the_value_exists(cast, monkeypatch):
    by, customer = cast.supervisor(), cast.customer()
    start, found, clear = last_event(), [], opening.clear

    def watching(sealed, place, keys):
        found.append(kinds_since(start))
        return clear(sealed, place, keys)

    monkeypatch.setattr(opening, "clear", watching)
    use(cast, customer, by)
    assert found == [[events.BREAK_GLASS_USED.code]]


def test_tells_everybody_who_was_passed_over(cast):
    by, head, officers = cast.supervisor(), cast.person(HEAD), [cast.officer() for _ in range(2)]
    cast.person(HEAD, department="south")
    use(cast, cast.customer(), by)
    told = set(Notification.objects.filter(code="break_glass_used").values_list("person_id", flat=True))
    assert told == {head.id, *(officer.id for officer in officers)}
    (text,) = SealedText.objects.all()
    assert set(text.readers) == told


def test_does_not_tell_a_head_of_their_own_emergency(cast):
    head, officer = cast.person(HEAD), cast.officer()
    use(cast, cast.customer(), head)
    assert [note.person_id for note in Notification.objects.all()] == [officer.id]


@pytest.mark.parametrize("role", [AGENT, OFFICER, SECURITY, AUDITOR])
def test_is_for_supervisors_and_heads_only(cast, role):
    with pytest.raises(NotAllowed):
        use(cast, cast.customer(), cast.person(role))


def test_wants_a_fresh_second_factor(cast):
    by, customer = later(cast.supervisor(), 301), cast.customer()
    start = last_event()
    for old in (by, replace(by, second_factor_at=None)):
        with pytest.raises(StepUpNeeded):
            use(cast, customer, old)
    assert kinds_since(start) == []


@pytest.mark.parametrize(
    ("reason", "code"), [("", "no_reason"), (" \n ", "no_reason"), ("急" * 501, "too_long")]
)
def test_wants_a_typed_reason(cast, reason, code):
    with pytest.raises(break_glass.NotAnEmergency, match=code):
        use(cast, cast.customer(), cast.supervisor(), reason=reason)


def test_never_goes_outside_the_reach(cast):
    with pytest.raises(Customer.DoesNotExist):
        use(cast, cast.customer(portfolio="south"), cast.supervisor())


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"role": "", "view": "hidden", "forbid": True, "clause": "S0-27"}, Why.FORBIDDEN),
        ({"zone": "vault"}, Why.OUTSIDE_ZONE),
    ],
)
def test_never_goes_over_a_prohibition_and_has_the_refusal_on_record(cast, more, why):
    rule(cast.at, **more)
    start = last_event()
    with pytest.raises(reveal.Refused) as refused:
        use(cast, cast.customer(), cast.supervisor())
    assert refused.value.decision.why == why
    assert kinds_since(start) == [events.REVEAL_REFUSED.code]
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("lacking", ["undertaking", "training"])
def test_shows_nothing_to_whoever_lacks_an_undertaking_or_training(cast, lacking):
    rule(cast.at, view="clear")
    with pytest.raises(reveal.Refused):
        use(cast, cast.customer(), replace(cast.supervisor(), lacking=lacking))


@pytest.mark.parametrize(
    "more", [{"clear_when": [["consent"]]}, {"clear_when": [["grant"]]}, {}, {"view": "hidden"}]
)
def test_goes_over_what_is_missing(cast, more):
    rule(cast.at, **more)
    assert use(cast, cast.customer(), cast.supervisor()).text == VALUES["mobile"]


def test_is_for_l3_alone(cast):
    by, customer = cast.supervisor(), cast.customer()
    with pytest.raises(break_glass.NotAnEmergency, match="level"):
        use(cast, customer, by, field="full_name")
    with pytest.raises(UnknownField):
        use(cast, customer, by, field="credit_report_of_nobody")


def test_is_not_needed_where_a_reason_does(cast):
    by, customer = cast.supervisor(), cast.customer()
    contacts.touch(ref=customer.ref, by=by, at=cast.at)
    with pytest.raises(break_glass.NotAnEmergency, match="allowed_anyway"):
        use(cast, customer, by)


def test_is_refused_by_no_budget(cast):
    RowBudget.objects.filter(code="clear-supervisor").update(until=cast.at)
    by = cast.supervisor()
    for _ in range(2):
        use(cast, cast.customer(), by)


# --- review ------------------------------------------------------------------------------------------------------
def used(cast, by=None):
    use(cast, cast.customer(), by or cast.supervisor())
    return BreakGlass.objects.get()


def judge(cast, one, by, *, justified=True, words="已核对，确属紧急", at=None):
    return break_glass.review(one.id, justified=justified, words=words, by=by, at=at or cast.at)


@pytest.mark.parametrize("role", [HEAD, OFFICER])
@pytest.mark.parametrize("justified", [True, False])
def test_is_reviewed_by_somebody_else_with_words(cast, role, justified):
    one, by = used(cast), cast.person(role)
    start = last_event()
    made = judge(cast, one, by, justified=justified)
    (event,) = Event.objects.filter(id__gt=start)
    assert (event.kind, event.facts) == (
        events.BREAK_GLASS_REVIEWED.code,
        {
            "person": str(one.person_id),
            "used_event": one.event,
            "justified": justified,
            "reason": str(made.words),
        },
    )
    told = Notification.objects.get(person_id=one.person_id)
    assert told.code == ("break_glass_justified" if justified else "break_glass_not_justified")
    assert list(asking.waiting_for(by, cast.at)) == []


def test_is_never_reviewed_by_who_used_it(cast):
    head = cast.person(HEAD)
    one = used(cast, head)
    with pytest.raises(break_glass.NotReviewed, match="own"):
        judge(cast, one, head)
    row = {
        "use": one,
        "used_by": head.id,
        "justified": True,
        "words": one.reason,
        "by_number": "x",
        "at": cast.at,
    }
    with pytest.raises(IntegrityError, match="nobody_reviews_their_own_emergency"), transaction.atomic():
        BreakGlassReview.objects.create(**row, by_id=head.id)


def test_is_reviewed_once(cast):
    one = used(cast)
    judge(cast, one, cast.person(HEAD))
    start = last_event()
    with pytest.raises(break_glass.NotReviewed, match="done"):
        judge(cast, one, cast.officer(), justified=False)
    assert kinds_since(start) == []
    assert BreakGlassReview.objects.get().justified


def test_is_not_reviewed_by_a_foreign_head_nor_by_other_roles(cast):
    one = used(cast)
    with pytest.raises(BreakGlass.DoesNotExist):
        judge(cast, one, cast.person(HEAD, department="south"))
    for role in (AGENT, SUPERVISOR, AUDITOR, SECURITY):
        with pytest.raises(NotAllowed):
            judge(cast, one, cast.person(role))


@pytest.mark.parametrize(("words", "code"), [(" ", "no_words"), ("x" * 501, "too_long")])
def test_is_not_reviewed_without_words(cast, words, code):
    one = used(cast)
    with pytest.raises(break_glass.NotReviewed, match=code):
        judge(cast, one, cast.officer(), words=words)


def test_is_overdue_a_day_later_to_the_second(cast):
    used(cast)
    day = timedelta(days=1)
    assert not BreakGlass.objects.all().overdue(cast.at + day - timedelta(seconds=1)).exists()
    assert BreakGlass.objects.all().overdue(cast.at + day).exists()
    judge(cast, BreakGlass.objects.get(), cast.officer(), at=cast.at + day)
    assert not BreakGlass.objects.all().overdue(cast.at + day).exists()


def test_is_read_by_the_officer_the_auditor_their_head_and_who_used_it(cast):
    by = cast.supervisor()
    one = used(cast, by)
    readers = (by, cast.person(HEAD), cast.officer(), cast.person(AUDITOR))
    assert all(list(asking.readable_by(reader, cast.at)) == [one] for reader in readers)
    for other in (cast.supervisor(), cast.person(HEAD, department="south")):
        assert list(asking.readable_by(other, cast.at)) == []


def test_stays_as_it_was(cast):
    used(cast)
    for change in (lambda rows: rows.update(field="email"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
            change(BreakGlass.objects.all())
