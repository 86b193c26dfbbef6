"""Usage requests as templates receive them: states in words, time and uses left, what was used of what was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from access import words
from access.budgets import CLEAR
from access.grants import EXPORT, Granting
from access.models import UsageRequest
from access.models.requests import outputs, scenarios
from access.policy import SENSITIVE
from access.queries import budgets
from access.queries import requests as asked
from access.queries.requests import Asked
from access.requests import Checked
from approvals.models import Proposal
from approvals.queries import visible
from approvals.rules import state as state_of_proposal
from approvals.words import STATES as PROPOSAL_STATES
from classification.purposes import purposes
from classification.queries import Catalogue, catalogue
from customers.models import tiers
from files.showing import digests
from staff.queries import roles_of
from trail.actor import Actor

STATES: Mapping[Granting, object] = {
    Granting.PENDING: _("waits for signatures"),
    Granting.LIVE: _("in force"),
    Granting.NOT_STARTED: _("approved, not started"),
    Granting.USED_UP: _("used up"),
    Granting.ENDED: _("over"),
    Granting.REVOKED: _("revoked"),
    Granting.PURPOSE_ENDED: _("its purpose ended"),
    Granting.VOID: _("approval does not count"),
}
LOOKS = {Granting.LIVE: "done", Granting.PENDING: "waiting", Granting.NOT_STARTED: "waiting"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """One request in a list."""

    id: UUID
    number: int
    applicant: str
    purpose: str
    fields: str
    customers: int
    level: int
    starts_at: datetime
    ends_at: datetime
    seconds: int
    """How many are left until the end, by the database's clock."""
    state: str
    looks: str
    live: bool
    left: int
    used: int
    uses: int
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UseLine:
    """One field: for how many customers it was asked, and for how many used."""

    label: str
    asked: int
    used: int
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestShown:
    """One request on its page."""

    line: RequestLine
    proposal: UUID | None
    """Its signatures, for those who may read them."""
    scenario: str
    output: str
    tiers: str
    without_consent: int
    uses: tuple[UseLine, ...]
    extends: UUID | None
    mine: bool
    may_revoke: bool
    may_export: bool
    may_extend: bool


def lines(found: Sequence[Asked], at: datetime) -> list[RequestLine]:
    """Put requests in words; the same few queries, whatever their number, and none for none."""
    if not found:
        return []
    known = catalogue(at)
    names = {code: one.name for code, one in purposes(at).items()}
    declined = asked.proposals_of([one.row for one in found if one.scope is None])
    return [_line(one, known, names, declined) for one in found]


def shown(one: Asked, actor: Actor, at: datetime) -> RequestShown:
    """Put one request with what was used of it in words."""
    row, known = one.row, catalogue(at)
    mine = row.applicant_id == actor.id
    named = {code: str(said) for code, said in tiers()}
    return RequestShown(
        line=lines([one], at)[0],
        proposal=row.proposal if visible(actor, row.proposal, at) else None,
        scenario=str(dict(scenarios())[row.scenario]),
        output=str(dict(outputs())[row.output]),
        tiers=gettext(", ").join(named.get(tier, tier) for tier in row.tiers),
        without_consent=row.without_consent,
        uses=tuple(
            UseLine(
                label=known.get(use.field).label if use.field in known else use.field,
                asked=use.asked,
                used=use.used,
                share=round(100 * use.used / use.asked),
            )
            for use in asked.use_against(row)
        ),
        extends=row.extends_id,
        mine=mine,
        may_revoke=one.state in (Granting.LIVE, Granting.NOT_STARTED, Granting.USED_UP)
        and asked.may_revoke(actor, row),
        may_export=mine and one.live and row.output == EXPORT,
        may_extend=mine and one.state in (Granting.LIVE, Granting.USED_UP, Granting.ENDED),
    )


def _line(
    one: Asked, known: Catalogue, names: Mapping[str, str], declined: Mapping[UUID, Proposal]
) -> RequestLine:
    row, used = one.row, one.scope.used if one.scope else 0
    return RequestLine(
        id=row.pk,
        number=row.number,
        applicant=f"{row.applicant_number} {row.applicant_name}",
        purpose=names.get(row.purpose, row.purpose),
        fields=gettext(", ").join(known.get(code).label for code in row.fields if code in known),
        customers=len(row.customers),
        level=row.level,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        seconds=max(ceil((row.ends_at - one.at).total_seconds()), 0),
        state=_state(one, declined.get(row.proposal)),
        looks=LOOKS.get(one.state, "ended"),
        live=one.live,
        left=one.scope.left if one.scope else 0,
        used=used,
        uses=row.uses,
        share=one.share,
    )


def _state(one: Asked, proposal: Proposal | None) -> str:
    if one.scope is not None:
        return str(STATES[one.state])
    return str(PROPOSAL_STATES[state_of_proposal(proposal, one.at)]) if proposal else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedShown:
    """What a draft would come to, before it is sent."""

    customers: int
    level: int
    uses: int
    needs_officer: bool
    notes: tuple[str, ...]


