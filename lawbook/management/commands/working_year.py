"""Enter the working calendar of a year from the State Council's notice."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lawbook.services import NotAYear, enter_year
from trail import services as trail
from trail.actor import Actor

WORDS = {"off": False, "worked": True}


class Command(BaseCommand):
    """`manage.py working_year 2027 days.txt --citation 国办发明电〔2026〕…号`; lines such as `2027-01-01 off`."""

    help = "Enter a year's holidays (off) and weekend days worked in exchange (worked), one day a line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("days", type=Path, help="a text file, one day a line")
        parser.add_argument("--citation", required=True, help="the notice that says so")

    def handle(self, *args: Any, **options: Any) -> None:
        days = self._days(options["days"])
        try:
            made = enter_year(
                options["year"],
                days_off=[day for day, worked in days.items() if not worked],
                days_worked=[day for day, worked in days.items() if worked],
                citation=options["citation"],
                by=Actor.system("lawbook.working_year"),
                at=trail.clock(),
            )
        except NotAYear as problem:
            raise CommandError(
                f"{problem.day or 'No day off'}: not a day of this year's arrangement."
            ) from None
        self.stdout.write(f"{made.year}: {len(made.days_off)} off, {len(made.days_worked)} worked")

    def _days(self, file: Path) -> dict[date, bool]:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            raise CommandError(f"{file} cannot be read as text.") from None
        found: dict[date, bool] = {}
        for number, line in enumerate(lines, 1):
            try:
                day, word = line.split()
                found[date.fromisoformat(day)] = WORDS[word]
            except (ValueError, KeyError):
                raise CommandError(
                    f"Line {number} is not like “2027-01-01 off” or “2027-01-09 worked”."
                ) from None
        return found
