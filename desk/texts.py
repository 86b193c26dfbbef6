"""The sealed words that an event points to: the reason of a reveal, the line that closed a contact, the proof of
a source.

Read by their writer, those for whom they were written, the writer's supervisors and heads, and the data security
officer (law 10); reading them is an event, written before the words are opened.
"""

from datetime import datetime
from uuid import UUID

from files.events import TEXTS_READ
from files.models import SealedText
from files.services import read_text
from staff.permissions import may
from staff.queries import people_led_by
from trail import services as trail
from trail.actor import Actor
from trail.models import Event

POINTERS = {
    "field.revealed": "reason",
    "budget.extended": "reason",
    "break_glass.used": "reason",
    "break_glass.reviewed": "reason",
    "contact.closed": "line",
    "doubt.dismissed": "reason",
    "suppression.made": "reason",
    "customer.created": "proof",
    "customer.edited": "proof",
    "import.started": "proof",
}
"""Kind of event → the fact that names its text."""


def text_of(event: Event, by: Actor, at: datetime) -> SealedText | None:
    """Return the text that an event points to, still sealed, to whoever may read it."""
    id = event.facts.get(POINTERS.get(event.kind, ""), "") or event.facts.get("new_consent", "")
    found = SealedText.objects.filter(pk=UUID(id)).first() if id else None
    return found if found is not None and may_read(found, by, at) else None


def may_read(text: SealedText, by: Actor, at: datetime) -> bool:
    """Tell whether somebody may read a text: its writer, its readers, who answers for the writer, the officer."""
    if may(by, "texts.read") or by.id in (text.writer_id, *text.readers):
        return True
    return may(by, "trail.team") and text.writer_id in people_led_by(by, at)


def read(text: SealedText, *, by: Actor, at: datetime) -> str:
    """Record that somebody reads a text and return its words.

    :raises vault.opening.CannotOpen: its customer was erased.
    """
    facts = {"texts": [str(text.pk)], "about": text.about}
    receipt = trail.record(TEXTS_READ, by=by, at=at, facts=facts, opens=[text.pk])
    return read_text(text.pk, receipt=receipt)
