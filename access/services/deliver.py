"""Deliver: use a value without showing it: a consent link or a text to the address that is held (S0-9, S0-28).

The event that says the address is used comes first; the value goes from the vault into the mail and nowhere else.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext, override

from access import events, uses
from access.models import ReasonGiven
from access.policy import Decision
from access.queries import cards
from access.queries.consents import may_be_minor
from access.services.reveal import Refused, decide_inside, record_own_consent, record_refusal
from classification.queries import Catalogue, FieldSpec, catalogue
from consent import links
from consent.models import ConsentLink, NoticeVersion
from consent.problems import ConsentRefused
from consent.services import links as making
from consent.services.links import MAIL, PRINT, Check
from customers import queries as customers
from customers.contacts import current
from customers.history import changed
from customers.models import Customer
from customers.restrictions import Restricted, restricted, restriction_of
from files.services import put_text
from staff.permissions import may
from staff.queries import organisation
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor
from trail.exposed import USED, WRITTEN, Exposed
from trail.receipts import Receipt
from vault import keyring, transform
from vault.opening import open_clear

ADDRESS = "email"
CHECKED = ("resident_id", "passport", "permit", "bank_card", "mobile")
"""What only the customer is likely to know, the best first; never the field that the link is sent through."""


LONGEST_SUBJECT, LONGEST_TEXT = 120, 4000


class TextRefused(ValueError):
    """No text goes out; `code` says why: text_missing, text_too_long, no_address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotSent(OSError):
    """The mail server did not take it. The link counts all the same and can be printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A link as it was handed out. `address` is its page, shown once when it is printed."""

    link: ConsentLink
    address: str = field(repr=False)


def consent_link(
    ref: UUID,
    *,
    version: NoticeVersion,
    purposes: list[str],
    language: str,
    via: str,
    contact: UUID | None = None,
    takes_file: bool = False,
    by: Actor,
    at: datetime,
) -> Delivered:
    """Make a consent link and send it to the customer's e-mail address, or return it to be printed.

    :param via: `mail` or `print`.
    :raises Customer.DoesNotExist: out of reach or nonexistent.
    :raises ConsentRefused: no_address, storage_only, nothing_to_check, minor_by_link, and what
        `consent.services.links.make` says.
    :raises NotSent: the link is made, but the mail did not go out.
    """
    if not may(by, "consent.record"):
        raise NotAllowed("consent.record")
    customer = customers.visible_to(by, at).get(ref=ref)
    known = catalogue(at)
    if may_be_minor(customer, at):
        raise ConsentRefused("minor_by_link")
    address = cards.held_sealed(customer, known.get(ADDRESS)) if via == MAIL else ""
    stored = restricted([customer.pk], at)
    if via == MAIL and restriction_of(stored, customer.pk, ADDRESS):
        raise ConsentRefused("storage_only")
    if via == MAIL and not address:
        raise ConsentRefused("no_address")
    token = links.new_token()
    keys = keyring.keys_for([customer.ref], cards.DOMAIN)
    check = _check(customer, known, stored, token, keys)
    with transaction.atomic(durable=True):
        made = making.make(
            token,
            _exposed(customer, via),
            version=version,
            purposes=purposes,
            language=language,
            check=check,
            via=via,
            via_field=ADDRESS if via == MAIL else "",
            address_since=_new_since(customer, known, via, check.field),
            takes_file=takes_file,
            contact=contact,
            by=by,
            at=at,
        )
    page = f"{settings.PUBLIC_URL}/{language}/c/{token}/"
    if via == MAIL:
        # The event is on disk from here on.
        spec = known.get(ADDRESS)
        _send(
            open_clear(address, cards.place_of(customer, spec), keys, made.receipt), page, language, made.link
        )
    return Delivered(link=made.link, address=page if via == PRINT else "")


def text(ref: UUID, *, subject: str, body: str, by: Actor, at: datetime) -> Decision:
    """Mail a typed text to the address that is held, where a grant or a consent opens it to the actor; never show it.

    :raises Customer.DoesNotExist: out of reach or nonexistent.
    :raises TextRefused: see its codes; nothing is recorded.
    :raises Refused: by the rules, after the refusal is recorded.
    :raises NotSent: recorded and used, but the mail server did not take it.
    """
    head, words = " ".join(subject.split()), body.strip()
    if not head or not words:
        raise TextRefused("text_missing")
    if len(head) > LONGEST_SUBJECT or len(words) > LONGEST_TEXT:
        raise TextRefused("text_too_long")
    customer = customers.visible_to(by, at).get(ref=ref)
    spec = cards.as_held(customer, catalogue(at).get(ADDRESS))
    address = cards.held_sealed(customer, spec)
    if not address:
        raise TextRefused("no_address")
    decision, receipt = _decide_text(customer, spec, f"{head}\n\n{words}", by, at)
    if receipt is None:
        raise Refused(decision)
    # The event is on disk from here on.
    keys = keyring.keys_for([customer.ref], cards.DOMAIN)
    _post(head, words, open_clear(address, cards.place_of(customer, spec), keys, receipt))
    return decision


