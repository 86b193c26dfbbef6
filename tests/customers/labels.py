"""Short ways to sign a label and to move values, for tests."""

from typing import Any

from approvals import services as approvals
from approvals.models import Proposal
from classification.models import FieldVersion
from classification.proposals import fields
from customers.relabel import run
from jobs import running
from jobs.models import Job
from tests.customers.conftest import House
from trail.services import clock


def number_of(field: str) -> int:
    return FieldVersion.objects.get(field=field, until=None).number


def propose(house: House, field: str, **label: Any) -> Proposal:
    """Let the officer propose another label."""
    opening = label.pop("opening_reason", "")
    return fields.propose_change(
        field,
        label,
        supersedes=number_of(field),
        reason="按新的分级标准调整",
        opening_reason=opening,
        by=house.officer,
        at=clock(),
    )


def sign(proposal: Proposal, *people) -> None:
    """Let these people sign, one after the other."""
    for person in people:
        approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=person, at=clock())


def signed(house: House, field: str, **label: Any) -> Proposal:
    """Put another label in force, signed by officer and head."""
    made = propose(house, field, **label)
    sign(made, house.officer, house.head)
    return made


def move(field: str) -> Job:
    """Work the last job of a field to its end."""
    job = Job.objects.filter(kind=run.RELABEL, parameters__field=field).order_by("-created_at").first()
    assert job is not None
    running.run(job.id, run.run)
    job.refresh_from_db()
    assert job.error_code == ""
    return job


def relabel(house: House, field: str, **label: Any) -> Job:
    """Sign another label and move the values."""
    signed(house, field, **label)
    return move(field)
