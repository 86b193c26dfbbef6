"""What the restricted host does without being asked: take deposits in, destroy on order, keep itself sound."""

import logging
import time
from traceback import extract_tb
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, OperationalError, connections

from files import apart
from restricted import backups, closing, gone, key_backups
from restricted.key_backups import NotSetUp
from restricted.sealing import holding
from restricted.services import intake, upkeep
from trail import services as trail
from trail.actor import Actor
from vault.dumps import NotDumped
from vault.keyfiles import BadKeyFile

SECONDS = 5.0
AT_ONCE = 50
NO_BACKUP = (
    "No backup of L4 is made: set RESTRICTED_BACKUP_DIR and RESTRICTED_BACKUP_RECIPIENT_FILE, and for the keys"
    " RESTRICTED_KEYS_BACKUP_DIR and RESTRICTED_KEYS_BACKUP_RECIPIENT_FILE."
)
log = logging.getLogger(__name__)


class Command(BaseCommand):
    """`manage.py restricted_jobs`, one process on the restricted host; `--once` makes one round and ends."""

    help = (
        "Take deposits to L4 in, destroy on order, acknowledge both, wrap keys under the newest KEK, and back up daily,"
        " the keys hourly; runs until it is stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="make one round and end")
        parser.add_argument("--backup", action="store_true", help="make a backup now and end")
        parser.add_argument(
            "--check-backup", action="store_true", help="compare the last backup and its manifest"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if closing.closed():
            raise CommandError("L4 is being restored and stays closed until that is done (docs/backups.md).")
        try:
            if options["backup"]:
                return self._back_up()
            if options["check_backup"]:
                return self._check_backup()
        except NotSetUp:
            raise CommandError(NO_BACKUP) from None
        except NotDumped as failed:
            raise CommandError(str(failed)) from None
        if not backups.is_set_up():
            log.warning(NO_BACKUP)
        while True:
            try:
                self._round()
            except (Error, trail.TrailUnavailable) as error:
                # The main data may be away; nothing is lost, because everything waits there.
                log.error("restricted_jobs: %s", type(error).__name__)
                connections.close_all()
                if options["once"]:
                    raise
            if options["once"]:
                return
            time.sleep(SECONDS)

    def _round(self) -> None:
        by = Actor.system("restricted.jobs")
        apart.give_sign(at=trail.clock())
        sealed = holding() is not None
        for row in [] if sealed else list(apart.waiting()[:AT_ONCE]):
            _each(intake.take_in, row, by)
        for order in list(apart.orders()[:AT_ONCE]):
            _each(intake.destroy, order, by)
        while endings := list(apart.endings()[: gone.AT_ONCE]):
            intake.end(endings, by=by, at=trail.clock())
        try:
            self._keep_sound(by, sealed=sealed)
        except (OSError, BadKeyFile, NotDumped) as error:  # no room, say; deposits are taken in all the same
            log.error("upkeep: %s", type(error).__name__)

    def _keep_sound(self, by: Actor, *, sealed: bool) -> None:
        """Keep keys and backups sound. A sealed host destroys and backs up, which takes no key, and nothing else."""
        if not sealed:
            if done := upkeep.carry_out_acts(by=by, at=trail.clock()):
                self.stdout.write(f"{done} acts on the master key carried out")
            while rewrapped := upkeep.rewrap_keys(by=by, at=trail.clock()):
                self.stdout.write(f"{rewrapped} data keys wrapped under the newest KEK")
                apart.give_sign(at=trail.clock())
        if not backups.is_set_up():
            return
        if backups.due(trail.clock()):
            self._back_up()
        elif key_backups.due(trail.clock()):
            upkeep.back_up_keys(by=by, at=trail.clock())

    def _back_up(self) -> None:
        made = upkeep.back_up(by=Actor.system("restricted.jobs"), at=trail.clock())
        self.stdout.write(
            f"backup of {made.values} values, {made.written} of them new, {made.bytes} bytes; manifest {made.manifest}"
        )

    def _check_backup(self) -> None:
        if wrong := backups.wrong():
            raise CommandError(f"Missing or changed: {', '.join(wrong)}")
        self.stdout.write("every file of the last backup is as its manifest says")


def _each(act: Any, row: Any, by: Actor) -> None:
    """Let one that fails not hold up the others; it is tried again in the next round."""
    try:
        act(row, by=by, at=trail.clock())
    except OperationalError:  # a database is away: so it is for the others
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the others are dealt with
        # SECURITY: the type and the place only: messages of errors may carry values.
        place = extract_tb(error.__traceback__)[-1]
        log.error("deposit %s: %s at %s:%s", row.pk, type(error).__name__, place.filename, place.lineno)
