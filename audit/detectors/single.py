"""Patterns of which one event is already something: own proposals signed, own consents used, decoys touched."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.events import OWN_CONSENT_USED
from approvals.events import SELF_APPROVAL
from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import View
from audit.queries import decoys

# Few by their kind: `offset 0` keeps the planner from walking along all people to spare itself a sort.
_EVENTS = """
select actor_id, count(*), array_agg(id order by at, id)
from (select actor_id, id, at from trail_event
  where at >= %(since)s and at < %(until)s and kind = %(kind)s and actor_id is not null offset 0) event
group by actor_id having count(*) >= %(least)s"""
# A list or a search shows whole pages: whoever saw a decoy among them did not choose it.
_TOUCHED = """
select actor_id, count(*), count(distinct customer), array_agg(distinct event_id) from trail_exposure
where customer = any(%(decoys)s::uuid[]) and at >= %(since)s and at < %(until)s and actor_id is not null
  and act = any(%(acts)s)
group by actor_id having count(*) >= %(least)s"""
TOUCHING = ("opened", "revealed", "compared", "exported", "used")


def _of_kind(view: View, kind: str, least: float) -> list[Mark]:
    return [
        Mark(person=person, score=number / least, features={"times": number}, events=events)
        for person, number, events in view.rows(_EVENTS, kind=kind, least=least)
    ]


def search_self_approval(view: View, limits: Limits) -> list[Mark]:
    """Mark who tried to sign what they had proposed themselves."""
    return _of_kind(view, SELF_APPROVAL.code, limits["times"])


def search_own_consent(view: View, limits: Limits) -> list[Mark]:
    """Mark who read on consents that they had captured themselves."""
    return _of_kind(view, OWN_CONSENT_USED.code, limits["times"])


def search_decoy(view: View, limits: Limits) -> list[Mark]:
    """Mark who opened, revealed, compared, used or took out a decoy customer."""
    planted = [str(ref) for ref in decoys.refs()]
    if not planted:
        return []
    return [
        Mark(
            person=person,
            score=number / limits["times"],
            features={"times": number, "decoys": of},
            events=sorted(events),
        )
        for person, number, of, events in view.rows(
            _TOUCHED, decoys=planted, acts=list(TOUCHING), least=limits["times"]
        )
    ]


def explain_self_approval(features: Mapping[str, int | float | str]) -> str:
    """Say how often."""
    return ngettext(
        "Tried to sign an own proposal %(times)s time.",
        "Tried to sign own proposals %(times)s times.",
        int(features["times"]),
    ) % dict(features)


def explain_own_consent(features: Mapping[str, int | float | str]) -> str:
    """Say how often."""
    return ngettext(
        "Read %(times)s value on a consent captured by the same person.",
        "Read %(times)s values on consents captured by the same person.",
        int(features["times"]),
    ) % dict(features)


def explain_decoy(features: Mapping[str, int | float | str]) -> str:
    """Say how often; never which customers are decoys."""
    return ngettext(
        "Touched a decoy customer %(times)s time. Nobody has a reason to.",
        "Touched decoy customers %(times)s times. Nobody has a reason to.",
        int(features["times"]),
    ) % dict(features)


SELF_APPROVAL_TRIED = Detector(
    code="self_approval",
    name=_("Own proposal signed"),
    words=_(
        "Somebody tries to sign what they have proposed themselves. It is refused; it is still asked about."
    ),
    limits=(Limit("times", 1, _("attempts")),),
    search=search_self_approval,
    explain=explain_self_approval,
)
OWN_CONSENT = Detector(
    code="own_consent",
    name=_("Captured and used by one person"),
    words=_("One person records the consents of customers and then reads on them."),
    limits=(Limit("times", 3, _("values read so")),),
    search=search_own_consent,
    explain=explain_own_consent,
)
DECOY = Detector(
    code="decoy",
    name=_("Decoy customer touched"),
    words=_("A planted customer that nobody has a reason to look at was opened, compared or taken out."),
    limits=(Limit("times", 1, _("touches")),),
    search=search_decoy,
    explain=explain_decoy,
)
