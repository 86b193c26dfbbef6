"""Sites and networks: changed by a security manager's proposal and a data security officer's signature."""

from datetime import datetime

from access.proposals import networks
from approvals import services as approvals
from approvals.models import Proposal
from trail.actor import Actor


def propose_change(
    act: str,
    *,
    cidr: str = "",
    zone: str = "",
    site: str = "",
    name: str = "",
    region: str = "",
    reason: str,
    by: Actor,
    at: datetime,
) -> Proposal:
    """Propose to add, change or remove a network, or to set up or change a site.

    :param act: add, change, remove, site.
    :param site: a site's code; with `name` and `region` the site is made, or changed, in the same act.
    :raises CannotApply: bad_network, bad_place, unknown_site, network_there, unknown_network, nothing_changes.
    """
    content = networks.content_of(act, cidr=cidr, zone=zone, site=site, name=name, region=region)
    return approvals.propose(networks.KIND, content=content, reason_text=reason, by=by, at=at)
