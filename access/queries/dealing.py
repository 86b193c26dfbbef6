"""The contact that a read belongs to, and the reason given in it: one question, asked before each reveal."""

from datetime import datetime
from uuid import UUID

from customers.contacts import OVER_AFTER
from customers.models import Contact
from trail.questions import Question, Rows, ask


def dealing(person: UUID | None, customer: int, at: datetime) -> tuple[Contact | None, UUID | None]:
    """Return the person's open contact with a customer (its id), and the sealed reason given in it."""
    if person is None:
        return None, None
    given = {"person": person, "customer": customer, "since": at - OVER_AFTER}
    return ask(Question(_DEALING, given, _read))


_COLUMNS = ("id", "customer_id", "person_id", "purpose", "opened_at", "last_act_at")
# As `customers.contacts.current` has it.
_DEALING = """
select given.text, contact.id, customer_id, person_id, purpose, opened_at, last_act_at
from customers_contact contact left join access_reasongiven given on given.contact_id = contact.id
where customer_id = %(customer)s and person_id = %(person)s and closed_at is null and last_act_at > %(since)s
order by opened_at desc limit 1"""


def _read(rows: Rows) -> tuple[Contact | None, UUID | None]:
    for reason, *said in rows:
        return Contact(**dict(zip(_COLUMNS, said, strict=True))), reason
    return None, None
