"""Somebody tries again and again what the rules refuse, or to get into an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import View
from audit.detectors.robust import FarDay, far_days

KINDS = ("reveal.refused", "compare.refused", "export.refused", "budget.refused", "restricted.refused")
LOGINS = ("staff.login_refused", "staff.unlock_refused", "staff.step_up_refused")

# Whoever is refused at the door is nobody yet: the event tells the number that was tried, if somebody has it.
_LOGINS = """
with tried as (
  select coalesce(event.actor_id, person.id) as person, (at at time zone %(zone)s)::date as day, event.id, event.at,
    coalesce(facts->>'why' = 'too_many', false) as locked
  from trail_event event left join staff_person person on person.number = event.facts->>'number'
  where at >= %(since)s and at < %(until)s and kind = any(%(kinds)s)),
days as (
  select person, day, count(*) as refused, count(*) filter (where locked) as locked, array_agg(id order by at) as events
  from tried where person is not null group by person, day having count(*) >= %(least)s)
select person, sum(refused)::int, sum(locked)::int, count(*), max(refused),
  (select array_agg(id order by id) from days each cross join lateral unnest(each.events) id
    where each.person = days.person)
from days group by person"""


def search(view: View, limits: Limits) -> list[Mark]:
    """Mark who was refused far more often in a day than is usual, and whose account was tried."""
    days: dict[UUID, list[FarDay]] = {}
    for far in far_days(view, "refused", least=limits["refusals"], z=limits["z"]):
        days.setdefault(far.person, []).append(far)
    marks = {
        person: Mark(
            person=person,
            score=max(min(far.z / limits["z"], far.number / limits["refusals"]) for far in found),
            features={"refusals": sum(far.number for far in found), "days": len(found)},
            spans=[view.day(far.day) for far in found],
            kinds=KINDS,
        )
        for person, found in days.items()
    }
    for person, refused, locked, login_days, most, events in view.rows(
        _LOGINS, kinds=list(LOGINS), least=limits["logins"]
    ):
        features = {"logins": refused, "locked": locked, "login_days": login_days}
        known = marks.get(person) or Mark(person=person, score=0.0, features={}, events=events)
        score = max(known.score, most / limits["logins"])
        marks[person] = replace(known, score=score, features={**known.features, **features})
    return list(marks.values())


def explain(features: Mapping[str, int | float | str]) -> str:
    """Say how often, and on how many days."""
    said = []
    if "days" in features:
        said.append(
            ngettext(
                "Was refused %(refusals)s times on %(days)s day.",
                "Was refused %(refusals)s times on %(days)s days.",
                int(features["days"]),
            )
        )
    if "logins" in features:
        said.append(
            ngettext(
                "Login to the account was refused %(logins)s times on %(login_days)s day, %(locked)s of them because"
                " it was locked.",
                "Login to the account was refused %(logins)s times on %(login_days)s days, %(locked)s of them because"
                " it was locked.",
                int(features["login_days"]),
            )
        )
    return " ".join(said) % dict(features)


REFUSALS = Detector(
    code="refusals",
    name=_("Repeated refusals"),
    words=_(
        "One person is refused again and again: values, compares, row budgets; or an account is tried until it locks."
    ),
    limits=(
        Limit("refusals", 8, _("refusals in a day, at least")),
        Limit("logins", 10, _("refused logins, unlockings and second factors in a day, at least"), least=3),
        Limit("z", 5, _("distance from the usual, in robust standard deviations")),
    ),
    search=search,
    explain=explain,
)
