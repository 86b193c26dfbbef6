"""Where requests come from: sites and their networks. Signed proposals decide (`access.proposals.networks`)."""

from datetime import datetime

from staff.events import NETWORK_CHANGED, SITE_CHANGED
from staff.models import Network, Site
from trail import services as trail
from trail.actor import Actor


def set_site(code: str, *, name: str, region: str, by: Actor, at: datetime, request: str = "") -> Site:
    """Make a site, or give it another name or region; later events carry the new region."""
    site, _made = Site.objects.update_or_create(code=code, defaults={"name": name, "region": region})
    trail.record(SITE_CHANGED, by=by, at=at, facts={"site": code, "region": region}, request=request)
    return site


def set_network(cidr: str, *, site: Site, zone: str, by: Actor, at: datetime, request: str = "") -> Network:
    """Say to which site and zone a network belongs, from the next request on."""
    network, _made = Network.objects.update_or_create(cidr=cidr, defaults={"site": site, "zone": zone})
    facts = {"network": cidr, "site": site.code, "zone": zone}
    trail.record(NETWORK_CHANGED, by=by, at=at, facts=facts, request=request)
    return network


def remove_network(network: Network, *, by: Actor, at: datetime, request: str = "") -> None:
    """Forget a network: its addresses are of no site and no zone, or of the wider network's."""
    facts = {"network": network.cidr, "site": "", "zone": ""}
    network.delete()
    trail.record(NETWORK_CHANGED, by=by, at=at, facts=facts, request=request)
