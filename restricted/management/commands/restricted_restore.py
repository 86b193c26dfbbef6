"""`manage.py restricted_restore`: bring L4 back on its host, or practise that, which also verifies the backup."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from os import urandom
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from restricted import closing, restoring
from restricted.restoring import Came, Plan, Refused
from restricted.services import upkeep
from restricted.words import fault_words, restore_words
from trail import services as trail
from trail.actor import Actor
from vault import identities
from vault.apart import held_keks
from vault.away import KeysAway
from vault.dumps import Identities
from vault.identities import NoIdentity
from vault.keyfiles import KEY_BYTES, BadKeyFile
from vault.scratch import MayNotMakeDatabases

BY = Actor.system("restricted.restore")


class Command(BaseCommand):
    """Restore in earnest, or with `--drill` into a scratch database; exit code 1 when something is wrong with it."""

    help = (
        "Bring L4 back from its newest backup; with --drill into a scratch database, measured and recorded."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--manifest", default="", metavar="FILE", help="this backup, not the newest")
        parser.add_argument(
            "--keys", default="", metavar="FILE", help="these keys; refused unless the newest"
        )
        parser.add_argument("--replace", action="store_true", help="drop every table that is there")
        parser.add_argument("--drill", action="store_true", help="practise; this host goes on")
        identities.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            held = identities.read(options["identity"], options["identity_fd"])
            _insist_on_the_key()
            plan = restoring.choose(options["manifest"], options["keys"])
            came, took = (
                self._practise(plan, held)
                if options["drill"]
                else self._restore(plan, held, replace=options["replace"])
            )
        except Refused as refused:
            raise CommandError(restore_words(refused.code, refused.about)) from None
        except NoIdentity:
            raise CommandError(restore_words("no_identity", "")) from None
        except MayNotMakeDatabases:
            raise CommandError(restore_words("may_not_make_databases", "")) from None
        except KeysAway as away:
            raise CommandError(restore_words("keys_away", str(away))) from None
        except BadKeyFile as bad:
            raise CommandError(str(bad)) from None
        except DatabaseError as error:
            # SECURITY: a database error carries the row in its DETAIL; none of it travels on.
            raise CommandError(f"PostgreSQL refused: {type(error).__name__}.") from None
        self.stdout.write(
            f"{plan.name}: {came.values} values came back, {came.replayed} were destroyed again, {took:.1f} s"
        )
        if came.faults:
            raise CommandError(" ".join(fault_words(one) for one in came.faults))

    def _practise(self, plan: Plan, held: Identities) -> tuple[Came, float]:
        with restoring.practised(plan, held, at=trail.clock()) as (came, took):
            pass
        upkeep.record_restore(plan, came, took, drill=True, by=BY, at=trail.clock())
        return came, took

    def _restore(self, plan: Plan, held: Identities, *, replace: bool) -> tuple[Came, float]:
        restoring.admit(plan, replace=replace)
        began = time.monotonic()
        came = restoring.restore(plan, held, replace=replace, at=trail.clock())
        took = time.monotonic() - began
        upkeep.record_restore(plan, came, took, drill=False, by=BY, at=trail.clock())
        closing.open_again()
        return came, took


def _insist_on_the_key() -> None:
    """Find out before anything is emptied: what comes back is tried under the master key.

    :raises KeysAway: it is not there.
    """
    held_keks().wrap(urandom(KEY_BYTES), b"check")
