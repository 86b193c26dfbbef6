"""Files that customers send along with their answers: deposited by the public pages, taken in as evidence here."""

from datetime import datetime

from consent import evidence
from consent.models import SIGNED_FILE, ConsentRecord
from consent.problems import ConsentRefused
from consent.services import records
from files import deposits
from files.models import Deposit
from trail.actor import Actor
from trail.exposed import WRITTEN, Exposed


def register() -> None:
    """Say that deposits of evidence are ours."""
    deposits.taker(evidence.PURPOSE, take)


def take(deposit: Deposit, content: bytes, media_type: str, *, by: Actor, at: datetime) -> None:
    """Seal a file as evidence of the answers that came through its link.

    :raises files.deposits.NotAccepted: when nothing was answered through it.
    """
    rows = list(ConsentRecord.objects.filter(link=deposit.reference, answer__in=("given", "refused")))
    if not rows:
        raise deposits.NotAccepted(deposits.NOBODYS)
    subject = rows[0].subject
    try:
        held = evidence.put(content, kind=SIGNED_FILE, subject=subject, by=by, at=at)
    except ConsentRefused:
        raise deposits.NotAccepted(deposits.TYPE) from None
    records.add_evidence(rows, Exposed(subject, WRITTEN), held, by=by, at=at)
