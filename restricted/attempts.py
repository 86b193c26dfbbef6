"""How often somebody may be wrong: counted before anything is compared, so that guesses sent at once count."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from restricted.models import Attempt

WITHIN = timedelta(minutes=5)
MOST_OF_A_PERSON = 5
MOST_FROM_AN_ADDRESS = 30


class TooMany(Exception):
    """Too many wrong tries; wait five minutes."""


@contextmanager
def counted(person: UUID | None, *, ip: str | None, at: datetime) -> Iterator[None]:
    """Count a try as wrong, unless the block ends without an exception.

    :raises TooMany: when there were too many wrong ones, of the person or from the address.
    """
    row = Attempt.objects.create(person=person, ip=ip, at=at)
    wrong = Attempt.objects.filter(at__gt=at - WITHIN, passed=False)
    if person is not None and wrong.filter(person=person).count() > MOST_OF_A_PERSON:
        raise TooMany
    if wrong.filter(ip=ip).count() > MOST_FROM_AN_ADDRESS:
        raise TooMany
    yield
    row.passed = True
    row.save(update_fields=["passed"])
