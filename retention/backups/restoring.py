"""Bring data and keyring back. The site is closed before anything is touched and opens when the journal is replayed.

    choose and admit -> close -> keyring, data -> migrate -> keys tried -> journal replayed -> recorded, and open

Cut short anywhere, the site stays closed: `restore --finish` goes on where both databases are filled, another
`restore --replace` begins anew.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pyrage
from django.core.management import call_command
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

from retention.backups import checking, closing, manifests, postgres
from retention.backups.manifests import Manifest
from retention.backups.plans import Plan, Refused
from retention.models import Recovery
from retention.models.backups import DATA, KEYRING
from retention.replaying import replay
from retention.services.backups import record_recovery
from trail.actor import Actor
from trail.services import clock
from vault import scratch
from vault.trial import keys_that_do_not_open

Identities = list[pyrage.x25519.Identity]


def begin(plan: Plan, identities: Identities, *, replace: bool, at: datetime) -> None:
    """Close the site and fill both databases.

    :raises Refused: wrong_identity, not_restorable; the site stays closed.
    """
    closing.close(plan.data.file, plan.keyring.file if plan.keyring else "", at=at, emptied=replace)
    if plan.keyring:
        if replace:
            closing.empty("keyring")
        _load(plan.keyring, identities)
    _load(plan.data, identities)
    connections.close_all()


def finish(*, by: Actor) -> Recovery:
    """Bring what came back to today's tables, replay what was destroyed since, record it, and open the site.

    :raises Refused: not_closed; half_filled: begin anew; keys_do_not_open: bring the right KEK, and finish again.
    """
    found = closing.closed()
    if found is None:
        raise Refused("not_closed")
    if any(closing.is_empty(alias) for alias in ("default", "keyring")):
        raise Refused("half_filled")
    since, data, keyring = found
    of_data, of_keyring = _told(DATA, data), _told(KEYRING, keyring) if keyring else None
    replayed = complete()
    with transaction.atomic():
        at = clock()
        made = record_recovery(
            of_data, of_keyring, replayed=replayed, seconds=(at - since).total_seconds(), by=by, at=at
        )
        closing.open_again()
    return made


def complete() -> int:
    """Migrate, try the keys, replay the destruction journal; return how many entries it had.

    :raises Refused: keys_do_not_open.
    """
    for alias in ("default", "keyring"):
        executor = MigrationExecutor(connections[alias])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", database=alias, interactive=False, verbosity=0)
    if failed := keys_that_do_not_open():
        raise Refused("keys_do_not_open", str(failed))
    return replay(at=clock()).entries


@contextmanager
def practised(plan: Plan, identities: Identities) -> Iterator[tuple[list[str], float]]:
    """Restore into scratch databases as in earnest; give the faults that were found and the seconds it took.

    Inside the block this process looks at what came back.

    :raises Refused: wrong_identity.
    :raises scratch.MayNotMakeDatabases: the login may not make databases.
    """
    began = time.monotonic()
    with scratch.databases("default", "keyring") as names, scratch.pointed_at(names):
        faults: list[str] = []
        try:
            for one in filter(None, (plan.keyring, plan.data)):
                _load(one, identities)
                faults += checking.differences(one)
            complete()
        except Refused as refused:
            if refused.code == "wrong_identity":
                raise
            faults.append(refused.code)
        yield list(dict.fromkeys(faults)), time.monotonic() - began


def _load(one: Manifest, identities: Identities) -> None:
    try:
        postgres.load(one.path, identities, postgres.ALIAS[one.kind])
    except postgres.WrongIdentity:
        raise Refused("wrong_identity", one.file) from None
    except postgres.NotRestored as failed:
        raise Refused("not_restorable", f"{one.file}: {failed}") from None


def _told(kind: str, name: str) -> Manifest:
    for one in manifests.lying(kind):
        if one.file == name:
            return one
    raise Refused("file_missing", name)
