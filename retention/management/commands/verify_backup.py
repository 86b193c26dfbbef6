"""`manage.py verify_backup`: restore every backup that nobody has restored yet into a scratch database, and compare."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from retention.backups import checking, manifests, postgres
from retention.backups.manifests import Manifest, NotSetUp
from retention.backups.plans import Refused
from retention.backups.words import FAULTS, refusal
from retention.models import Backup
from retention.models.backups import DATA, KEYRING
from retention.services import backups
from trail.actor import Actor
from trail.services import clock
from vault import identities
from vault.identities import NoIdentity
from vault.keyfiles import BadKeyFile
from vault.scratch import MayNotMakeDatabases


class Command(BaseCommand):
    """Verify backups; exit code 1 when one has a fault or could not be opened."""

    help = "Restore each unverified backup into a scratch database, compare it with its manifest, drop the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="*", help="these files only, verified before or not")
        identities.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        by, failed = Actor.system("retention.verify_backup"), False
        try:
            held = identities.read(options["identity"], options["identity_fd"])
            for kind in (DATA, KEYRING):
                backups.take_in(kind, by=by, at=clock())
            for backup in self._wanted(options["file"]):
                failed |= not self._verify(backup, held, by)
        except NotSetUp:
            raise CommandError(refusal("not_set_up")) from None
        except Refused as refused:
            raise CommandError(refusal(refused.code, refused.about)) from None
        except NoIdentity:
            raise CommandError(refusal("no_identity")) from None
        except MayNotMakeDatabases:
            raise CommandError(refusal("may_not_make_databases")) from None
        except BadKeyFile as bad:
            raise CommandError(str(bad)) from None
        if failed:
            raise SystemExit(1)

    def _wanted(self, names: list[str]) -> list[Backup]:
        kept = Backup.objects.kept().order_by("at")
        return list(kept.filter(file__in=names) if names else kept.filter(checks=None))

    def _verify(self, backup: Backup, held: checking.Identities, by: Actor) -> bool:
        began = time.monotonic()
        try:
            faults = checking.faults_of(_manifest(backup), held)
        except postgres.WrongIdentity:
            self.stderr.write(f"{backup.file}: {refusal('wrong_identity', backup.file)}")
            return False
        seconds = round(time.monotonic() - began, 3)
        backups.record_check(backup, faults=faults, seconds=seconds, by=by, at=clock())
        for fault in faults:
            self.stderr.write(f"{backup.file}: {FAULTS[fault]}")
        if not faults:
            self.stdout.write(f"{backup.file}: sound, restored and compared in {seconds:.1f} s")
        return not faults


def _manifest(backup: Backup) -> Manifest:
    path = manifests.place(backup.kind) / backup.file
    try:
        found = manifests.read(path.with_suffix(".json"))
    except manifests.NotAManifest:
        raise Refused("file_missing", path.with_suffix(".json").name) from None
    if found.digest() != backup.manifest_sha256:
        raise Refused("file_changed", path.with_suffix(".json").name)
    return found
