"""One answer (law 6): card, list, reveal, file and job decide alike, for everybody about everybody.

The expectations are those of the pure matrix, written by hand there; here they meet rows of the database. Each page
of customers is decided in a constant number of queries, so that the comparisons are thousands. The age of the second
factor is one more axis: a single value inside a contact asks for none, whatever its age; a file asks for a fresh one
and holds nothing before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import transaction

from access.models import ReadingRule, UsageRequest
from access.queries import cards
from access.services import deliver, export, listing, reveal
from classification.queries import FieldSpec, catalogue
from customers.imports.acting import acting_person
from customers.models import FLOOR, HOLD, VIP, Contact, Customer, Restriction
from customers.queries import visible_to
from customers.services import contacts
from staff.acting import person_of
from staff.roles import AGENT, HEAD, SUPERVISOR
from staff.step_up import StepUpNeeded
from tests.access.cast import VALUES, Cast, exposures_since, last_event
from tests.access.population import FIELDS, Case, Population
from tests.access.test_budgets import allow
from tests.access.test_matrix import (
    GRANTS,
    LACKING,
    LIMITED,
    NEVER,
    SEES,
    WITH_CONSENT,
    expected,
    within_limits,
)
from trail.actor import Actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

LEVELS = dict(zip(FIELDS, (1, 2, 3, 3), strict=True))
ASKING = (AGENT, SUPERVISOR, HEAD)
IN_CONTACT = {"nothing": (False, False), "contact": (True, False), "reason": (True, True)}
OTHER_PURPOSE = "complaint"


class Where(NamedTuple):
    """How somebody comes to a value: with what, for which purpose, lacking what, from which zone."""

    contact: str
    purpose: str = "service"
    lacking: str = ""
    zone: str = ""


Table = Callable[[str, Case, str, Where], str]


class World:
    """The population, one person for each role, and what each of them should see."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.at = cast, cast.at
        self.people = {role: cast.person(role) for role in SEES}
        self.everybody = Population(cast)
        self.everybody.fill([self.people[role] for role in ASKING], self.people["officer"])
        self.everybody.assign(self.people["agent"], self.everybody.vips("given"))
        self.customers = list(Customer.objects.select_related("portfolio").order_by("number"))
        for role in ASKING:
            for tier in ("", VIP):
                allow(self.at, role=role, tier=tier, hour=9999, day=9999)

    def reaches(self, role: str, case: Case) -> bool:
        """Say by hand whom a role reaches in its own department; VIPs are served by those named alone (S4-55)."""
        if role == "agent":
            return case.tier != VIP or case.consent == "given"
        return role in {"supervisor", "head", "officer"}

    def grant(self, case: Case, field: str) -> str:
        """Say which grant state speaks about a field."""
        if field == "mobile":
            return case.grant
        return "live" if (field, case.grant) == ("email", "other field") else "none"

    def table(self, role: str, case: Case, field: str, where: Where) -> str:
        """Say by hand what is seen, from the pure matrix."""
        consent, grant = case.consent, self.grant(case, field)
        if grant == "tier above" and case.tier == "premium":
            grant = "live"  # this request reaches premium alone
        if where.purpose == OTHER_PURPOSE:
            # Nobody was asked about it; the one request for it has no justification.
            consent, grant = "none", "none"
        reached = self.reaches(role, case)
        return expected(role, LEVELS[field], reached, where.contact, consent, grant, where.lacking)

    def limited_table(self, role: str, case: Case, field: str, where: Where) -> str:
        """Say by hand what is seen in the house that limits."""
        grant, level = self.grant(case, field), LEVELS[field]
        if not self.reaches(role, case):
            return "hidden"
        if level == 1:
            return "clear"
        if grant not in {"tier above", "none"}:
            # The hand-written table of this house knows few states: those that open, and those that do not.
            opens = GRANTS[grant][1]
            grant = {0: "none", 1: "live", 2: "live, justified"}[len(opens)]
        return within_limits(
            role, level, where.contact, case.consent, grant, case.tier, where.zone, where.lacking
        )

    def exported(self, role: str, state: str, lacking: str) -> set[tuple[UUID, str]]:
        """Say by hand which values the file of a request holds: a grant alone opens it, and never in part."""
        scope, opens = GRANTS[state]
        if scope is None or lacking or state in {"other customer", "of somebody else"}:
            return set()
        field = "email" if state == "other field" else "mobile"
        opens = WITH_CONSENT if state in {"other field", "other purpose", "tier above"} else opens
        found = {
            (ref, field)
            for ref, case in self.everybody.cases.items()
            if case.grant == state
            and case.consent in (NEVER if state == "other purpose" else opens)
            and self.reaches(role, case)
            and (state != "tier above" or case.tier == "premium")
        }
        # A file is all that opens, or none: fewer uses left than values is a refusal.
        return set() if state == "last use left" and len(found) > 1 else found

    def page(self, by: Actor, where: Where) -> dict[tuple[UUID, str], str]:
        """Let somebody look at all cards, a constant number of queries."""
        contact, reason = IN_CONTACT[where.contact]
        found = list(visible_to(by, self.at).select_related("portfolio"))
        shown = cards.cards(
            by,
            found,
            self.at,
            fields=FIELDS,
            in_contact=contact,
            with_reason=reason,
            purpose=where.purpose if contact else "",
        )
        return {(card.ref, value.code): value.decision.view for card in shown for value in card.values}

    def as_person(self, role: str, where: Where, age: int | None = 0) -> Actor:
        """Give the person, whose second factor was given so many seconds ago, or not at all."""
        given = None if age is None else self.at - timedelta(seconds=age)
        person = self.people[role]
        return replace(person, lacking=where.lacking, zone=where.zone, second_factor_at=given)


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)


