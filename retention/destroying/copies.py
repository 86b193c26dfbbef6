"""What holds a customer besides the record: L4, files, exports, backups; ended here, or named with its end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from access.models import Export
from consent.evidence import FLOOR
from consent.queries import circumstances
from customers.together import OneOf
from files import apart, services
from files.events import ERASED
from files.models import ApartDeposit, ApartOrder, SealedFile
from jobs.models import Job
from retention.models.backups import KEYRING, LIFE
from retention.services import floors
from trail.actor import Actor
from trail.exposed import EXPORTED, WRITTEN
from trail.models import Event, Exposure
from vault.opening import EVIDENCE

HELD_AT_MOST = timedelta(days=8)
"""No upload and no export lives longer: a week, and a day for the job."""
WROTE = "import.wrote"
LAWS_OF_THE_TRAIL = ("network_log_keep", floors.RECORDS)
"""Why events are kept that name an erased customer by a random id, and the address from which they acted."""


class Outside(NamedTuple):
    """How many copies lie outside: files handed out, texts mailed to the customers, downstream systems."""

    files: int
    texts: int
    systems: int


def order_apart(
    parts: Mapping[UUID, Collection[str]],
    *,
    batch: UUID,
    by: Actor,
    at: datetime,
    until: datetime | None = None,
) -> int:
    """Order the restricted host to destroy what it holds of these customers; return how many values.

    :param parts: the fields by customer; none named is all. Originals of evidence stay until their floor.
    :param until: what was handed over later is another value, and stays.
    """
    rows = [row for row in held_apart(parts, at) if until is None or row.created_at <= until]
    for row in rows:
        apart.order_destruction(row.pk, why=f"batch {batch}", by=by, at=at)
    return len(rows)


def held_apart(parts: Mapping[UUID, Collection[str]], at: datetime) -> list[ApartDeposit]:
    """Return what lies in L4 of these customers and is to go with these fields."""
    rows = ApartDeposit.objects.filter(OneOf("subject", parts), refused="", order=None)
    kept = _kept_originals([row.reference for row in rows if row.reference], at)
    return [
        row
        for row in rows
        if row.reference not in kept and (not parts[row.subject] or row.field in parts[row.subject])
    ]


def unacknowledged(batch: UUID) -> int:
    """Count the orders of a batch that the restricted host has not carried out yet."""
    return ApartOrder.objects.filter(why=f"batch {batch}", done_at=None).count()


def destroy_files(refs: Collection[UUID], *, by: Actor, at: datetime) -> int:
    """Destroy the uploads and exports in which these customers stand, and their own files; return how many.

    A file that a job works on stays for that job, and ends within a day of it by itself.
    """
    own = SealedFile.objects.filter(OneOf("subject", refs), destroyed_at=None).exclude(
        domain=EVIDENCE, keep_until__gt=at
    )
    found = {*own.values_list("id", flat=True), *_exports(refs, at), *_uploads(refs, at)}
    return sum(services.destroy(id, by=by, at=at, why=ERASED) for id in sorted(found))


def listed(
    whole: Collection[UUID],
    living: Collection[UUID],
    *,
    batch: UUID,
    seen: Mapping[str, Any],
    outside: Outside,
    at: datetime,
) -> list[dict[str, Any]]:
    """Return every copy with its state, as the record keeps it: what, state, how many, until when.

    :param seen: what the job has counted: `files`, `proofs`, `proofs_shared`.
    :param living: customers who lost single fields: what is said about them alone stays with them.
    """
    orders = ApartOrder.objects.filter(why=f"batch {batch}")
    kept = SealedFile.objects.filter(OneOf("subject", [*whole, *living]), domain=EVIDENCE, destroyed_at=None)
    last = kept.order_by("-keep_until").values_list("keep_until", flat=True).first()
    return [
        _copy("rows", "gone"),
        _copy("keys", "gone"),
        _copy("files_of_open_values", "rewritten_on", until=next_rewrite(at)),
        _copy("keyring_backups", "unreadable_from", until=at + LIFE[KEYRING]),
        _copy("data_backups", "replayed"),
        _copy("apart", "acknowledged", number=orders.count()),
        _copy("uploads_and_exports", "gone", number=seen["files"]),
        _copy("exports_handed_out", "to_be_told", number=outside.files),
        _copy("systems", "owners_to_be_told", number=outside.systems),
        _copy("texts_sent", "with_the_customer", number=outside.texts),
        _copy("evidence", "kept_until", number=kept.count(), until=last, laws=[FLOOR]),
        _kept("circumstances", "kept_until", circumstances.kept(whole, at), FLOOR),
        _kept("words_of_cases", "kept_until", floors.words_about(whole, at), floors.RECORDS),
        *(_of_parts(seen, living, at) if living else ()),
        _copy("trail", "pseudonymous", laws=LAWS_OF_THE_TRAIL),
    ]


def _of_parts(seen: Mapping[str, Any], living: Collection[UUID], at: datetime) -> Iterable[dict[str, Any]]:
    yield _copy("proofs", "gone", number=seen.get("proofs", 0))
    shared = seen.get("proofs_shared", 0)
    yield _copy("proofs_shared", "proves_others", number=shared, laws=[floors.RECORDS])
    yield _kept("texts", "ends_with_customer", floors.texts_of(living, at), floors.RECORDS)


def next_rewrite(at: datetime) -> datetime:
    """Return when the tables of open values are rewritten next, as the schedule has it: the second, 18:00 UTC."""
    this = at.astimezone(UTC).replace(day=2, hour=18, minute=0, second=0, microsecond=0)
    if this > at:
        return this
    return this.replace(year=this.year + this.month // 12, month=this.month % 12 + 1)


def _copy(
    what: str,
    state: str,
    *,
    number: int | None = None,
    until: datetime | None = None,
    laws: Sequence[str] = (),
) -> dict[str, Any]:
    said = {"what": what, "state": state, "number": number, "until": until.isoformat() if until else None}
    return said | {"laws": list(laws)}


def _kept(what: str, state: str, found: tuple[int, datetime | None], law: str) -> dict[str, Any]:
    number, until = found
    return _copy(what, state, number=number, until=until, laws=[law])


def _kept_originals(references: Iterable[UUID], at: datetime) -> set[UUID]:
    rows = SealedFile.objects.filter(pk__in=list(references), domain=EVIDENCE, keep_until__gt=at)
    return set(rows.values_list("pk", flat=True))


def _exports(refs: Collection[UUID], at: datetime) -> set[UUID]:
    rows = Exposure.objects.filter(OneOf("customer", refs), act=EXPORTED, at__gte=at - HELD_AT_MOST)
    events = set(rows.values_list("event_id", flat=True))
    return _held(Export.objects.filter(event__in=events).values_list("file", flat=True))


def _uploads(refs: Collection[UUID], at: datetime) -> set[UUID]:
    since = at - HELD_AT_MOST
    rows = Exposure.objects.filter(OneOf("customer", refs), act=WRITTEN, at__gte=since)
    events = Event.objects.filter(
        at__gte=since, id__in=set(rows.values_list("event_id", flat=True)), kind=WROTE
    )
    jobs = {UUID(facts["job"]) for facts in events.values_list("facts", flat=True)}
    jobs -= set(Job.objects.open().filter(pk__in=jobs).values_list("pk", flat=True))
    return _held(SealedFile.objects.filter(job_id__in=jobs).values_list("pk", flat=True))


def _held(ids: Iterable[UUID]) -> set[UUID]:
    return set(SealedFile.objects.filter(pk__in=set(ids), destroyed_at=None).values_list("pk", flat=True))
