"""Do again what the journal says was done: for a database that was restored from before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from customers import erasing
from customers.reindex.filling import vacuum_index
from customers.rekey import resealing
from files import apart
from files.services import destroy_text_keys
from retention import events
from retention.destroying import copies, singles, spoken
from trail.actor import Actor
from trail.services import record
from vault import journal
from vault.models import JournalEntry
from vault.rekeying import rewrite_keyring

CHUNK = 500
ACTOR = Actor.system("retention.replay")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to: entries read, customers and customers' fields that had to go once more.

    A single value of L4 counts as a field.
    """

    entries: int
    customers: int
    fields: int


def replay(*, at: datetime) -> Replayed:
    """Erase whatever the journal names and the data hold again; twice is once. The worker's role alone may.

    To be called on a restored database before the site opens. Orders to the restricted host are given again, too; of
    what was deposited later than the data are old there is no row to order by, so the host is told what is gone.
    """
    entries = customers = fields = 0
    for chunk in _chunks():
        entries += len(chunk)
        apart.tell_gone(chunk)
        customers += _whole([one for one in chunk if not one.fields], at)
        fields += sum(_part(one, at) for one in chunk if one.fields)
    if customers or fields:
        rewrite_keyring()
        vacuum_index()
        erasing.rewrite_open_values()
    facts = {"entries": entries, "customers": customers, "fields": fields}
    record(events.REPLAYED, by=ACTOR, at=at, facts=facts)
    return Replayed(entries, customers, fields)


def _chunks() -> Iterator[Sequence[JournalEntry]]:
    after = 0
    while chunk := list(journal.everything().filter(pk__gt=after)[:CHUNK]):
        yield chunk
        after = chunk[-1].pk


def _whole(entries: Sequence[JournalEntry], at: datetime) -> int:
    gone = 0
    by_record: dict[object, list[JournalEntry]] = {}
    for entry in entries:
        by_record.setdefault(entry.record, []).append(entry)
    for together in by_record.values():
        refs = [entry.subject for entry in together]
        batch = together[0].record
        copies.order_apart(dict.fromkeys(refs, ()), batch=batch, by=ACTOR, at=at)
        copies.destroy_files(refs, by=ACTOR, at=at)
        gone += erasing.erase_customers(refs, record_id=batch, by=ACTOR, at=at)
        erasing.destroy_value_keys(refs)
        destroy_text_keys([*refs, *spoken.texts_about(refs)])
    return gone


def _part(entry: JournalEntry, at: datetime) -> bool:
    if singles.order_again(entry, by=ACTOR, at=at):
        return True
    copies.order_apart({entry.subject: entry.fields}, batch=entry.record, by=ACTOR, at=at, until=entry.at)
    erased = erasing.erase_fields(
        entry.subject, entry.fields, record_id=entry.record, by=ACTOR, at=at, collected_until=entry.at
    )
    if erased:
        # Nobody is at work on a database that is not open yet, so nobody can be reading under the old key.
        resealing.end_old_keys([entry.subject])
    return bool(erased)
