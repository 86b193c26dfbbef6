"""Short ways through a discovery run, for tests."""

from uuid import uuid4

from customers.discovery import run
from customers.discovery.doubts import Standing, doubts
from customers.models import Customer, Portfolio
from customers.services import doubts as acts
from jobs import running
from jobs.models import Job
from trail.actor import Actor
from trail.services import clock

MOBILE, OTHER = "15400000018", "15400000026"
RESIDENT_ID = "119900199001010010"


def hold(portfolio: Portfolio, *documents: dict, first: int = 0) -> list[Customer]:
    """Make customers with these open documents, as old data or another system would have left them."""
    at = clock()
    return Customer.objects.bulk_create(
        Customer(
            ref=uuid4(),
            number=f"D{number:06d}",
            portfolio=portfolio,
            open=document,
            origins={},
            created_at=at,
            updated_at=at,
        )
        for number, document in enumerate(documents, first)
    )


def run_now(by: Actor) -> Job:
    """Look through everything and return the job."""
    job = acts.start_now(by=by, at=clock())
    running.run(job.pk, run.look)
    job.refresh_from_db()
    assert job.finished_at is not None, job.error_code
    return job


def standing() -> list[Standing]:
    """Return every doubt as it stands, fields first."""
    rows = doubts(clock()).select_related("customer").order_by("place", "field", "column", "customer", "kind")
    return [Standing.of(row) for row in rows]


def in_short() -> list[tuple]:
    """Return place, where, kind, state, values, hits and passed of every doubt."""
    return [
        (
            one.doubt.place,
            one.doubt.column or one.doubt.field,
            one.doubt.kind,
            one.state,
            one.values,
            one.hits,
            one.passed,
        )
        for one in standing()
    ]