def compare(found: Iterable[tuple[str, str, str]]) -> int:
    """Insist that what is found is what the table says; return how many were compared.

    :param found: (what was asked, what was answered, what the table says).
    """
    wrong, asked = Counter[str](), 0
    for told, view, wanted in found:
        asked += 1
        if view != wanted:
            wrong[f"{told}: {view}, not {wanted}"] += 1
    assert not wrong, wrong.most_common(8)
    return asked


def on_cards(world: World, role: str, where: Where, table: Table) -> Iterator[tuple[str, str, str]]:
    shown = world.page(world.as_person(role, where), where)
    for ref, case in world.everybody.cases.items():
        for field in FIELDS:
            told = f"card {role} {where} {case} {field}"
            yield told, shown.get((ref, field), "hidden"), table(role, case, field, where)


def one_by_one(
    world: World, role: str, ways: Sequence[Where], table: Table
) -> Iterator[tuple[str, str, str]]:
    """Ask as a reveal does: some queries each, so a part of the customers, with fields and ways taking turns.

    The stride shares no divisor with the number of states, so that each state is met; the roles begin apart.
    """
    found = list(visible_to(world.people[role], world.at).select_related("portfolio").order_by("number"))
    for place, customer in enumerate(found[len(role) % STRIDE :: STRIDE]):
        where, field = ways[place % len(ways)], FIELDS[1 + place % 3]
        in_contact, reasoned = IN_CONTACT[where.contact]
        contact = Contact(purpose=where.purpose) if in_contact else None
        spec, by = catalogue_of(world)[field], world.as_person(role, where, AGES[place % len(AGES)])
        decision = reveal.decide_inside(customer, spec, contact, reasoned, by, world.at)
        case = world.everybody.cases[customer.ref]
        yield f"reveal {role} {where} {case} {field}", decision.view, table(role, case, field, where)


STRIDE = 5
AGES = (0, 300, 301, None)
"""Seconds since the second factor: fresh, fresh in its last second, a second too old, never given."""
TOO_OLD = AGES[2:]


def catalogue_of(world: World) -> dict[str, FieldSpec]:
    known = catalogue(world.at)
    return {code: known.get(code) for code in FIELDS}


WAYS = (
    *(Where(contact) for contact in IN_CONTACT),
    *(Where("reason", lacking=lacking) for lacking in LACKING if lacking),
    Where("reason", OTHER_PURPOSE),
)


