"""Which files a restore takes, and whether it may: everything is looked at before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connections
from django.db.migrations.loader import MigrationLoader

from retention.backups import closing, making, manifests
from retention.backups.checking import faults_of_file
from retention.backups.manifests import Manifest
from retention.models.backups import DATA, KEYRING


class Refused(Exception):
    """The restore does not begin, or does not go on; `code` and `about` become one sentence (`words.refusal`)."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.about = about


@dataclass(frozen=True, slots=True)
class Plan:
    """The backup of the data, and the keyring to open it with: a backup, or None for the one that is there."""

    data: Manifest
    keyring: Manifest | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: names of files, empty for the newest; and what may be lost for it."""

    data: str = ""
    keyring: str = ""
    keep_keyring: bool = False
    replace: bool = False


def choose(wanted: Wanted) -> Plan:
    """Choose the files, and look whether they belong together and are the newest that is known.

    :raises Refused: not_set_up, no_backup, file_missing, file_changed, foreign_deployment, newer_software,
        older_keyring, keyring_before_data.
    """
    if not manifests.is_set_up():
        raise Refused("not_set_up")
    data = _named(DATA, wanted.data)
    keyring = None if wanted.keep_keyring else _named(KEYRING, wanted.keyring)
    for one in filter(None, (data, keyring)):
        for fault in faults_of_file(one):
            raise Refused(fault, one.file)
        if keyring and one.deployment != keyring.deployment:
            raise Refused("foreign_deployment", one.file)
        if unknown := _unknown_migrations(one):
            raise Refused("newer_software", unknown)
    if keyring and keyring.moment < data.moment:
        raise Refused("keyring_before_data", keyring.file)
    return Plan(data, keyring)


def admit(plan: Plan, wanted: Wanted) -> None:
    """Look whether the databases may be filled.

    :raises Refused: in_use, not_empty, no_keyring, foreign_deployment, older_keyring.
    """
    for alias in ("default", "keyring"):
        if others := closing.others(alias):
            raise Refused("in_use", str(others))
    filled = {alias for alias in ("default", "keyring") if not closing.is_empty(alias)}
    if plan.keyring is None and "keyring" not in filled:
        raise Refused("no_keyring")
    if "keyring" in filled and _deployment() != plan.data.deployment:
        raise Refused("foreign_deployment", plan.data.file)
    known = list(_known(plan, there="keyring" in filled))
    taken = (plan.keyring.generation, plan.keyring.journal) if plan.keyring else making.key_state()
    if any(generation > taken[0] or journal > taken[1] for generation, journal in known):
        raise Refused("older_keyring", plan.keyring.file if plan.keyring else "")
    replaced = filled if plan.keyring else filled - {"keyring"}
    if replaced and not wanted.replace:
        raise Refused("not_empty")


def _known(plan: Plan, *, there: bool) -> Iterator[tuple[int, int]]:
    """Yield every generation and journal position that is known of this deployment."""
    yield plan.data.generation, plan.data.journal
    for one in manifests.lying(KEYRING):
        if one.deployment == plan.data.deployment:
            yield one.generation, one.journal
    if there:
        yield making.key_state()


def _named(kind: str, name: str) -> Manifest:
    found = [one for one in manifests.lying(kind) if name in ("", one.file)]
    if not found:
        raise Refused("no_backup", name or kind)
    return found[-1]


def _unknown_migrations(manifest: Manifest) -> str:
    known = MigrationLoader(None).disk_migrations or {}
    return ", ".join(f"{app}.{name}" for app, name in manifest.heads.items() if (app, name) not in known)


def _deployment() -> str:
    with connections["keyring"].cursor() as cursor:
        cursor.execute("select to_regclass('vault_deployment') is not null")
        if not cursor.fetchone()[0]:
            return ""
        cursor.execute("select id from vault_deployment")
        row = cursor.fetchone()
    return str(row[0]) if row else ""
