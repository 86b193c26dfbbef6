"""Two custodians, a KEK file of their own, and the worker that does what they signed."""

from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import pytest

from approvals import services as approvals
from approvals.models import Proposal
from custody import acts, run
from custody.services import proposing
from jobs import running
from jobs.models import Job
from staff.roles import CUSTODIAN
from tests.access.cast import Cast
from tests.access.conftest import cast
from tests.vault.keys import kek_file, worker
from trail.actor import Actor
from trail.services import clock

__all__ = ["cast", "kek_file", "worker"]


def fresh(actor: Actor) -> Actor:
    """Give a person who has just given a second factor."""
    return replace(actor, second_factor_at=clock())


@dataclass
class Vault:
    """Two custodians and what they do."""

    cast: Cast
    first: Actor = field(init=False)
    second: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.first, self.second = self.cast.person(CUSTODIAN), self.cast.person(CUSTODIAN)

    def propose(self, kind: str, **content: object) -> Proposal:
        return proposing.propose(kind, content, reason="轮换", by=fresh(self.first), at=clock())

    def sign(self, proposal: Proposal, by: Actor | None = None) -> approvals.Outcome:
        by = fresh(by or self.second)
        return approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=by, at=clock())

    def start(self, kind: str, **content: object) -> Job:
        """Let both agree, and return the job that nobody works on yet."""
        started = self.sign(self.propose(kind, **content)).result
        assert isinstance(started, Job)
        return started

    def do(self, kind: str, **content: object) -> Job:
        """Let both agree, and work on the job here."""
        job = self.start(kind, **content)
        running.run(job.pk, run.rewrap if kind == acts.REWRAP else run.kek)
        job.refresh_from_db()
        return job


@pytest.fixture
def vault(cast: Cast, kek_file) -> Vault:
    return Vault(cast)


def subjects(count: int) -> list[UUID]:
    return [uuid4() for _ in range(count)]
