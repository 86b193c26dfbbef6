"""`manage.py restore`: bring data and keyring back, replay what was destroyed since, and only then open the site."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from retention.backups import plans, restoring
from retention.backups.plans import Plan, Refused, Wanted
from retention.backups.words import FAULTS, refusal
from retention.models import Backup, Recovery
from retention.models.backups import DATA, KEYRING
from retention.services import backups
from staff.models import Person
from trail.actor import Actor
from trail.services import clock
from vault import identities
from vault.identities import NoIdentity
from vault.keyfiles import BadKeyFile
from vault.scratch import MayNotMakeDatabases


class Command(BaseCommand):
    """Restore in earnest, finish a restore, or practise one."""

    help = "Restore the newest backups of data and keyring; with --drill into scratch databases, measured and recorded."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", default="", metavar="FILE", help="this backup of the data, not the newest"
        )
        parser.add_argument("--keyring", default="", metavar="FILE", help="this backup of the keyring")
        parser.add_argument(
            "--keep-keyring", action="store_true", help="the keyring is there and whole: keep it"
        )
        parser.add_argument("--replace", action="store_true", help="drop every table that is there")
        parser.add_argument("--finish", action="store_true", help="go on with a restore that was cut short")
        parser.add_argument("--drill", action="store_true", help="practise; the site goes on")
        parser.add_argument("--by", default="", metavar="STAFF_NUMBER", help="who practises")
        identities.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["finish"]:
                return self._finish()
            held = identities.read(options["identity"], options["identity_fd"])
            wanted = Wanted(options["data"], options["keyring"], options["keep_keyring"], options["replace"])
            plan = plans.choose(wanted)
            if options["drill"]:
                return self._drill(plan, held, options["by"])
            plans.admit(plan, wanted)
            restoring.begin(plan, held, replace=options["replace"], at=clock())
            self._finish()
        except Refused as refused:
            raise CommandError(refusal(refused.code, refused.about)) from None
        except NoIdentity:
            raise CommandError(refusal("no_identity")) from None
        except MayNotMakeDatabases:
            raise CommandError(refusal("may_not_make_databases")) from None
        except BadKeyFile as bad:
            raise CommandError(str(bad)) from None
        except DatabaseError as error:
            # SECURITY: a database error carries the row in its DETAIL; none of it travels on.
            raise CommandError(
                f"PostgreSQL refused: {type(error).__name__}. The site stays as it is."
            ) from None

    def _finish(self) -> None:
        made = restoring.finish(by=Actor.system("retention.restore"))
        self.stdout.write(_("Restored, and the destruction journal replayed; the site may start."))
        self._tell(made)

    def _drill(self, plan: Plan, held: restoring.Identities, number: str) -> None:
        by = _person(number)
        if plan.keyring is None:
            raise CommandError(_("A drill restores the keyring too; leave --keep-keyring out."))
        for kind in (DATA, KEYRING):
            backups.take_in(kind, by=by, at=clock())
        with restoring.practised(plan, held) as (faults, seconds):
            pass
        data, keyring = (Backup.objects.get(pk=one.uuid) for one in (plan.data, plan.keyring))
        made = backups.record_drill(
            data, keyring, faults=faults, seconds=round(seconds, 3), by=by, at=clock()
        )
        self._tell(made)
        if faults:
            raise CommandError(" ".join(str(FAULTS[fault]) for fault in faults))

    def _tell(self, made: Recovery) -> None:
        self.stdout.write(
            _("Recovery time %(seconds).1f s; recovery point %(point)s, %(lost)s before.")
            % {"seconds": made.seconds, "point": made.point.isoformat(), "lost": made.lost}
        )


def _person(number: str) -> Actor:
    person = Person.objects.filter(number=number).first()
    if person is None:
        raise CommandError(_("Say who practises: --by STAFF_NUMBER."))
    return Actor(id=person.pk, number=person.number, name=person.name, mode="system")
