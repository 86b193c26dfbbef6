"""Reads outside any contact, reads in a contact that was closed, and contacts that end without a line (S4-52)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import SERVING, View
from customers.contacts import OVER_AFTER

KINDS = ("customer.opened", "field.revealed")

_OUTSIDE = """
select reader.actor_id, count(*), array_agg(id order by at)
from (select actor_id from audit_acts where outside > 0 and day >= %(first_day)s
  group by actor_id having sum(outside) >= %(least)s) reader
cross join lateral (
  select id, at from trail_event where actor_id = reader.actor_id
  and at >= %(since)s and at < %(until)s and kind = any(%(kinds)s) and contact is null and request = ''
  and roles && %(serving)s offset 0) event
group by reader.actor_id having count(*) >= %(least)s"""

# What was done in a contact after it was closed with its line, or more than half an hour after its last act.
_LATE = """
select event.actor_id, count(*), array_agg(event.id order by event.at)
from trail_event event join customers_contact contact on contact.id = event.contact
where event.at >= %(since)s and event.at < %(until)s and event.kind = any(%(kinds)s)
  and (event.at > contact.closed_at or event.at > contact.last_act_at + %(over)s)
group by event.actor_id having count(*) >= %(least)s"""

# Contacts in which a value was shown, how many of them ended without a line, and what was shown in those.
_UNLINED = """
with shown as (
  select actor_id, contact, array_agg(id order by at) as events from trail_event
  where at >= %(since)s and at < %(until)s and kind = 'field.revealed' and contact is not null
  group by actor_id, contact)
select shown.actor_id, count(*) filter (where held.closed_at is null), count(*),
  array_agg(shown.events[1]) filter (where held.closed_at is null)
from shown join customers_contact held on held.id = shown.contact
where held.closed_at is not null or held.last_act_at <= %(at)s - %(over)s
group by shown.actor_id
having count(*) filter (where held.closed_at is null) >= greatest(%(least)s, %(share)s / 100.0 * count(*))"""


def search(view: View, limits: Limits) -> list[Mark]:
    """Mark who read customers that no contact explains."""
    marks: dict[UUID, dict[str, Any]] = defaultdict(lambda: {"score": 0.0, "features": {}, "events": set()})
    ways = (
        ("outside", _OUTSIDE, {"serving": list(SERVING)}),
        ("late", _LATE, {"over": OVER_AFTER}),
    )
    for name, sql, given in ways:
        for person, number, events in view.rows(sql, least=limits[name], kinds=list(KINDS), **given):
            mark = marks[person]
            mark["score"] = max(mark["score"], number / limits[name])
            mark["features"][name] = number
            mark["events"].update(events)
    unlined = view.rows(_UNLINED, at=view.at, over=OVER_AFTER, least=limits["unlined"], share=limits["share"])
    for person, number, of, events in unlined:
        mark = marks[person]
        mark["score"] = max(mark["score"], number / limits["unlined"])
        mark["features"] |= {"unlined": number, "contacts": of}
        mark["events"].update(events)
    return [
        Mark(person=person, score=mark["score"], features=mark["features"], events=sorted(mark["events"]))
        for person, mark in marks.items()
    ]


def explain(features: Mapping[str, int | float | str]) -> str:
    """Say which reads no contact explains."""
    said = []
    if "outside" in features:
        said.append(gettext("Read customers %(outside)s times outside any contact."))
    if "late" in features:
        said.append(gettext("Read customers %(late)s times in a contact that was over."))
    if "unlined" in features:
        said.append(
            gettext("Revealed values in %(unlined)s of %(contacts)s contacts that ended without a line.")
        )
    return " ".join(said) % dict(features)


NO_CONTACT = Detector(
    code="no_contact",
    name=_("Outside any contact"),
    words=_(
        "Customers read without a contact, in a contact that was over, or in contacts that end without a line."
    ),
    limits=(
        Limit("outside", 5, _("reads outside any contact")),
        Limit("late", 1, _("reads in a contact that was over")),
        Limit("unlined", 10, _("contacts with revealed values that end without a line, at least")),
        Limit("share", 60, _("per cent of the contacts with revealed values that end so")),
    ),
    search=search,
    explain=explain,
)
