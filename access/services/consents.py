"""Record, withdraw, end and confirm consents of a customer within reach; show evidence to who may confirm it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from access.queries.consents import may_be_minor
from access.queries.reach import supervisors_of
from access.services import originals
from consent import events, evidence, receipts
from consent.models import ConsentRecord, Evidence, NoticeVersion
from consent.problems import ConsentRefused
from consent.receipts import ReceiptShown
from consent.services import records
from consent.services.records import Answer, Circumstances
from customers import queries as customers
from customers.models import Customer
from files import apart, showing
from files import services as files
from files.copies import Copy
from staff import queries as staff
from staff.permissions import may
from staff.roles import OFFICER
from staff.services.notifications import notify
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor
from trail.exposed import OPENED, REVEALED, WRITTEN, Exposed

ORIGINAL = "authorisation_original"
"""The L4 field of the catalogue that signed originals are (S0-18)."""
LONGEST_GUARDIAN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was sent: its bytes and what it is said to be."""

    content: bytes
    kind: str

    def __repr__(self) -> str:
        return f"Upload({self.kind})"


def record(
    ref: UUID,
    *,
    version: NoticeVersion,
    language: str,
    answers: Sequence[Answer],
    method: str,
    effective_at: datetime,
    written: bool = False,
    guardian: str = "",
    uploads: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> list[ConsentRecord]:
    """Record at the desk what a customer answered, with its evidence.

    :raises Customer.DoesNotExist: out of reach or nonexistent.
    :raises ConsentRefused: guardian_missing, guardian_too_long, what `consent.evidence.put` and `records.record` say.
    """
    customer = _reached(ref, "consent.record", by, at)
    if may_be_minor(customer, at) and any(one.yes for one in answers) and not guardian.strip():
        raise ConsentRefused("guardian_missing")
    if len(guardian) > LONGEST_GUARDIAN:
        raise ConsentRefused("guardian_too_long", limit=LONGEST_GUARDIAN)
    # One transaction: a refused answer leaves no file behind.
    with transaction.atomic():
        held = [evidence.put(one.content, kind=one.kind, subject=ref, by=by, at=at) for one in uploads]
        return records.record(
            exposed(customer),
            version=version,
            language=language,
            answers=answers,
            circumstances=Circumstances(method=method),
            effective_at=effective_at,
            written=written,
            guardian=guardian,
            files=held,
            by=by,
            at=at,
        )


def withdraw(ref: UUID, purposes: Collection[str], *, by: Actor, at: datetime) -> list[ConsentRecord]:
    """Record that the customer told us to stop; it counts from the next read on (PIPL 15).

    :raises Customer.DoesNotExist, ConsentRefused: as `record`; nothing_given.
    """
    customer = _reached(ref, "consent.record", by, at)
    return records.withdraw(exposed(customer), purposes, by=by, at=at)


def revoke(
    ref: UUID, purposes: Collection[str], *, reason: str, by: Actor, at: datetime
) -> list[ConsentRecord]:
    """End consents as the handler, with a reason.

    :raises Customer.DoesNotExist, ConsentRefused: as `withdraw`; reason_missing.
    """
    customer = _reached(ref, "consent.revoke", by, at)
    return records.revoke(exposed(customer), purposes, reason=reason, by=by, at=at)


def confirm(record_ref: UUID, *, accepted: bool, by: Actor, at: datetime) -> None:
    """Say as a second person whether the evidence of a consent holds.

    :raises ConsentRecord.DoesNotExist: no such record, or of a customer out of reach.
    :raises ConsentRefused: own_record, confirmed_already.
    """
    row, customer = _record_in_reach(record_ref, by, at)
    records.confirm(row, exposed(customer), accepted=accepted, by=by, at=at)


def ask_confirmation(ref: UUID, *, by: Actor, at: datetime) -> int:
    """Ask those who may confirm evidence of this customer to look at it; return how many were told.

    :raises Customer.DoesNotExist: out of reach or nonexistent.
    """
    customer = _reached(ref, "customer.open", by, at)
    people = (supervisors_of(customer, at) or set(staff.holders_of(OFFICER, at))) - {by.id}
    with transaction.atomic():
        trail.record(
            events.CONFIRMATION_ASKED,
            by=by,
            at=at,
            facts={"customer": str(customer.ref), "told": len(people)},
        )
        notify(people, "consent_waits", link="/consents/", at=at)  # no number: it outlives the customer
    return len(people)


def show_evidence(evidence_id: int, *, by: Actor, at: datetime) -> Copy:
    """Show one file of evidence, stamped, to somebody who may confirm it; each time is an exposure.

    :raises Evidence.DoesNotExist: no such evidence, or of a customer out of reach.
    :raises files.services.NotReadable: its term is over; of an original after a week here, whatever its jobs did.
    :raises files.copies.Unreadable: no stamped copy can be made of it.
    """
    proof = Evidence.objects.select_related("record").get(pk=evidence_id, file__isnull=False)
    try:
        _row, customer = _record_in_reach(proof.record.ref, by, at)
    except ConsentRecord.DoesNotExist:
        raise Evidence.DoesNotExist from None
    assert proof.file is not None
    # Handed over is gone from here, and so is an original after its week, whether or not a job has run or the
    # restricted host answers (law 7).
    if apart.by_reference([proof.file]) or (proof.original and at >= proof.at + originals.LONGEST_HERE):
        raise files.NotReadable
    with transaction.atomic(durable=True):
        receipt = trail.record(
            events.EVIDENCE_SHOWN,
            by=by,
            at=at,
            facts={"record": str(proof.record.ref), "file": str(proof.file)},
            exposures=[
                Exposed(
                    customer=customer.ref,
                    act=REVEALED,
                    clear=(ORIGINAL,),
                    level=4 if proof.original else 3,
                    portfolio=customer.portfolio.code,
                    region=customer.portfolio.region,
                )
            ],
            purpose=proof.record.purpose,
            opens=[proof.file],
        )
    ending = evidence.ENDINGS[proof.media_type]
    return showing.show(proof.file, name="evidence", by=by, at=at, receipt=receipt, ending=ending)


def receipt(record_ref: UUID, *, by: Actor, at: datetime) -> ReceiptShown:
    """Return the signed receipt of an answer and of those that were given with it; each time is an event.

    :raises ConsentRecord.DoesNotExist: no such record, or of a customer out of reach.
    """
    if not may(by, "customer.open"):
        raise NotAllowed("customer.open")
    row, customer = _fetched(record_ref, by, at)
    together = ConsentRecord.objects.filter(
        subject=row.subject, version=row.version, at=row.at, effective_at=row.effective_at, link=row.link
    )
    trail.record(
        events.RECEIPT_SHOWN,
        by=by,
        at=at,
        facts={"record": str(row.ref)},
        exposures=[replace(exposed(customer), act=OPENED)],
        purpose=row.purpose,
    )
    return receipts.of_records(list(together.select_related("version__notice").order_by("id")), at=at)


def exposed(customer: Customer) -> Exposed:
    """Return how the trail names the customer of an act about consent: nothing shown, something written."""
    return Exposed(
        customer=customer.ref,
        act=WRITTEN,
        portfolio=customer.portfolio.code,
        region=customer.portfolio.region,
    )


def _reached(ref: UUID, permission: str, by: Actor, at: datetime) -> Customer:
    if not may(by, permission):
        raise NotAllowed(permission)
    return customers.visible_to(by, at).get(ref=ref)


def _record_in_reach(record_ref: UUID, by: Actor, at: datetime) -> tuple[ConsentRecord, Customer]:
    if not may(by, "consent.confirm"):
        raise NotAllowed("consent.confirm")
    return _fetched(record_ref, by, at)


def _fetched(record_ref: UUID, by: Actor, at: datetime) -> tuple[ConsentRecord, Customer]:
    row = ConsentRecord.objects.select_related("link", "version").get(ref=record_ref)
    customer = customers.visible_to(by, at).filter(ref=row.subject).first()
    if customer is None:
        raise ConsentRecord.DoesNotExist
    return row, customer
