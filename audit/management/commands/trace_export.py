"""`manage.py trace_export FILE`: name the export that a found file came from, its request, person and time.

Rows may be missing, columns reordered or renamed, CSV turned into a workbook or text. Leaves 0 when an export was
named and 1 when none was.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.leaks import listing
from audit.services.traced_exports import Traced, trace_export
from documents.problems import Unreadable
from trail.actor import Actor
from trail.services import clock


class Command(BaseCommand):
    """Trace a found file."""

    help = "Name the export that a found file came from: the request, the person and the time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, workbook or text; an archive is unpacked first")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as source:
                content = source.read(listing.MOST_BYTES + 1)
            found = trace_export(content, by=Actor.system("audit.trace_export"), at=clock())
        except OSError as error:
            raise CommandError(_("The file cannot be read: %s") % error.strerror) from None
        except listing.TooLong:
            raise CommandError(
                _("The file is longer than 10,000 rows or 8 MiB. Cut it into several.")
            ) from None
        except listing.Empty:
            raise CommandError(_("There is nothing in the file.")) from None
        except Unreadable as refused:
            raise CommandError(_("The file cannot be read: %s") % refused.code) from None
        for one in found:
            self.stdout.write(_line(one))
        if not found:
            raise CommandError(_("No export of this system is in the file."), returncode=1)


def _line(one: Traced) -> str:
    about = {
        "event": one.event,
        "request": one.request or "–",
        "number": one.number,
        "name": one.name,
        "at": timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M"),
        "decoys": one.decoys,
        "share": round(one.share * 100),
    }
    if one.decoys:
        words = _(
            "Export %(event)s, request %(request)s, %(number)s %(name)s, %(at)s: certain (%(decoys)s decoy rows)"
        )
    else:
        words = _(
            "Export %(event)s, request %(request)s, %(number)s %(name)s, %(at)s: likely (%(share)s %% of it)"
        )
    return words % about
