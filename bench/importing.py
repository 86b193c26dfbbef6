"""Import customers from a CSV file, against the raw COPY of the same rows without validation."""

import csv
import io
import resource
import time
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from bench.measure import Line
from bench.writing import _new
from classification.queries import catalogue
from customers import bulk
from customers.imports import run
from customers.models import Customer, Portfolio
from customers.services import imports
from jobs.running import run as run_job
from kinds.synthetic import people
from trail import services as trail
from trail.actor import Actor

COUNT = 5_000
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
    """Measure one core: the job runs in this process."""
    known = catalogue(at)
    made = [_new(known, one, portfolios[0], at, 3_000_000) for one in people(COUNT, seed=11)]
    began = time.perf_counter()
    bulk.insert([one for one, _values in made], at=at)
    raw = COUNT / (time.perf_counter() - began)
    Customer.objects.filter(number__in=[one.number for one, _values in made]).delete()
    prefix = uuid4().hex[:6].upper()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in people(COUNT, seed=12):
        writer.writerow(
            (
                f"{prefix}-{one.number}",
                one.name,
                one.member_level,
                "数码",
                one.city,
                one.mobile,
                one.resident_id,
                one.address,
                one.email,
                one.bank_card,
            )
        )
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
    began = time.perf_counter()
    run_job(job.pk, run.run)
    taken = time.perf_counter() - began
    held = Customer.objects.filter(number__startswith=prefix).count()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return [
        Line(
            f"import {held} customers, 10 columns, validated, one core",
            f"{held / taken:.0f} rows/s",
            f"raw COPY {raw:.0f} rows/s",
            f"{held / taken / raw:.2f} of it",
            ">= 0.5, RSS < 600 MB",
        ),
        Line("memory of this process at its highest", f"{memory} MB"),
    ]
