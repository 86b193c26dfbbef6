"""Seal the site at once, in an emergency: no value opens anywhere within FRESH_FOR seconds, L4 at once."""

from datetime import datetime

from files import apart
from staff import step_up
from staff.permissions import may
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor
from vault import events
from vault.holding import sealing


def seal_site(*, by: Actor, at: datetime) -> int:
    """Seal the site and return the number of the order. It opens when the keys are brought again (S0-23);
    the restricted host is sealed with it and opened again there.

    The order stands even where the trail then refuses: sealing shows nothing, and waiting for it could.

    :raises staff.services.people.NotAllowed: not a role that does this.
    :raises staff.step_up.StepUpNeeded: the second factor is not fresh.
    :raises trail.services.TrailUnavailable: the site is sealed, but that is not on record.
    """
    if not may(by, "keys.seal"):
        raise NotAllowed("keys.seal")
    step_up.require(by, at=at)
    order = sealing.seal_site(at=at)
    try:
        apart.order_sealing(by=by, at=at)
    finally:
        trail.record(events.SITE_SEALED, by=by, at=at, facts={"order": order})
    return order
