"""Import customers from a CSV file, against a COPY of the same rows that are sealed and indexed already."""

import csv
import io
import os
import resource
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from bench.measure import Line
from bench.processor import Meter, Spent
from bench.writing import draft, ready
from customers import bulk
from customers.imports import run
from customers.imports.run import BATCH_ROWS
from customers.models import Customer, Portfolio
from customers.services import imports
from customers.writing import origin_of
from jobs.running import run as run_job
from kinds.synthetic import people
from trail import services as trail
from trail.actor import Actor

COUNT = 10_000
COLUMNS = (
    "number",
    "full_name",
    "member_level",
    "preference_tags",
    "city",
    "mobile",
    "resident_id",
    "address",
    "email",
    "bank_card",
)


def lines(supervisor: Actor, portfolios: Sequence[Portfolio], at: datetime) -> list[Line]:
    """Measure one job, which checks its next rows on the other cores."""
    raw = _raw(portfolios[0], at)
    prefix = uuid4().hex[:6].upper()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in people(COUNT, seed=time.time_ns()):
        open = (f"{prefix}-{one.number}", one.name, one.member_level, "数码", one.city)
        writer.writerow((*open, one.mobile, one.resident_id, one.address, one.email, one.bank_card))
    file = imports.upload(io.BytesIO(text.getvalue().encode()), name="bench.csv", by=supervisor, at=at)
    examined = imports.examine(file, by=supervisor, at=at)
    check = imports.start_check(
        examined,
        portfolio=portfolios[0].code,
        mapping={place: column.target for place, column in enumerate(examined.columns)},
        by=supervisor,
        at=at,
    )
    run_job(check.pk, run.check)
    job = imports.start_import(check.pk, by=supervisor, at=trail.clock()).job
    assert job is not None
    meter = Meter()
    run_job(job.pk, run.run)
    spent = meter.spent()
    held = Customer.objects.filter(number__startswith=prefix).count()
    Customer.objects.filter(number__startswith=prefix).delete()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    cores = os.cpu_count() or 1
    return [
        Line(
            f"import {held} customers, 10 columns, validated, {cores} cores together",
            f"{held / spent.clock:.0f} rows/s",
            f"raw COPY by the clock {COUNT / raw.clock:.0f} rows/s",
            f"{held / spent.clock / (COUNT / raw.clock):.2f} of it",
            f">= 0.5 a core: {0.5 * cores:.1f}",
        ),
        Line(
            f"the same, by a processor: {_micro(spent.ours, held)} ours, {_micro(spent.database, held)} PostgreSQL",
            f"{held / spent.processor:.0f} rows/s",
            f"raw COPY {COUNT / raw.processor:.0f} rows/s",
            f"{held / spent.processor / (COUNT / raw.processor):.2f} of it",
            ">= 0.5",
        ),
        Line("processors kept busy by the import", f"{spent.processor / spent.clock:.1f}", f"of {cores}"),
        Line("memory of this process at its highest", f"{memory} MB", goal="< 600 MB"),
    ]


def _raw(portfolio: Portfolio, at: datetime) -> Spent:
    rows = ready([draft(one, portfolio, 3_000_000) for one in people(COUNT, seed=11)], at)
    origins = dict.fromkeys((*rows[0].open, *rows[0].sealed), origin_of(at, "import", "handling"))
    rows = [replace(one, origins=origins) for one in rows]
    meter = Meter()
    for first in range(0, COUNT, BATCH_ROWS):
        with transaction.atomic():
            bulk.insert(rows[first : first + BATCH_ROWS], at=at)
    spent = meter.spent()
    Customer.objects.filter(ref__in=[one.ref for one in rows]).delete()
    return spent


def _micro(seconds: float, rows: int) -> str:
    return f"{seconds / rows * 1e6:.0f} µs"