def test_card_reveal_and_job_answer_as_the_table_for_everybody_about_everybody(world: World) -> None:
    asked = 0
    for role in SEES:
        seeing = role in (*ASKING, "officer")
        for where in WAYS if seeing else WAYS[:1]:
            asked += compare(on_cards(world, role, where, world.table))
        asked += compare(one_by_one(world, role, WAYS, world.table))
    # A job acts as whoever started it, made anew from the person's row: no zone, no second factor, the same answers.
    in_a_job = acting_person(person_of(world.people["supervisor"]).pk, world.at)
    assert (in_a_job.zone, in_a_job.second_factor_at) == ("", None)
    world.people["supervisor"] = in_a_job
    for contact in IN_CONTACT:
        asked += compare(on_cards(world, "supervisor", Where(contact), world.table))
    assert asked > 21_000


def test_values_shown_and_addresses_used_are_those_of_the_table(world: World) -> None:
    """The whole act, from the contact to the value and the mail; each is taken back, so that uses do not run out."""
    asked = 0
    for role in ASKING:
        found = list(visible_to(world.people[role], world.at).select_related("portfolio").order_by("number"))
        for place, customer in enumerate(found[len(role) % APART :: APART]):
            by = world.as_person(role, Where("reason"), AGES[place % len(AGES)])
            case, told = world.everybody.cases[customer.ref], f"{role} {place}"
            shown, text, sent = taken_back(partial(shown_and_sent, world, customer, by))
            wanted = world.table(role, case, "mobile", Where("reason"))
            asked += compare([(f"value {told} {case}", shown, wanted)])
            assert text == (VALUES["mobile"] if wanted == "clear" else ""), told
            wanted = world.table(role, case, "email", Where("contact"))
            asked += compare([(f"mail {told} {case}", sent, wanted)])
    assert asked > 70


APART = 13
"""Shares no divisor with the number of states, as `STRIDE`."""


def shown_and_sent(world: World, customer: Customer, by: Actor) -> tuple[str, str, str]:
    """Mail a text to the address, then ask for the number with a reason: both views, and the number."""
    contact = contacts.touch(ref=customer.ref, by=by, at=world.at)
    contacts.change(id=contact.pk, by=by, at=world.at, purpose="service")
    before = len(mail.outbox)
    try:
        sent = deliver.text(customer.ref, subject="答复", body="已处理", by=by, at=world.at).view
    except reveal.Refused as refused:
        sent = refused.decision.view
    assert (len(mail.outbox) > before) == (sent == "clear"), "what is refused sends nothing"
    try:
        shown = reveal.reveal(customer.ref, "mobile", reason="核实", by=by, at=world.at)
    except reveal.Refused as refused:
        return refused.decision.view, "", sent
    return shown.decision.view, shown.text, sent


def taken_back(act: Callable[[], tuple[str, str, str]]) -> tuple[str, str, str]:
    """Do something, and take it back."""
    held = {alias: transaction.savepoint(using=alias) for alias in ("default", "keyring")}
    try:
        return act()
    finally:
        for alias, one in held.items():
            transaction.savepoint_rollback(one, using=alias)


def test_cards_and_reveals_answer_alike_in_a_house_that_limits_tiers_and_zones(world: World) -> None:
    gone = ("agent-l3", "supervisor-l3", "head-l3")
    ReadingRule.objects.in_force(world.at).filter(code__in=gone).update(until=world.at)
    ReadingRule.objects.bulk_create(
        ReadingRule(
            **{name: getattr(rule, name) for name in SAME},
            number=rule.version + (rule.code in gone),
            clear_when=[sorted(needs) for needs in rule.clear_when],
            since=world.at,
        )
        for rule in LIMITED
    )
    ways = [Where("reason", zone=zone) for zone in ("", "office", "remote")] + [
        Where("contact", zone="office")
    ]
    asked = 0
    for role in ASKING:
        for where in ways:
            asked += compare(on_cards(world, role, where, world.limited_table))
        asked += compare(one_by_one(world, role, ways, world.limited_table))
    assert asked > 9_000


SAME = ("code", "role", "level", "view", "clause", "category", "tier", "zone", "highest_tier", "forbid")


