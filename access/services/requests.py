"""Usage requests: asked, narrowed by a signer, revoked. Approving is `approvals.services.approve`, as everywhere."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID, uuid4

from django.db import transaction

from access import events, uses
from access.grants import SCREEN
from access.models import Revocation, UsageRequest
from access.queries import grants
from access.queries import requests as asked
from access.requests import Draft, needs_officer
from approvals import services as approvals
from approvals.models import Proposal
from approvals.services import NotSigned
from classification.queries import catalogue
from customers.problems import Problem, Refused
from files import services as files
from files import showing
from files.copies import Copy
from files.deposits import media_type
from files.services import put_text
from staff.acting import person_of
from staff.permissions import may
from staff.queries import signers_for_person
from staff.services.notifications import notify
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor

KEPT = timedelta(days=7)
MOST_FILES = 3
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


NEW = {"id", "number", "proposal"}
"""What a narrowed request does not take over."""
REASON_ABOUT, REVOKED_ABOUT = "request.reason", "request.revoked"


def ask(draft: Draft, *, attachments: Sequence[bytes] = (), by: Actor, at: datetime) -> UsageRequest:
    """Lay a usage request before those who sign it; its customers are frozen as they are found now.

    :param attachments: at most three files, PDF, PNG or JPEG, kept sealed for a week: as long as they are decided on.
    :raises NotAllowed: the actor's roles ask for none.
    :raises NotAccepted: a file is of another type, or too large.
    :raises Refused: with every problem of the draft; nothing is written.
    :raises approvals.services.NobodyCanSign: nobody could sign it.
    """
    if by.id is None or not may(by, "request.ask"):
        raise NotAllowed("request.ask")
    found = asked.check(draft, by=by, at=at)
    if found.problems:
        raise Refused(found.problems)
    types = [media_type(content) for content in attachments]
    readers = signers_for_person(person_of(by), at)
    with transaction.atomic():
        row = UsageRequest(
            id=uuid4(),
            applicant_id=by.id,
            applicant_number=by.number,
            applicant_name=by.name,
            department=by.department,
            purpose=draft.purpose,
            scenario=draft.scenario,
            fields=sorted(set(draft.fields)),
            customers=list(found.customers),
            tiers=sorted(found.tiers),
            level=found.level,
            selection=draft.selection,
            starts_at=draft.starts_at,
            ends_at=draft.ends_at,
            output=draft.output,
            uses=found.uses,
            without_consent=found.without_consent,
            reason=_sealed(draft.reason, REASON_ABOUT, readers, by, at),
            justification=_sealed(draft.justification, REASON_ABOUT, readers, by, at)
            if found.without_consent
            else None,
            attachments=[
                _attached(content, ENDINGS[type], by, at)
                for content, type in zip(attachments[:MOST_FILES], types, strict=False)
            ],
            extends_id=draft.extends,
            asked_at=at,
        )
        proposal = approvals.propose(
            grants.KIND, content=content_of(row), reason_text=draft.reason, by=by, at=at
        )
        _keep(row, proposal)
    return row


def narrow(
    id: UUID,
    *,
    fields: Collection[str],
    ends_at: datetime,
    output: str,
    uses_at_most: int,
    reason: str,
    seen_hash: str,
    by: Actor,
    at: datetime,
) -> approvals.Outcome:
    """Sign less than was asked: fewer fields, a shorter time, the screen only, fewer values.

    :param id: of the proposal that was read.
    :raises Refused: it is not less, or nothing is left.
    :raises NotSigned: as `approvals.services.approve`.
    """
    row = UsageRequest.objects.get(proposal=id)
    _insist_less(row, fields, ends_at, output, uses_at_most, reason, at)
    refused = None
    with transaction.atomic():
        kept = (column.attname for column in UsageRequest._meta.concrete_fields)
        less = UsageRequest(**{name: getattr(row, name) for name in kept if name not in NEW})
        less.fields = sorted(set(fields))
        less.ends_at, less.output, less.asked_at = ends_at, output, at
        less.uses = min(uses_at_most, len(less.customers) * len(less.fields))
        known = catalogue(at)
        less.level = max(known.get(code).level for code in less.fields)
        less.narrows = row
        try:
            proposal = approvals.narrow(
                id, content=content_of(less), seen_hash=seen_hash, reason=reason, by=by, at=at
            )
            _keep(less, proposal)
            outcome = approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=by, at=at)
        except NotSigned as no:
            # Its record must not go with the transaction.
            refused = no
    if refused is not None:
        raise refused
    return outcome


def revoke(id: UUID, *, reason: str, by: Actor, at: datetime) -> Revocation:
    """End a grant at once; it counts from the next read.

    :raises UsageRequest.DoesNotExist: nothing of that id was approved.
    :raises NotAllowed: the actor neither holds nor signed it, and is no data security officer.
    :raises Refused: no reason, or it was revoked already.
    """
    words = " ".join(reason.split())
    if not words:
        raise Refused([Problem("reason", "required")])
    with transaction.atomic():
        uses.lock(id)
        row = UsageRequest.objects.get(pk=id)
        if by.id is None or not asked.may_revoke(by, row):
            raise NotAllowed("request.revoke")
        (one,) = asked.with_state([row], at)
        if one.scope is None or one.scope.approved_by is None or one.scope.revoked_at is not None:
            raise Refused([Problem("reason", "not_in_force")])
        made = Revocation.objects.create(
            request=row,
            by_id=by.id,
            by_number=by.number,
            reason=_sealed(words, REVOKED_ABOUT, {row.applicant_id}, by, at),
            at=at,
        )
        trail.record(
            events.GRANT_REVOKED,
            by=by,
            at=at,
            facts={"request": str(row.pk), "applicant": str(row.applicant_id), "used": one.scope.used},
            purpose=row.purpose,
            request=str(row.pk),
        )
        if row.applicant_id != by.id:
            link = f"/requests/{row.pk}/"
            notify({row.applicant_id}, "grant_revoked", params={"kind": grants.KIND}, link=link, at=at)
    return made


def show_attachment(id: UUID, number: int, *, by: Actor, at: datetime) -> Copy:
    """Show one attachment, stamped, to somebody who sees the request; the look is recorded first.

    :raises UsageRequest.DoesNotExist: no such request for the actor, or no such attachment.
    :raises files.services.NotReadable: its week is over.
    :raises files.copies.Unreadable: no stamped copy can be made of it.
    """
    found = asked.visible(by, id, at)
    if found is None or not 0 <= number < len(found.row.attachments):
        raise UsageRequest.DoesNotExist
    file = found.row.attachments[number]
    receipt = trail.record(
        events.ATTACHMENT_READ,
        by=by,
        at=at,
        facts={"request": str(id), "file": str(file)},
        request=str(id),
        opens=[file],
    )
    return showing.show(file, name="attachment", by=by, at=at, receipt=receipt)


def _attached(content: bytes, ending: str, by: Actor, at: datetime) -> UUID:
    kept = files.put_file(
        BytesIO(content),
        name=f"attachment.{ending}",
        purpose="request.attachment",
        by=by,
        at=at,
        keep_until=at + KEPT,
    )
    return kept.id


def content_of(row: UsageRequest) -> dict[str, object]:
    """Return what signatures of a request are bound to: its digest, and what decides who signs."""
    signed = {name: getattr(row, name) for name in grants.SIGNED}
    customers = grants.digest_of_customers(row.customers)
    return {
        "request": str(row.pk),
        "digest": grants.digest(row.pk, signed, customers, len(row.customers)),
        "applicant": str(row.applicant_id),
        "department": row.department,
        "officer": needs_officer(row.level, len(row.customers), row.output),
    }


def _keep(row: UsageRequest, proposal: Proposal) -> None:
    row.proposal = proposal.pk
    row.save(force_insert=True)


def _sealed(text: str, about: str, readers: Collection[UUID], by: Actor, at: datetime) -> UUID:
    return put_text(text.strip(), about=about, subject=None, by=by, at=at, readers=readers)


def _insist_less(
    row: UsageRequest,
    fields: Collection[str],
    ends_at: datetime,
    output: str,
    uses_at_most: int,
    reason: str,
    at: datetime,
) -> None:
    problems = []
    if not fields or not set(fields) <= set(row.fields):
        problems.append(Problem("fields", "not_less"))
    if not max(row.starts_at, at) < ends_at <= row.ends_at:
        problems.append(Problem("ends_at", "not_less"))
    if output not in {row.output, SCREEN}:
        problems.append(Problem("output", "not_less"))
    if not 1 <= uses_at_most <= row.uses:
        problems.append(Problem("uses", "not_less"))
    if not reason.strip():
        problems.append(Problem("reason", "required"))
    if problems:
        raise Refused(problems)
