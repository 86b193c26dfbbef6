"""Say who is answerable for the customers' information: what every notice and consent names (PIPL 17, 52)."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from staff import step_up
from staff.events import ORGANISATION_CHANGED
from staff.models import Organisation
from staff.models.organisation import THE_ONE
from staff.permissions import may
from staff.queries import Controller
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor


def set_organisation(said: Controller, *, by: Actor, at: datetime) -> None:
    """Write down the organisation, or change what has become different; the same again is no act.

    The values before and after stand in the change history; the event names the fields.

    :raises NotAllowed: without `organisation.edit`.
    :raises staff.step_up.StepUpNeeded: the second factor is not fresh: customers trust what is written here.
    """
    if not may(by, "organisation.edit"):
        raise NotAllowed("organisation.edit")
    step_up.require(by, at=at)
    with transaction.atomic():
        held = Organisation.objects.select_for_update().filter(pk=THE_ONE).first()
        new = asdict(said)
        changed = sorted(name for name in new if held is None or getattr(held, name) != new[name])
        if not changed:
            return
        if held is None:
            Organisation.objects.create(**new)
        else:
            for name in changed:
                setattr(held, name, new[name])
            held.save(update_fields=changed)
        trail.record(ORGANISATION_CHANGED, by=by, at=at, facts={"fields": changed})