def _decide_text(
    customer: Customer, spec: FieldSpec, words: str, by: Actor, at: datetime
) -> tuple[Decision, Receipt | None]:
    """Decide as a reveal would, keep the text sealed, record; the caller sends after all of it is on disk."""
    with transaction.atomic(durable=True):
        contact = current(by.id, customer.ref, at) if by.id else None
        reasoned = contact is not None and ReasonGiven.objects.filter(contact=contact).exists()
        decision = decide_inside(customer, spec, contact, reasoned, by, at)
        if not decision.clear:
            record_refusal(customer, spec, decision, contact, by=by, at=at)
            return decision, None
        record_own_consent(customer, spec, decision, by=by, at=at)
        sealed = put_text(words, about="deliver.text", subject=customer.ref, by=by, at=at)
        receipt = trail.record(
            events.VALUE_DELIVERED,
            by=by,
            at=at,
            facts={"field": spec.code, "text": str(sealed), "ground": decision.ground},
            exposures=[_exposed(customer, MAIL)],
            decision=decision.view,
            rule=decision.rule,
            rule_version=decision.rule_version,
            purpose=contact.purpose if contact else "",
            contact=contact.id if contact else None,
            request=str(decision.grant.request or "") if decision.by_grant else "",
        )
        if decision.by_grant and decision.grant.request is not None:
            uses.use(decision.grant.request, {customer.ref: (spec.code,)}, event=receipt.event, at=at)
    return decision, receipt


def _exposed(customer: Customer, via: str) -> Exposed:
    used = via == MAIL
    return Exposed(
        customer=customer.ref,
        act=USED if used else WRITTEN,
        clear=(ADDRESS,) if used else (),
        level=3 if used else 0,
        portfolio=customer.portfolio.code,
        region=customer.portfolio.region,
    )


def _new_since(customer: Customer, known: Catalogue, via: str, checked: str) -> datetime | None:
    """Return since when the address, or a checked value that replaced another, is held; None where nobody knows.

    SECURITY: whoever puts a value of their own in would pass the check of a printed link in the customer's name.
    """
    fields = {ADDRESS} if via == MAIL else set()
    collected = [_collected(customer, known, code) for code in fields | changed(customer, [checked])]
    return max((moment for moment in collected if moment), default=None)


def _collected(customer: Customer, known: Catalogue, code: str) -> datetime | None:
    collected = cards.held_origin(customer, known.get(code)).get("collected_at")
    return datetime.fromisoformat(collected) if collected else None


def _check(customer: Customer, known: Catalogue, stored: Restricted, token: str, keys: keyring.Keys) -> Check:
    for spec in _checkable(known):
        sealed = cards.held_sealed(customer, spec)
        if sealed and not restriction_of(stored, customer.pk, spec.code):
            place, key = cards.place_of(customer, spec), links.check_key(token)
            return Check(
                field=spec.code,
                kind=spec.kind,
                names={"zh-hans": spec.name_zh, "en": spec.name_en},
                mac=transform.check_code(spec.kind, sealed, place, keys, key),
            )
    raise ConsentRefused("nothing_to_check")


def _checkable(known: Catalogue) -> list[FieldSpec]:
    return [known.get(code) for code in CHECKED if code in known]


def _send(to: str, page: str, language: str, link: ConsentLink) -> None:
    """Send the link. SECURITY: no word in the mail tells anything about the customer."""
    who = organisation()
    with override(language):
        name = (who.name_en if language == "en" else who.name_zh) if who else ""
        facts = {"name": name, "page": page, "day": link.expires_at.strftime("%Y-%m-%d")}
        subject = gettext("%(name)s asks for your consent") % facts
        body = gettext(
            "%(name)s asks how your information may be used. Read it and answer here, until %(day)s:\n\n%(page)s\n\n"
            "The page asks for something that only you and we know. If you did not expect this, do nothing."
        )
    _post(subject, body % facts, to)


def _post(subject: str, body: str, to: str) -> None:
    try:
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [to])
    except OSError:
        # SECURITY: errors of mail servers repeat the address.
        raise NotSent from None
