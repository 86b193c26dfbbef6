"""Proposals about sites and networks: the security manager proposes, the data security officer signs.

A network says from which site, region and zone a request comes; rules may ask for a zone, so that whoever could move
a network alone could open values to the world. A proposal carries what stood there when it was made.
"""

from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from staff.models import Network, Site
from staff.queries import holders_of
from staff.roles import NAMES, OFFICER
from staff.services import places
from trail.actor import Actor

KIND = "network.change"
ADD, CHANGE, REMOVE, SITE = "add", "change", "remove", "site"
WORDS = {
    ADD: _("add a network"),
    CHANGE: _("change a network's site or zone"),
    REMOVE: _("remove a network"),
    SITE: _("set up or change a site"),
}


def content_of(
    act: str, *, cidr: str = "", zone: str = "", site: str = "", name: str = "", region: str = ""
) -> dict[str, Any]:
    """Return the canonical content: the network as PostgreSQL writes it, the site, and what stands there today.

    :param site: a site's code; `name` and `region` make it, or change it.
    :raises CannotApply: bad_network.
    """
    return {
        "act": act,
        "cidr": canonical(cidr) if act != SITE else "",
        "zone": zone if act in (ADD, CHANGE) else "",
        "site": site if act != REMOVE else "",
        "name": name if act != REMOVE else "",
        "region": region if act != REMOVE else "",
    } | {"today": today(act, canonical(cidr) if act != SITE else "", site if act != REMOVE else "")}


def canonical(cidr: str) -> str:
    """Return a network as text such as `10.20.0.0/16`.

    :raises CannotApply: bad_network, for an address with bits beside the mask, too.
    """
    try:
        return str(ip_network(cidr.strip()))
    except ValueError:
        raise CannotApply("bad_network") from None


def today(act: str, cidr: str, site: str) -> dict[str, list[str]]:
    """Return what stands there now: site and zone of the network, name and region of the site."""
    network = Network.objects.select_related("site").filter(cidr=cidr).first() if cidr else None
    place = Site.objects.filter(code=site).first() if site else None
    return {
        "network": [network.site.code, network.zone] if network else [],
        "site": [place.name, place.region] if place else [],
    }


def check(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a change that could not be carried out, and one that changes nothing."""
    act, now = content["act"], today(content["act"], content["cidr"], content["site"])
    if now != content["today"]:
        raise CannotApply("changed_meanwhile")
    if act not in WORDS:
        raise CannotApply("bad_network")
    if act == ADD and now["network"]:
        raise CannotApply("network_there", network=content["cidr"])
    if act in (CHANGE, REMOVE) and not now["network"]:
        raise CannotApply("unknown_network", network=content["cidr"])
    if act != REMOVE:
        _insist_sound(content, now)


def _insist_sound(content: Content, now: dict[str, list[str]]) -> None:
    """Insist on a site that is there or is made complete, and on a zone."""
    makes = bool(content["name"] or content["region"])
    if not makes and (content["act"] == SITE or not now["site"]):
        raise CannotApply("unknown_site", site=content["site"])
    try:
        if makes:
            Site(code=content["site"], name=content["name"], region=content["region"]).clean_fields()
        if content["act"] != SITE:
            Network(cidr=content["cidr"], zone=content["zone"]).clean_fields(exclude=["site"])
    except ValidationError as problem:
        raise CannotApply("bad_place", fields=sorted(problem.message_dict)) from None
    asked = [content["name"], content["region"]] if makes else now["site"]
    if asked == now["site"] and (
        content["act"] == SITE or [content["site"], content["zone"]] == now["network"]
    ):
        raise CannotApply("nothing_changes")


def apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Network | Site | None:
    """Carry the signed change out, with the rows that it is about locked."""
    list(Site.objects.filter(code=content["site"]).select_for_update())
    list(Network.objects.filter(cidr=content["cidr"] or None).select_for_update())
    check(content, by, at)
    request = str(proposal.pk)
    if content["act"] == REMOVE:
        places.remove_network(Network.objects.get(cidr=content["cidr"]), by=by, at=at, request=request)
        return None
    if content["name"] or content["region"]:
        site = places.set_site(
            content["site"], name=content["name"], region=content["region"], by=by, at=at, request=request
        )
    else:
        site = Site.objects.get(code=content["site"])
    if content["act"] == SITE:
        return site
    return places.set_network(content["cidr"], site=site, zone=content["zone"], by=by, at=at, request=request)


def seats(content: Content, at: datetime) -> list[Seat]:
    """Return the one seat: a data security officer's."""
    return [Seat(OFFICER, holders_of(OFFICER, at), str(NAMES[OFFICER]))]


def describe(content: Content) -> list[Line]:
    """Say what changes against what stood there when it was proposed."""
    before, lines = content["today"], [Line(_("What is done"), after=WORDS[content["act"]])]
    former_site, former_zone = before["network"] or ("", "")
    if content["act"] != SITE:
        former = content["cidr"] if before["network"] else ""
        lines += [
            Line(_("Network"), before=former, after=content["cidr"]),
            Line(_("Network zone"), before=former_zone, after=content["zone"]),
        ]
    lines.append(Line(_("Site"), before=former_site, after=content["site"]))
    if content["name"] or content["region"]:
        name, region = before["site"] or ("", "")
        lines += [
            Line(_("Name of the site"), before=name, after=content["name"]),
            Line(_("Region"), before=region, after=content["region"]),
        ]
    if content["act"] != SITE:
        size = ip_network(content["cidr"]).num_addresses
        lines.append(Line(_("Addresses in it"), after=f"{size:,}"))
    return lines


KINDS = (
    ProposalKind(
        code=KIND,
        name=_("Change of sites and networks"),
        seats=seats,
        apply=apply,
        describe=describe,
        check=check,
        permission="networks.edit",
        lifetime=timedelta(days=14),
    ),
)
