"""Short ways through an import, for tests."""

import io
from uuid import UUID

from customers.imports import run
from customers.imports.report import problems_of
from customers.models import Customer, IndexEntry
from customers.services import imports
from customers.services.imports import Examined
from customers.values import place
from jobs import running
from jobs.models import Job
from tests.customers.builders import synthetic_values
from trail.actor import Actor
from trail.services import clock
from vault.keyring import keys_for
from vault.transform import unchanged

HEADER = ("客户编号", "姓名", "手机号", "身份证号", "电子邮箱", "银行卡号", "所在城市", "备注")
CODES = ("number", "full_name", "mobile", "resident_id", "email", "bank_card", "city", "service_note")


def table_row(number: int, *, seed: int = 0) -> list[str]:
    """Return the row of somebody who does not exist, in the order of HEADER."""
    values = synthetic_values(number, seed=seed) | {"number": f"N{number:06d}", "service_note": "老客户"}
    return [values[code] for code in CODES]


def upload(data: bytes, by: Actor, name: str = "customers.csv") -> UUID:
    return imports.upload(io.BytesIO(data), name=name, by=by, at=clock())


def examine(data: bytes, by: Actor, **more) -> Examined:
    return imports.examine(upload(data, by), by=by, at=clock(), **more)


def proposed(examined: Examined) -> dict[int, str]:
    return {column.index: column.target for column in examined.columns if column.target}


def check(
    data: bytes, by: Actor, portfolio: str = "N1", mapping: dict[int, str] | None = None, **more
) -> Job:
    """Try a file out to the end and return the job."""
    examined = examine(data, by, **more)
    job = imports.start_check(
        examined, mapping=mapping or proposed(examined), portfolio=portfolio, by=by, at=clock(), **more
    )
    running.run(job.id, run.check)
    job.refresh_from_db()
    return job


def start(tried: Job, by: Actor) -> Job:
    """Start the import that a dry run has tried out."""
    started = imports.start_import(tried.id, by=by, at=clock())
    assert started.job is not None
    return started.job


def bring_in(data: bytes, by: Actor, portfolio: str = "N1", **more) -> Job:
    """Import a file to the end and return the job."""
    job = start(check(data, by, portfolio, **more), by)
    running.run(job.id, run.run)
    job.refresh_from_db()
    return job


def counts(job: Job) -> tuple[int, int, int, int]:
    """Return created, changed, unchanged and refused."""
    return tuple(job.outcome[name] for name in ("created", "changed", "unchanged", "refused"))


def reported(job: Job) -> list[tuple[int, str, str]]:
    """Return line, column and code of everything that was reported."""
    return list(problems_of(job.id).values_list("line", "column", "code"))


def final_state() -> list[tuple]:
    """Return everything an import leaves of customers, comparable between two runs: no ids, no ciphertexts."""
    rows = Customer.objects.order_by("number").select_related("portfolio")
    keys = keys_for([row.ref for row in rows], "L3")
    state = []
    for row in rows:
        number = int(row.number[1:])
        values = dict(zip(CODES, table_row(number), strict=True))
        right = {
            code: unchanged(sealed, place(row.ref, code), keys, values[code])
            for code, sealed in row.sealed.items()
        }
        entries = IndexEntry.objects.filter(customer=row).order_by("field", "digest")
        indexed = [(one.field, one.epoch, bytes(one.digest)) for one in entries]
        state.append((row.number, row.portfolio.code, row.version, row.open, right, indexed))
    return state
