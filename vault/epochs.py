"""The life of an index epoch: created, written and searched beside the old one, alone, and at last destroyed.

    created     its root is there; whoever writes writes both, whoever searches looks in both
    superseded  (the older ones) every customer is indexed in the newer one: no longer written nor searched
    destroyed   its root is gone; what was digested under it can be recognised by nobody any more

Roots lie with the provider, these facts in the keyring; rows are only ever added.
"""

from datetime import datetime

from django.db import connections, transaction

from vault.models import EpochFact
from vault.noticing import ALIAS, RAISE, catch_up, noticed
from vault.providers import KekProvider, provider

CREATED, SUPERSEDED, DESTROYED = EpochFact.CREATED, EpochFact.SUPERSEDED, EpochFact.DESTROYED


class NotNext(ValueError):
    """The epoch asked for is not the one that comes next."""


def live(kek: KekProvider | None = None) -> tuple[int, ...]:
    """Return the epochs that are written and searched, newest first, as far as this process has noticed."""
    kek = kek or provider()
    gone = noticed(kek).superseded
    return tuple(epoch for epoch in kek.epochs() if epoch not in gone)


def next_epoch() -> int:
    """Return the number that a new epoch would have."""
    told = EpochFact.objects.order_by("-epoch").values_list("epoch", flat=True).first() or 0
    return max((*provider().epochs(), told)) + 1


def epoch_to_begin() -> int:
    """Return the epoch that a change leads to: the newest while older ones are searched beside it, or the next."""
    now = live()
    return now[0] if len(now) > 1 else next_epoch()


def create(epoch: int, *, at: datetime) -> datetime:
    """Make the root of an epoch unless it is there, and return when the keyring first told of it.

    :raises NotNext: it is neither the newest nor the next one.
    """
    kek = provider()
    kek.reload()
    if epoch not in kek.epochs():
        if epoch != next_epoch() or kek.create_epoch() != epoch:
            raise NotNext(epoch)
    elif epoch != max(kek.epochs()):
        raise NotNext(epoch)
    _tell(CREATED, [epoch], at)
    return EpochFact.objects.get(epoch=epoch, fact=CREATED).at


def supersede(epoch: int, *, at: datetime) -> datetime:
    """Let only this epoch be written and searched from now on; return since when that is so."""
    older = [one for one in provider().epochs() if one < epoch]
    _tell(SUPERSEDED, older, at)
    told = EpochFact.objects.filter(epoch__in=older, fact=SUPERSEDED).order_by("-at").first()
    return told.at if told else at


def destroy_before(epoch: int, *, at: datetime) -> list[int]:
    """Destroy the roots of all older epochs that were superseded; return which."""
    kek, gone = provider(), catch_up(now=True).superseded
    older = [one for one in kek.epochs() if one < epoch and one in gone]
    for one in older:
        kek.destroy_epoch(one)
    _tell(DESTROYED, older, at)
    return older


def _tell(fact: str, epochs: list[int], at: datetime) -> None:
    with transaction.atomic(using=ALIAS):
        rows = [EpochFact(epoch=epoch, fact=fact, at=at) for epoch in epochs]
        EpochFact.objects.bulk_create(rows, ignore_conflicts=True)
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(RAISE)
    catch_up(now=True)
