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
from restricted.sealing import away
from restricted.services import intake, upkeep
from trail import services as trail
from trail.actor import Actor
from vault.away import KeysAway
from vault.dumps import NotDumped
from vault.holding.client import Refused
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

    _said = ""

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
        reason = away()
        apart.give_sign(at=trail.clock(), sealed=reason is not None)
        self._tell(reason)
        if reason is None:
            self._take_in(by)
        for order in list(apart.orders()[:AT_ONCE]):
            _each(intake.destroy, order, by)
        while endings := list(apart.endings()[: gone.AT_ONCE]):
            intake.end(endings, by=by, at=trail.clock())
        try:
            self._keep_sound(by, sealed=reason is not None)
        except (OSError, BadKeyFile, NotDumped) as error:  # no room, say; deposits are taken in all the same
            log.error("upkeep: %s", type(error).__name__)

    def _tell(self, reason: KeysAway | None) -> None:
        """Say once why things wait, and once that they go on."""
        said = f"{type(reason).__name__}: {reason}" if reason else ""
        if said == self._said:
            return
        self._said = said
        words = (
            f"deposits and acts on the master key wait: {said}" if said else "the key is there: things go on"
        )
        log.warning("restricted_jobs: %s", words)

    def _take_in(self, by: Actor) -> None:
        try:
            for row in list(apart.waiting()[:AT_ONCE]):
                _each(intake.take_in, row, by)
        except KeysAway:
            return  # it went while they were taken in; the next round says so, and goes on when it is back

    def _keep_sound(self, by: Actor, *, sealed: bool) -> None:
        """Keep keys and backups sound. A sealed host destroys and backs up, which takes no key, and nothing else."""
        if not sealed:
            try:
                self._tend_keys(by)
            except KeysAway:
                pass  # as above
            except (BadKeyFile, Refused) as fault:
                log.error("acts on the master key: %s", fault)
        if not backups.is_set_up():
            return
        if backups.due(trail.clock()):
            self._back_up()
        elif key_backups.due(trail.clock()):
            upkeep.back_up_keys(by=by, at=trail.clock())

    def _tend_keys(self, by: Actor) -> None:
        if done := upkeep.carry_out_acts(by=by, at=trail.clock()):
            self.stdout.write(f"{done} acts on the master key carried out")
        while rewrapped := upkeep.rewrap_keys(by=by, at=trail.clock()):
            self.stdout.write(f"{rewrapped} data keys wrapped under the newest KEK")
            apart.give_sign(at=trail.clock())

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
    except (OperationalError, KeysAway):  # a database or the key is away: so it is for the others
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the others are dealt with
        # SECURITY: the type and the place only: messages of errors may carry values.
        place = extract_tb(error.__traceback__)[-1]
        log.error("deposit %s: %s at %s:%s", row.pk, type(error).__name__, place.filename, place.lineno)
