"""What consent costs a list of 25, and how fast values follow a signed label."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from access.queries import cards
from bench.measure import Line, seconds
from classification.models import FieldVersion
from classification.proposals.labels import supersede
from classification.purposes import purposes
from classification.queries import catalogue
from consent import drafting
from consent.models import ConsentRecord, Notice, NoticeVersion
from customers.models import Customer
from customers.relabel import run as relabelling
from customers.relabel.run import ACTOR, RELABEL
from jobs import services as jobs
from jobs.running import Turn
from trail.actor import Actor

FIELD, PURPOSE = "member_level", "service"


def lines(agent: Actor, at: datetime) -> list[Line]:
    """Measure both."""
    return [_list_of_25(agent, at), _relabel(at)]


def _list_of_25(agent: Actor, at: datetime) -> Line:
    rows = list(Customer.objects.select_related("portfolio").order_by("pk")[:25])
    _answer([one.ref for one in rows], agent, at)

    def without() -> object:
        return cards.cards(agent, rows, at)

    def asking() -> object:
        return cards.cards(agent, rows, at, in_contact=True, purpose=PURPOSE)

    with CaptureQueriesContext(connection) as plain:
        without()
    with CaptureQueriesContext(connection) as asked:
        asking()
    mine, theirs = seconds(asking, times=50), seconds(without, times=50)
    return Line(
        "cards of 25 customers, each with a consent",
        f"{mine * 1000:.2f} ms, {len(asked)} queries",
        f"no purpose {theirs * 1000:.2f} ms, {len(plain)}",
        f"{mine / theirs:.2f}x",
        "constant queries",
    )


def _answer(subjects: Sequence[UUID], agent: Actor, at: datetime) -> None:
    notice, _ = Notice.objects.get_or_create(
        code="bench", defaults={"channel": "online", "name_zh": "bench", "name_en": "bench"}
    )
    version, _ = NoticeVersion.objects.get_or_create(
        notice=notice,
        number=1,
        defaults={
            "purposes": drafting.snapshot([purposes(at)[PURPOSE]], catalogue(at)),
            "published_at": at - timedelta(days=1),
            "proposal": uuid4(),
        },
    )
    known = set(ConsentRecord.objects.filter(subject__in=subjects).values_list("subject", flat=True))
    ConsentRecord.objects.bulk_create(
        ConsentRecord(
            subject=subject,
            purpose=PURPOSE,
            version=version,
            language="en",
            answer="given",
            fields=["mobile"],
            method="checkbox",
            source="desk",
            captured_by_id=agent.id,
            effective_at=at,
            at=at,
        )
        for subject in subjects
        if subject not in known
    )


def _relabel(at: datetime) -> Line:
    """Seal one field of everybody as a signed label would, and take it back at the end."""
    with transaction.atomic():
        current = FieldVersion.objects.in_force(at).get(field=FIELD)
        supersede(current, {"level": 3}, proposal=uuid4(), at=at)
        parameters = {"field": FIELD, "proposal": ""}
        job = jobs.claim(jobs.start(RELABEL, by=ACTOR, at=at, parameters=parameters).id, at=at)
        assert job is not None
        began = time.perf_counter()
        outcome = relabelling.run(Turn(job, at))
        taken = time.perf_counter() - began
        transaction.set_rollback(True)
    moved = int(str(outcome["moved"]))
    return Line(f"relabel {moved} values from L1 to L3, one core", f"{moved / taken:.0f}/s")
