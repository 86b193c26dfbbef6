"""`manage.py prove_trail`: write a file that `trail/standalone/verify_trail.py` accepts, for people outside.

prove_trail period 2026-05-01 2026-06-01 FILE       all events of a period
prove_trail event NUMBER TIME FILE                  one event, in the tree of the newest checkpoint
prove_trail checkpoints OLD NEW FILE                that one checkpoint's tree begins with another's (sizes)
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import make_aware

from trail.sealing import proofs
from trail.sealing.export import write_export


def moment(text: str) -> datetime:
    """Return a time; without a zone it is one of the site's."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else make_aware(found)


class Command(BaseCommand):
    """Write a proof of the trail."""

    help = "Write a period, the proof of one event, or the proof between two checkpoints to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="what", required=True)
        period = kinds.add_parser("period")
        period.add_argument("since", type=moment)
        period.add_argument("until", type=moment)
        event = kinds.add_parser("event")
        event.add_argument("number", type=int)
        event.add_argument("at", type=moment)
        checkpoints = kinds.add_parser("checkpoints")
        checkpoints.add_argument("old", type=int)
        checkpoints.add_argument("new", type=int)
        for kind in (period, event, checkpoints):
            kind.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        try:
            with options["file"].open("xb") as out:
                if options["what"] == "period":
                    summary = write_export(out, since=options["since"], until=options["until"])
                    self.stdout.write(f"{summary.events} events, {summary.unsealed} of them not sealed yet")
                elif options["what"] == "event":
                    out.write(proofs.inclusion(options["number"], options["at"]))
                else:
                    out.write(proofs.consistency(options["old"], options["new"]))
        except proofs.NotSealed:
            options["file"].unlink()
            raise CommandError("There is no such sealed event or checkpoint.") from None
        except OSError as fault:
            raise CommandError(f"{options['file']}: {fault.strerror}") from None
