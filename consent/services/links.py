"""Make a one-time link. The token is returned once and kept nowhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import datetime
from uuid import UUID

from django.db import transaction

from consent import events, links
from consent.models import LANGUAGES, ConsentLink, NoticeVersion
from consent.problems import ConsentRefused
from consent.queries.states import refused_since
from consent.services.records import asked_of
from lawbook.queries import fact
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor
from trail.exposed import Exposed
from trail.receipts import Receipt as TrailReceipt

COOLDOWN = "consent_reask_cooldown"
MAIL, PRINT = "mail", "print"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the customer has to know: a held value, as an HMAC under the key of the token."""

    field: str
    kind: str
    names: Mapping[str, str]
    mac: bytes = default(repr=False)


@dataclass(frozen=True, slots=True)
class Made:
    """A link on its way to the customer, with the receipt of the event that lets its address be used."""

    link: ConsentLink
    receipt: TrailReceipt


def insist_askable(subject: UUID, purposes: Collection[str], at: datetime) -> None:
    """Refuse to ask again what was refused or withdrawn a short while ago (regulation 790 art. 22).

    :raises ConsentRefused: refused_lately, with the purpose and the day from which it may be asked again.
    """
    term = fact(COOLDOWN, at).term
    for purpose, refused_at in refused_since(subject, purposes, at).items():
        again = term.after(refused_at)
        if again > at:
            raise ConsentRefused("refused_lately", purpose=purpose, until=again)


def make(
    token: str,
    exposed: Exposed,
    *,
    version: NoticeVersion,
    purposes: Collection[str],
    language: str,
    check: Check,
    via: str,
    via_field: str = "",
    address_since: datetime | None = None,
    takes_file: bool = False,
    contact: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Made:
    """Make a link for a fresh token (`consent.links.new_token`).

    :param exposed: the customer; where the link is mailed, as a use of the field that holds the address.
    :param address_since: when the address that it is sent to was collected, or a changed value that it asks for.
    :raises ConsentRefused: no_answer, unknown_purpose, unknown_language, refused_lately.
    """
    if by.id is None:
        raise NotAllowed("consent.record")
    asked = [code for code in asked_of(version) if code in set(purposes)]
    if not asked:
        raise ConsentRefused("no_answer")
    if len(asked) < len(set(purposes)):
        raise ConsentRefused("unknown_purpose")
    if language not in LANGUAGES:
        raise ConsentRefused("unknown_language")
    insist_askable(exposed.customer, asked, at)
    with transaction.atomic():
        link = ConsentLink.objects.create(
            token_sha256=links.digest(token),
            subject=exposed.customer,
            version=version,
            purposes=asked,
            language=language,
            check_field=check.field,
            check_kind=check.kind,
            check_names=dict(check.names),
            check_mac=check.mac,
            via=via,
            via_field=via_field,
            address_since=address_since,
            takes_file=takes_file,
            made_by_id=by.id,
            made_by_number=by.number,
            contact=contact,
            made_at=at,
            expires_at=at + links.LIFETIME,
        )
        receipt = trail.record(
            events.LINK_MADE,
            by=by,
            at=at,
            facts={
                "link": str(link.id),
                "purposes": asked,
                "notice": version.notice_id,
                "version": version.number,
                "via": via,
                "check_field": check.field,
                "expires_at": link.expires_at.isoformat(),
            },
            exposures=[exposed],
            contact=contact,
        )
    return Made(link, receipt)
