"""Consents within somebody's reach whose term ends soon."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from consent.models import ConsentRecord
from consent.queries.ending import ending
from customers import queries as customers
from trail.actor import Actor


def ending_for(actor: Actor, at: datetime) -> QuerySet[ConsentRecord]:
    """Return the given consents of customers that this person may see and that end within 30 days, soonest first."""
    reach = customers.visible_to(actor, at).filter(ref=OuterRef("subject"))
    return ending(at).filter(Exists(reach))
