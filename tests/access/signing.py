"""Field versions that two people have signed."""

from datetime import datetime, timedelta

from approvals.models import APPROVE, Proposal, Signature
from classification.models import FieldVersion
from trail.actor import Actor


def sign_field(code: str, signers: dict[str, Actor], at: datetime) -> FieldVersion:
    """Supersede the version in force by one that these people signed, each in a seat."""
    old = FieldVersion.objects.get(field_id=code, until=None)
    first, *_others = signers.values()
    assert first.id is not None
    proposal = Proposal.objects.create(
        kind="field.confirm",
        content={"fields": [[code, old.number]]},
        content_hash="0" * 64,
        proposer_id=first.id,
        proposer_number=first.number,
        proposed_at=at - timedelta(hours=1),
        expires_at=at + timedelta(days=7),
        applied_at=at,
    )
    for seat, signer in signers.items():
        assert signer.id is not None
        Signature.objects.create(
            proposal=proposal,
            seat=seat,
            signer_id=signer.id,
            signer_number=signer.number,
            answer=APPROVE,
            content_hash=proposal.content_hash,
            at=at,
        )
    FieldVersion.objects.filter(pk=old.pk).update(until=at)
    old.pk, old.number, old.since, old.until = None, old.number + 1, at, None
    old.shipped, old.proposal = False, proposal.pk
    old.save(force_insert=True)
    return old