def checked_shown(found: Checked) -> CheckedShown:
    """Say what will not be granted and why, as counts."""
    notes = []
    if found.out_of_reach:
        said = ngettext(
            "%(count)s customer is unknown or out of your reach and is left out.",
            "%(count)s customers are unknown or out of your reach and are left out.",
            found.out_of_reach,
        )
        notes.append(said % {"count": found.out_of_reach})
    if found.refused:
        said = ngettext(
            "%(count)s customer refused or withdrew and is left out, whatever the reason.",
            "%(count)s customers refused or withdrew and are left out, whatever the reason.",
            found.refused,
        )
        notes.append(said % {"count": found.refused})
    if found.excluded:
        said = ngettext(
            "Consent is missing for %(count)s customer, who is left out.",
            "Consent is missing for %(count)s customers, who are left out.",
            found.excluded,
        )
        notes.append(said % {"count": found.excluded})
    if found.without_consent:
        said = ngettext(
            "Consent is missing for %(count)s customer, who stays in it for the reason given.",
            "Consent is missing for %(count)s customers, who stay in it for the reason given.",
            found.without_consent,
        )
        notes.append(said % {"count": found.without_consent})
    return CheckedShown(
        customers=len(found.customers),
        level=found.level,
        uses=found.uses,
        needs_officer=found.needs_officer,
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskShown:
    """What a signer should know beside the scope."""

    request: UUID
    attachments: tuple[str, ...]
    """The digest of each original, in their order."""
    level: int
    customers: int
    without_consent: int
    asked: int
    approved: int
    never_used: int
    hardly_used: tuple[RequestLine, ...]
    others: tuple[RequestLine, ...]
    values: int
    budget: int
    """The applicant's row budget of an hour, where the file is larger and signing stands for the difference."""


def risk_shown(row: UsageRequest, at: datetime) -> RiskShown:
    """Put the risk of a request in words: how much, by whom, who else has it, what became of earlier ones."""
    history = asked.history_of(row.applicant_id, at, but=row.pk)
    originals = digests(row.attachments)
    return RiskShown(
        request=row.pk,
        attachments=tuple(originals.get(one, "") for one in row.attachments),
        level=row.level,
        customers=len(row.customers),
        without_consent=row.without_consent,
        asked=history.asked,
        approved=history.approved,
        never_used=history.never_used,
        hardly_used=tuple(lines(history.hardly_used, at)),
        others=tuple(lines(asked.others_with(row, at), at)),
        values=row.uses,
        budget=_exceeded_budget(row, at),
    )


def _exceeded_budget(row: UsageRequest, at: datetime) -> int:
    if row.output != EXPORT or row.level < SENSITIVE:
        return 0
    hourly = budgets.hourly(roles_of(row.applicant_id, at), CLEAR, at)
    return hourly if len(row.customers) > hourly else 0


PROBLEMS: Mapping[str, object] = {
    "unknown_purpose": _("Choose a purpose of your role that is in force."),
    "unknown_field": _("Choose fields of the catalogue."),
    "held_apart": _("%(field)s is L4: it is asked for on the restricted site."),
    "not_needed": _("“%(purpose)s” does not need %(field)s, so it is not granted for it."),
    "unknown_scenario": _("Choose a scenario of use."),
    "unknown_output": _("Choose an output."),
    "ends_before": _("The end has to lie after the beginning, and in the future."),
    "too_long": _("A request lasts %(days)s days at most; ask again after that."),
    "too_few": _("At least one value."),
    "too_much": _("At most %(limit)s characters."),
    "too_many": _("A request names %(most)s customers at most. Narrow the choice."),
    "nobody": _("Name at least one customer."),
    "nobody_left": _("None of these customers can be in it: see below why."),
    "not_less": _("This is more than was asked. A signer may only ask for less."),
    "not_in_force": _("This grant is not in force any more."),
}


def problem_words(field: str, code: str, params: Mapping[str, object]) -> str:
    """Say what stands against a request, and what to do."""
    if code == "required" and field == "justification":
        return gettext("Say why customers without consent are needed, or leave them out.")
    if code == "required":
        return gettext("Give a reason.")
    return str(PROBLEMS[code]) % params


def refused_export_words(state: Granting) -> str:
    """Say why a grant makes no file now."""
    said = {
        Granting.NONE: gettext("This grant is for the screen only."),
        Granting.USED_UP: gettext("It allows fewer values than this file would hold. Ask for more."),
    }
    return said.get(state) or words_of(state)


def not_fetched_words(code: str) -> str:
    """Say why an export is not handed out."""
    return {
        "fetched": gettext("This export was fetched already; make a new one."),
        "over": gettext("The day of this export is over; make a new one."),
        "closed": gettext("The grant does not open everything in this file any more, so it stays sealed."),
    }[code]


def words_of(state: Granting) -> str:
    """Name the state of a request."""
    return str(STATES.get(state, words.GRANTINGS.get(state, "")))