def test_lists_and_masked_files_hold_what_the_table_says(world: World) -> None:
    """What is shown is read off the trail, which says it before anybody sees it."""
    for role in (*ASKING, "officer"):
        by, start = world.people[role], last_event()
        found = list(visible_to(by, world.at).select_related("portfolio"))
        listing.list_page(found, how="list", page=1, by=by, at=world.at, fields=FIELDS)
        if role in {"supervisor", "head"}:
            export_masked = partial(export.export_masked, [one.ref for one in found], "csv", how="list")
            for age in TOO_OLD:
                asked_for_a_factor(partial(export_masked, at=world.at), world.as_person(role, NOTHING, age))
            export_masked(by=world.as_person(role, NOTHING, 300), at=world.at)
        views: dict[tuple[str, UUID, str], str] = {}
        for seen in exposures_since(start):
            views |= {(seen.act, seen.customer, field): "clear" for field in seen.clear}
            views |= {(seen.act, seen.customer, field): "masked" for field in seen.masked}
        acts = sorted({act for act, _ref, _field in views})
        assert acts == (["exported", "listed"] if role in {"supervisor", "head"} else ["listed"])
        compare(
            (f"{act} {role} {case} {field}", views.get((act, ref, field), "hidden"), wanted)
            for act in acts
            for ref, case in world.everybody.cases.items()
            for field in FIELDS
            for wanted in [world.table(role, case, field, Where("nothing"))]
        )


NOTHING = Where("nothing")


def asked_for_a_factor(act: Callable[..., object], by: Actor) -> None:
    """Insist that whoever's factor is too old is asked for one, whatever the table says, and that nothing left."""
    start = last_event()
    with pytest.raises(StepUpNeeded):
        act(by=by)
    assert last_event() == start


def test_a_file_under_a_grant_holds_what_the_table_says_and_nothing_more(world: World) -> None:
    for role in ASKING:
        for state, lacking in [("live", one) for one in LACKING if one] + [(one, "") for one in GRANTS]:
            by = replace(world.people[role], lacking=lacking)
            id = world.everybody.requests.get((by.id, state), uuid4())
            export_granted = partial(export.export_granted, id, "csv", at=world.at)
            for age in TOO_OLD:
                asked_for_a_factor(export_granted, world.as_person(role, Where("", lacking=lacking), age))
            start, wanted = last_event(), world.exported(role, state, lacking)
            refused: object = None
            try:
                export_granted(by=by)
            except (export.GrantRefused, export.NothingToExport, UsageRequest.DoesNotExist) as problem:
                refused = problem
            left = {(one.customer, field) for one in exposures_since(start) for field in one.clear}
            assert left == wanted, f"{role} {state} {lacking}: {len(left)} values, not {len(wanted)}"
            assert bool(refused) == (not wanted), f"{role} {state} {lacking}: {refused!r}"


def test_what_is_only_stored_is_answered_to_nobody_by_card_reveal_list_and_file(world: World) -> None:
    """PIPL 47: whatever rule, consent or grant there is; every other value is answered as before."""
    stored, whole = world.customers[::3], world.customers[1::3]
    Restriction.objects.bulk_create(
        [Restriction(customer=one, field="mobile", basis=FLOOR, since=world.at) for one in stored]
        + [Restriction(customer=one, basis=HOLD, since=world.at) for one in whole]
    )
    closed = {(one.ref, "mobile") for one in stored} | {(one.ref, field) for one in whole for field in FIELDS}
    refs = {case: ref for ref, case in world.everybody.cases.items()}

    def table(role: str, case: Case, field: str, where: Where) -> str:
        return "hidden" if (refs[case], field) in closed else world.table(role, case, field, where)

    asked = 0
    for role in (*ASKING, "officer"):
        for where in (Where("nothing"), Where("reason")):
            asked += compare(on_cards(world, role, where, table))
        asked += compare(one_by_one(world, role, [Where("reason")], table))
    assert asked > 5_000
    by, start = world.people["supervisor"], last_event()
    found = list(visible_to(by, world.at).select_related("portfolio"))
    listing.list_page(found, how="list", page=1, by=by, at=world.at, fields=FIELDS)
    export.export_masked([one.ref for one in found], "csv", how="list", by=by, at=world.at)
    shown = {
        (seen.customer, field) for seen in exposures_since(start) for field in (*seen.clear, *seen.masked)
    }
    assert shown
    assert not shown & closed
    id = world.everybody.requests[by.id, "live"]
    start = last_event()
    export.export_granted(id, "csv", by=by, at=world.at)
    left = {(one.customer, field) for one in exposures_since(start) for field in one.clear}
    assert left == world.exported("supervisor", "live", "") - closed
