"""The digest that a destruction record is known by, and whether a record is still what the trail says it was."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from json import dumps
from typing import Any

from retention.events import DESTROYED
from retention.models import DestructionRecord
from trail.models import Event


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of a record's content, in hex."""
    written = dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(written.encode()).hexdigest()


def verified(record: DestructionRecord) -> bool:
    """Tell whether content, digest and the event in the trail say the same."""
    events = Event.objects.filter(kind=DESTROYED.code, at=record.at, facts__batch=str(record.batch_id))
    told = [facts["digest"] for facts in events.values_list("facts", flat=True)]
    return told == [record.digest] and digest_of(record.content) == record.digest
