"""`manage.py import_customers FILE --portfolio CODE --by STAFF_NUMBER`: the wizard's import without the wizard.

Exit codes: 0 every row is in, 1 some were refused, 2 nothing was done.
"""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from classification.models import Scenario
from customers.imports import run
from customers.imports.acting import MayNoLonger, acting_person
from customers.imports.mapping import MappingRefused
from customers.imports.report import write_report
from customers.services import imports
from customers.services.imports import DEFAULT_SCENARIO, Examined
from customers.words import problem_words
from documents.reading import Unreadable
from jobs import running
from jobs.models import Job, State
from staff.models import Person
from trail.actor import Actor
from trail.services import clock

ALL_IN, SOME_REFUSED, NOTHING_DONE = 0, 1, 2


class Stopped(Exception):
    """Nothing was done; the message says why."""


class Command(BaseCommand):
    """Import customers from a CSV, XLSX or XLS file."""

    help = "Import customers from a CSV, XLSX or XLS file, as a person who may import."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--portfolio", required=True, help="code of the portfolio for new customers")
        parser.add_argument("--by", required=True, help="staff number of the person who imports")
        parser.add_argument("--mapping", type=Path, help='JSON file: {"column name": "field code"}')
        parser.add_argument("--scenario", default=DEFAULT_SCENARIO, help="code of the collection scenario")
        parser.add_argument("--dry-run", action="store_true", help="try the file out, write no customer")
        parser.add_argument("--report", type=Path, help="where to write what was refused (CSV or XLSX)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and leave with the exit code."""
        try:
            code = self._import(options)
        except Stopped as stopped:
            self.stderr.write(str(stopped))
            code = NOTHING_DONE
        raise SystemExit(code)

    def _import(self, options: dict[str, Any]) -> int:
        by = _person(options["by"])
        examined = self._examined(options, by)
        mapping = _mapping(examined, options["mapping"])
        self._say_mapping(examined, mapping)
        try:
            tried = imports.start_check(
                examined,
                mapping=mapping,
                portfolio=options["portfolio"],
                scenario=options["scenario"],
                by=by,
                at=clock(),
            )
        except MappingRefused as refused:
            lines = [f"{one.field}: {problem_words(one.code, one.params)}" for one in refused.problems]
            raise Stopped("\n".join(lines)) from None
        except MayNoLonger as refused:
            raise Stopped(problem_words(refused.code, {})) from None
        tried = self._finished(tried.id, run.check, run.CHECK)
        return self._after_check(tried, options, by)

    def _examined(self, options: dict[str, Any], by: Actor) -> Examined:
        path: Path = options["file"]
        if not Scenario.objects.filter(code=options["scenario"]).exists():
            raise Stopped(_("There is no such collection scenario."))
        try:
            with path.open("rb") as stream:
                file = imports.upload(stream, name=path.name, by=by, at=clock())
            return imports.examine(file, scenario=options["scenario"], by=by, at=clock())
        except OSError as error:
            raise Stopped(_("The file cannot be opened: %s") % error.strerror) from None
        except (Unreadable, imports.HeaderMissing) as refused:
            raise Stopped(problem_words(refused.code, getattr(refused, "params", {}))) from None

    def _say_mapping(self, examined: Examined, mapping: dict[int, str]) -> None:
        for column in examined.columns:
            target = mapping.get(column.index, "")
            why = "" if target or column.target else problem_words(column.why, column.params)
            self.stdout.write(f"{column.header} → {target or _('left out')}" + (f" ({why})" if why else ""))

    def _after_check(self, tried: Job, options: dict[str, Any], by: Actor) -> int:
        last = tried
        if not options["dry_run"]:
            try:
                last = self._imported(tried, by)
            except imports.NothingToDo:
                last = tried
        if options["report"]:
            write_report(last.id, options["report"])
        counts = last.outcome
        self.stdout.write(
            _(
                "%(rows)s rows: %(created)s new, %(changed)s changed, %(unchanged)s unchanged,"
                " %(refused)s refused, %(warned)s with a warning."
            )
            % counts
        )
        if counts["rows"] and counts["refused"] == counts["rows"]:
            return NOTHING_DONE
        return SOME_REFUSED if counts["refused"] else ALL_IN

    def _imported(self, tried: Job, by: Actor) -> Job:
        if tried.outcome["changed"] > run.CHANGES_WITHOUT_SIGNATURE:
            params = {"changed": tried.outcome["changed"], "limit": run.CHANGES_WITHOUT_SIGNATURE}
            raise Stopped(problem_words("signature_in_workbench", params))
        started = imports.start_import(tried.id, by=by, at=clock())
        assert started.job is not None
        return self._finished(started.job.id, run.run, run.IMPORT)

    def _finished(self, id: UUID, work: Any, kind: str) -> Job:
        # A worker may have heard of the job first; then it does the work and this waits.
        running.run(id, work)
        while True:
            job = Job.objects.get(id=id)
            state = job.state(clock())
            if state == State.FINISHED:
                return job
            if state in (State.FAILED, State.STOPPED):
                raise Stopped(problem_words(job.error_code or "job_stopped", job.error_params))
            time.sleep(0.2)
            running.run(id, work)


def _person(number: str) -> Actor:
    person = Person.objects.filter(number__iexact=number, left_at__isnull=True).first()
    if person is None:
        raise Stopped(problem_words("owner_gone", {}))
    try:
        return acting_person(person.pk, clock())
    except MayNoLonger as refused:
        raise Stopped(problem_words(refused.code, {})) from None


def _mapping(examined: Examined, path: Path | None) -> dict[int, str]:
    if path is None:
        return {column.index: column.target for column in examined.columns if column.target}
    try:
        given = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        raise Stopped(_("The mapping file is no JSON object of column names and field codes.")) from None
    if not isinstance(given, dict) or not all(isinstance(target, str) for target in given.values()):
        raise Stopped(_("The mapping file is no JSON object of column names and field codes."))
    by_header = {column.header: column.index for column in examined.columns}
    unknown = [name for name in given if name not in by_header]
    if unknown:
        raise Stopped(_("The file has no column of this name: %s") % ", ".join(unknown))
    return {by_header[name]: target for name, target in given.items() if target}
