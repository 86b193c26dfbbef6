"""Emergencies by who may read and review them. Whether one is overdue is computed from its time."""

from datetime import datetime

from django.db.models import Q

from access.models import BreakGlass
from access.models.break_glass import BreakGlassUses
from staff import queries as staff
from staff.permissions import may
from trail.actor import Actor


def readable_by(actor: Actor, at: datetime) -> BreakGlassUses:
    """Return the emergencies that a person may read: all of them, those of their people, and their own."""
    found = BreakGlass.objects.select_related("review")
    if may(actor, "break_glass.read_all"):
        return found
    if actor.id is None:
        return found.none()
    own = Q(person_id=actor.id)
    if may(actor, "break_glass.review"):
        own |= Q(person_id__in=staff.people_led_by(actor, at))
    return found.filter(own)


def waiting_for(actor: Actor, at: datetime) -> BreakGlassUses:
    """Return the emergencies that this person may review and nobody has, the oldest first."""
    if actor.id is None or not may(actor, "break_glass.review"):
        return BreakGlass.objects.none()
    return readable_by(actor, at).waiting().exclude(person_id=actor.id).order_by("at")
