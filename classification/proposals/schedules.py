"""How long a field or a category is kept at most: proposed by an officer, signed by a department head (PIPL 19, S2-13).

A schedule is superseded or ended, never edited. Where a field has neither its own nor one of its category, no value of
it may be collected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals import services as approvals
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from classification import schedule_words as words
from classification.events import SCHEDULE_ENDED, SCHEDULE_SIGNED
from classification.models import (
    CATEGORY,
    DESTROY,
    FIELD,
    SCHEDULE_STARTS,
    STORE,
    Schedule,
    categories,
)
from classification.proposals.fields import LIFETIME
from classification.proposals.terms import MOST_MONTHS
from classification.queries import catalogue
from classification.schedules import TERMS, schedules
from lawbook.queries import floors
from staff.queries import heads
from staff.roles import HEAD, NAMES
from trail import services as trail
from trail.actor import Actor

SCHEDULE = "schedule.change"


def propose(
    scope: str,
    subject: str,
    terms: Mapping[str, Any],
    *,
    supersedes: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> Proposal:
    """Propose a schedule for a field or a category, in place of its version `supersedes` (0: it had none).

    :param terms: all of `classification.schedules.TERMS`.
    :raises CannotApply: see `classification.schedule_words.REFUSALS`, changed_meanwhile, nothing_changes.
    """
    content = content_of(scope, subject, terms, supersedes=supersedes)
    return approvals.propose(SCHEDULE, content=content, reason_text=reason, by=by, at=at)


def propose_end(
    scope: str, subject: str, *, supersedes: int, reason: str, by: Actor, at: datetime
) -> Proposal:
    """Propose that a schedule end. A field that no other schedule keeps may not be collected from then on.

    :raises CannotApply: unknown_schedule, changed_meanwhile.
    """
    content = {"scope": scope, "subject": subject, "supersedes": supersedes, "ends": True}
    return approvals.propose(SCHEDULE, content=content, reason_text=reason, by=by, at=at)


def content_of(scope: str, subject: str, terms: Mapping[str, Any], *, supersedes: int) -> dict[str, Any]:
    """Return the canonical content of a schedule."""
    said = {name: terms[name] for name in TERMS}
    return {"scope": scope, "subject": subject, "supersedes": supersedes, "ends": False, **said}


def check(content: Content, by: Actor, at: datetime) -> None:
    """Refuse what could not be carried out."""
    current = schedules(at).by_subject.get((content["scope"], content["subject"]))
    _insist_fresh(content, at)
    if content["ends"]:
        if current is None:
            raise CannotApply("unknown_schedule")
        return
    _insist_sound(content, at)
    if current is not None and all(getattr(current, name) == content[name] for name in TERMS):
        raise CannotApply("nothing_changes")


def apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Schedule:
    """Put the signed schedule in force, or end the one that there is."""
    rows = Schedule.objects.filter(scope=content["scope"], subject=content["subject"])
    current = rows.select_for_update().filter(until__isnull=True).first()
    check(content, by, at)
    request, about = str(proposal.pk), {"scope": content["scope"], "subject": content["subject"]}
    if current is not None:
        current.until = at
        current.save(update_fields=["until"])
    if content["ends"]:
        assert current is not None
        facts = about | {"version": current.number}
        trail.record(SCHEDULE_ENDED, by=by, at=at, facts=facts, request=request)
        return current
    number = _newest(content) + 1
    terms = {name: content[name] for name in TERMS}
    made = Schedule.objects.create(number=number, since=at, proposal=proposal.pk, **about, **terms)
    facts = about | {
        "version": number,
        **{name: terms[name] for name in ("months", "starts", "floor", "then")},
    }
    trail.record(SCHEDULE_SIGNED, by=by, at=at, facts=facts, request=request)
    return made


def describe(content: Content) -> Sequence[Line]:
    """Show what is asked against the version that it supersedes."""
    rows = Schedule.objects.filter(scope=content["scope"], subject=content["subject"])
    today = rows.filter(number=content["supersedes"], until__isnull=True).first()
    before = {name: getattr(today, name) for name in TERMS} if today else {}
    name = words.subject(content["scope"], content["subject"])
    lines = [Line(_("Field or category"), before=name if today else "", after=name)]
    if content["ends"]:
        end = gettext("ends with the last signature")
        return [*lines, Line(_("State"), before=gettext("in force"), after=end)]
    return lines + [
        Line(str(words.PARTS[part]), words.part(part, before.get(part, "")), words.part(part, content[part]))
        for part in TERMS
    ]


def _insist_fresh(content: Content, at: datetime) -> None:
    if _newest(content) != content["supersedes"]:
        raise CannotApply("changed_meanwhile")


def _newest(content: Content) -> int:
    rows = Schedule.objects.filter(scope=content["scope"], subject=content["subject"])
    return rows.order_by("-number").values_list("number", flat=True).first() or 0


def _insist_sound(content: Content, at: datetime) -> None:
    """Refuse terms that no schedule could have.

    :raises CannotApply: schedule_subject, schedule_term, schedule_floor, schedule_store, schedule_verify.
    """
    if not _is_known(content, at):
        raise CannotApply("schedule_subject")
    if content["starts"] not in SCHEDULE_STARTS or not _are_months(content["months"]):
        raise CannotApply("schedule_term")
    if bool(content["floor"]) != (content["floor_from"] in SCHEDULE_STARTS):
        raise CannotApply("schedule_floor")
    if content["floor"] and content["floor"] not in {law.code for law in floors(at)}:
        raise CannotApply("schedule_floor")
    stored = content["store_months"]
    if content["then"] not in (DESTROY, STORE) or (content["then"] == STORE) != (stored is not None):
        raise CannotApply("schedule_store")
    if stored is not None and not _are_months(stored):
        raise CannotApply("schedule_store")
    if content["verify_months"] is not None and not _are_months(content["verify_months"]):
        raise CannotApply("schedule_verify")


def _is_known(content: Content, at: datetime) -> bool:
    if content["scope"] == CATEGORY:
        return content["subject"] in dict(categories())
    return content["scope"] == FIELD and content["subject"] in catalogue(at)


def _are_months(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= MOST_MONTHS


def _seats(content: Content, at: datetime) -> Sequence[Seat]:
    return [Seat(HEAD, heads(at), str(NAMES[HEAD]))]


KINDS = (
    ProposalKind(
        code=SCHEDULE,
        name=_("Retention schedule"),
        seats=_seats,
        apply=apply,
        describe=describe,
        check=check,
        permission="schedules.propose",
        lifetime=LIFETIME,
    ),
)
