"""Usage requests before those who sign them: the applicant's department head, and the officer where much is asked.

The content carries the digest of the request, so that whoever signs signs exactly the row that lies there; the row
itself never changes (S0-33).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from access import events
from access.models import UsageRequest
from access.models.requests import outputs, scenarios
from access.queries.grants import KIND, scopes
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from classification.purposes import purpose_at, purposes
from classification.queries import catalogue
from customers.models import tiers
from staff import queries as staff
from staff.roles import NAMES, OFFICER
from trail import services as trail
from trail.actor import Actor

HEAD_SEAT, OFFICER_SEAT = "head", "officer"


def seats(content: Content, at: datetime) -> Sequence[Seat]:
    """Return the seat of the applicant's head and, where the content says so, that of an officer."""
    return seats_of_many([content], at)[0]


def seats_of_many(contents: Sequence[Content], at: datetime) -> list[Sequence[Seat]]:
    """Return the seats of many requests; each department and applicant is asked about once.

    SECURITY: the head is passed over where the head applies (`staff.queries.signers_for_department`).
    """
    signers = staff.signers_for_many([(one["department"], UUID(one["applicant"])) for one in contents], at)
    officers = staff.holders_of(OFFICER, at) if any(one["officer"] for one in contents) else frozenset()
    return [
        [
            Seat(HEAD_SEAT, heads - {UUID(one["applicant"])}, _("Who signs for the department")),
            *(
                [Seat(OFFICER_SEAT, officers - {UUID(one["applicant"])}, str(NAMES[OFFICER]))]
                if one["officer"]
                else []
            ),
        ]
        for one, heads in zip(contents, signers, strict=True)
    ]


def apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> UsageRequest:
    """Turn the signed request into a grant: from here on reads find it approved. Its time is its own.

    :raises CannotApply: it is over, the purpose ended, or what was signed is not what lies there.
    """
    row = UsageRequest.objects.select_for_update().filter(pk=content["request"], proposal=proposal.pk).first()
    if row is None:
        raise CannotApply("changed_meanwhile")
    if row.ends_at <= at:
        raise CannotApply("over_already")
    if purpose_at(row.purpose, at) is None:
        raise CannotApply("purpose_ended")
    (scope,) = scopes(at, requests=[row.pk])
    if not scope.sound:
        raise CannotApply("changed_meanwhile")
    trail.record(
        events.GRANT_GIVEN,
        by=by,
        at=at,
        facts={
            "request": str(row.pk),
            "applicant": str(row.applicant_id),
            "fields": row.fields,
            "customers": len(row.customers),
            "until": row.ends_at.isoformat(),
            "output": row.output,
        },
        purpose=row.purpose,
        request=str(row.pk),
    )
    return row


def describe(content: Content) -> Sequence[Line]:
    """Show the scope against what it was narrowed from, or what it extends."""
    row = UsageRequest.objects.select_related("narrows", "extends").get(pk=content["request"])
    former = row.narrows or row.extends
    now, then = _said(row), _said(former) if former else {}
    return [Line(LABELS[name], before=then.get(name, ""), after=now[name]) for name in LABELS]


def about_many(contents: Sequence[Content]) -> list[str]:
    """Say of each request how many values of how many customers are asked, for what."""
    rows = UsageRequest.objects.in_bulk([one["request"] for one in contents])
    latest = max((row.asked_at for row in rows.values()), default=None)
    names = {one.code: one.name for one in purposes(latest).values()} if latest else {}
    return [
        _about(rows[UUID(one["request"])], names) if UUID(one["request"]) in rows else "" for one in contents
    ]


def _about(row: UsageRequest, names: dict[str, str]) -> str:
    count = len(row.customers)
    return " · ".join(
        [
            names.get(row.purpose, row.purpose),
            ngettext("%(count)s customer", "%(count)s customers", count) % {"count": count},
            f"L{row.level}",
            gettext("until %(until)s") % {"until": _stamp(row.ends_at)},
        ]
    )


LABELS = {
    "number": _("Usage request"),
    "purpose": _("Purpose"),
    "scenario": _("Scenario of use"),
    "fields": _("Fields"),
    "customers": _("Customers"),
    "tiers": _("Customer tiers"),
    "time": _("Time"),
    "output": _("Output"),
    "uses": _("Values at most"),
    "consent": _("Without consent"),
}


def _said(row: UsageRequest) -> dict[str, str]:
    known = catalogue(row.asked_at)
    purpose = purpose_at(row.purpose, row.asked_at)
    names = {code: str(words) for code, words in tiers()}
    return {
        "number": str(row.number),
        "purpose": purpose.name if purpose else row.purpose,
        "scenario": str(dict(scenarios())[row.scenario]),
        "fields": gettext(", ").join(known.get(code).label for code in row.fields if code in known),
        "customers": str(len(row.customers)),
        "tiers": gettext(", ").join(names.get(tier, tier) for tier in row.tiers),
        "time": f"{_stamp(row.starts_at)} – {_stamp(row.ends_at)}",
        "output": str(dict(outputs())[row.output]),
        "uses": str(row.uses),
        "consent": str(row.without_consent),
    }


def _stamp(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


REQUEST = ProposalKind(
    code=KIND,
    name=_("Usage request"),
    seats=seats,
    seats_of_many=seats_of_many,
    about_many=about_many,
    apply=apply,
    describe=describe,
    permission="request.ask",
    asking_steps_up=False,  # agents may have no second factor, and asking shows nothing
    lifetime=timedelta(days=14),
)
