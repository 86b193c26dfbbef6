"""A fresh code for one act; a wrong one is counted and on record."""

from datetime import datetime

from restricted import attempts, events, factors
from restricted.factors import FactorRefused
from trail import services as trail
from trail.actor import Actor


def prove(code: str, *, by: Actor, at: datetime, about: str = "") -> int:
    """Use a code of somebody's factor up for one act; return its number.

    :param about: the id of what the code was given for.
    :raises FactorRefused: it is wrong or was used.
    :raises attempts.TooMany: there were too many wrong ones.
    """
    assert by.id is not None
    try:
        with attempts.counted(by.id, ip=by.ip, at=at):
            return factors.take(by.id, code, at=at)
    except FactorRefused:
        trail.record(events.FACTOR_REFUSED, by=by, at=at, facts={"value": about, "why": "code"})
        raise
