"""Bring L4 back from a backup: its tables, its values, and the newest keys; then destroy again what was since.

    choose and admit -> close -> tables -> migrate -> values and keys -> keys tried -> destructions again -> open

The newest keys are taken whatever the backup's age: a value that was destroyed has none there, so it does not come
back; and what the main site ordered destroyed, or names as gone, is destroyed once more before this host opens. Cut
short anywhere, it stays closed, and another restore with `replace` begins anew.
"""

from __future__ import annotations

import json
import time
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pyrage
from django.core.management import call_command
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg.conninfo import make_conninfo

from files import apart
from restricted import backups, closing, gone, key_backups, sealed
from restricted.key_backups import NotSetUp
from restricted.models import DataKey, Enrolment, Session, Value, ValuePart
from restricted.place import ALIAS, deployment_id
from vault import dumps, scratch
from vault.apart import L4, held_keks
from vault.away import OlderKey
from vault.dumps import Identities
from vault.envelope import CannotOpen
from vault.keyring import about
from vault.whole_files import sha256_of

SAMPLE = 20


class Refused(Exception):
    """The restore does not begin, or does not go on; `code` and `about` become one sentence (`restricted.words`)."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.about = about


@dataclass(frozen=True, slots=True)
class Plan:
    """One backup by its manifest, and the file of keys that opens it."""

    manifest: Mapping[str, Any]
    name: str
    rest: Path
    keys: Path

    @property
    def values(self) -> list[Path]:
        """The files of values, where they lie."""
        names = (one["name"] for one in self.manifest["files"])
        return [self.rest.parent / name for name in names if name.startswith("value-")]


@dataclass(slots=True)
class Came:
    """What came back: values, those destroyed again, and codes of what was wrong."""

    values: int = 0
    replayed: int = 0
    faults: list[str] = field(default_factory=list)


def choose(name: str = "", keys: str = "") -> Plan:
    """Choose the manifest, the newest unless one is named, and the newest keys; look whether its files are whole.

    :param keys: a file of keys to take; none but the newest may be.
    :raises Refused: not_set_up, no_backup, no_tables, older_keys, file_missing, file_changed, newer_software.
    """
    try:
        place = backups.place()
        key_backups.place()
    except NotSetUp:
        raise Refused("not_set_up") from None
    found = [path for path in sorted(place.glob("manifest-*.json")) if name in ("", path.name)]
    held = key_backups.newest()
    if not found or held is None:
        raise Refused("no_backup", name)
    # SECURITY: with older keys a value that was destroyed since would open again.
    if keys and keys != held.name:
        raise Refused("older_keys", held.name)
    manifest = json.loads(found[-1].read_bytes())
    rest = [one["name"] for one in manifest["files"] if one["name"].startswith("rest-")]
    if not rest:
        raise Refused("no_tables", found[-1].name)
    plan = Plan(manifest, found[-1].name, place / rest[0], held)
    _insist_whole(plan)
    known = MigrationLoader(None).disk_migrations or {}
    if newer := [one for one in manifest["heads"].items() if one not in known]:
        raise Refused("newer_software", ", ".join(".".join(one) for one in newer))
    return plan


def _insist_whole(plan: Plan) -> None:
    """Look at each file of the manifest. A value whose file is gone was destroyed since, or is told of as missing."""
    for one in plan.manifest["files"]:
        path = plan.rest.parent / one["name"]
        if path.exists() and sha256_of(path) != one["sha256"]:
            raise Refused("file_changed", path.name)
    for path in (plan.rest, plan.keys):
        if not path.exists():
            raise Refused("file_missing", path.name)
    if not key_backups.is_whole(plan.keys):
        raise Refused("file_changed", plan.keys.name)


def admit(plan: Plan, *, replace: bool) -> None:
    """Look whether the database may be filled.

    :raises Refused: main_closed, in_use, not_empty, foreign_deployment.
    """
    if closing.main_is_closed():
        raise Refused("main_closed")
    if others := closing.others():
        raise Refused("in_use", str(others))
    if closing.is_empty():
        return
    if not replace:
        raise Refused("not_empty")
    if (there := _deployment()) and there != plan.manifest["deployment"]:
        raise Refused("foreign_deployment", plan.name)


def restore(plan: Plan, identities: Identities, *, replace: bool, at: datetime) -> Came:
    """Fill the database, and leave it closed: the caller records it and then opens this host.

    :raises Refused: wrong_identity, not_restorable, foreign_deployment, keys_do_not_open; this host stays closed.
    """
    closing.close(plan.name, at=at, emptied=replace)
    return _fill(plan, identities, at)


@contextmanager
def practised(plan: Plan, identities: Identities, *, at: datetime) -> Iterator[tuple[Came, float]]:
    """Restore into a scratch database as in earnest; give what came back and the seconds it took.

    :raises Refused: as `restore`.
    :raises scratch.MayNotMakeDatabases: the login may not make databases.
    """
    began = time.monotonic()
    with scratch.databases(ALIAS) as names, scratch.pointed_at(names):
        deployment_id.cache_clear()
        try:
            yield _fill(plan, identities, at), time.monotonic() - began
        finally:
            deployment_id.cache_clear()


def _fill(plan: Plan, identities: Identities, at: datetime) -> Came:
    came = Came()
    try:
        dumps.load(plan.rest, identities, ALIAS)
    except dumps.WrongIdentity:
        raise Refused("wrong_identity", plan.rest.name) from None
    except dumps.NotRestored as problem:
        raise Refused("not_restorable", f"{plan.rest.name}: {problem}") from None
    connections[ALIAS].close()
    came.faults += _differences(plan)
    _migrate()
    deployment_id.cache_clear()
    keys = _keys(plan, identities)
    for path in plan.values:
        came.values += path.exists() and _bring(path, keys, identities)
    if failed := _keys_that_do_not_open():
        raise Refused("keys_do_not_open", str(failed))
    came.replayed = _destroy_again(at)
    # Nobody goes on with a session, or enrols with a code, of before.
    Session.objects.filter(ended_at=None).update(ended_at=at)
    Enrolment.objects.filter(used_at=None).update(used_at=at)
    if Value.objects.filter(destroyed_at=None).exclude(pk__in=DataKey.objects.values("value")).exists():
        came.faults.append("values_missing")
    return came


def _differences(plan: Plan) -> list[str]:
    without = set(backups.APART)
    wanted = {table: rows for table, rows in plan.manifest["rows"].items() if table not in without}
    with psycopg.connect(make_conninfo(**dumps.login(ALIAS))) as connection:
        found = dumps.counts(connection)
        heads = dumps.heads(connection)
    faults = [] if {table: found.get(table) for table in wanted} == wanted else ["counts_differ"]
    return faults + ([] if heads == plan.manifest["heads"] else ["heads_differ"])


def _migrate() -> None:
    executor = MigrationExecutor(connections[ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", database=ALIAS, interactive=False, verbosity=0)


def _keys(plan: Plan, identities: Identities) -> dict[UUID, tuple[int, bytes, int]]:
    content = json.loads(_opened(plan.keys, identities))
    if content["deployment"] != str(deployment_id()):
        raise Refused("foreign_deployment", plan.keys.name)
    return {
        UUID(value): (version, b64decode(wrapped), kek) for value, version, wrapped, kek in content["keys"]
    }


def _bring(path: Path, keys: Mapping[UUID, tuple[int, bytes, int]], identities: Identities) -> bool:
    """Put one value and its key back; without a key it was destroyed since, and stays so."""
    line, _, parts = _opened(path, identities).partition(b"\n")
    header = json.loads(line)
    id = UUID(header["value"])
    if header["deployment"] != str(deployment_id()) or path.name != f"value-{id}.age":
        raise Refused("foreign_deployment", path.name)
    with transaction.atomic(using=ALIAS):
        # One that was taken in while the backup was written stands in no table of it.
        value, _ = Value.objects.get_or_create(pk=id, defaults=backups.told(header))
        if id not in keys or value.destroyed_at is not None:
            return False
        start = 0
        for number, length in enumerate(header["parts"]):
            ValuePart.objects.create(value=value, number=number, sealed=parts[start : start + length])
            start += length
        version, wrapped, kek = keys[id]
        DataKey.objects.create(value=value, version=version, wrapped=wrapped, kek_version=kek)
    return True


def _destroy_again(at: datetime) -> int:
    """Destroy what the main site ordered destroyed since, or names as gone, acknowledged or not; return how many."""
    ordered = Value.objects.filter(destroyed_at=None, pk__in=apart.ordered())
    values = {value.pk: value for value in (*ordered, *gone.named())}
    for value in values.values():
        with transaction.atomic(using=ALIAS):
            sealed.shred(value)
            value.destroyed_at = at
            value.save(update_fields=["destroyed_at"])
    return len(values)


def _keys_that_do_not_open() -> int:
    keks, failed = held_keks(), 0
    for kek in DataKey.objects.order_by().values_list("kek_version", flat=True).distinct():
        for row in DataKey.objects.filter(kek_version=kek)[:SAMPLE]:
            try:
                keks.unwrap(bytes(row.wrapped), about(row.value_id, L4, row.version), kek)
            except (CannotOpen, OlderKey):
                failed += 1
    return failed


def _opened(path: Path, identities: Identities) -> bytes:
    try:
        content: bytes = pyrage.decrypt(path.read_bytes(), identities)
    except pyrage.DecryptError:
        raise Refused("wrong_identity", path.name) from None
    return content


def _deployment() -> str:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("select to_regclass('restricted_deployment') is not null")
        if not cursor.fetchone()[0]:
            return ""
        cursor.execute("select id from restricted_deployment")
        row = cursor.fetchone()
    return str(row[0]) if row else ""
