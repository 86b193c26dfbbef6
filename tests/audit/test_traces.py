"""A leaked list in, whoever saw it out; of the list nothing stays."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection

from audit import events
from audit.leaks import listing, ranking
from audit.models import LeakTrace
from audit.services import traces
from customers.models import Customer
from documents.problems import Unreadable
from kinds import synthetic
from tests.access.cast import kinds_since, last_event
from trail import exposed
from trail import services as trail
from trail.exposed import Exposed
from trail.models import Event
from trail.vocabulary import get

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
CROWD, LEAKED, OTHERS = 16, 8, 64


@pytest.fixture
def firm(cast):
    """Sixteen customers among eighty, an agent who revealed eight of them, and one who listed the sixteen."""
    people = [synthetic.person(number, seed=5) for number in range(CROWD)]
    customers = [
        cast.indexed_customer(
            f"K-{20_000 + one.number}",
            full_name=one.name + "甲",
            mobile=one.mobile,
            resident_id=one.resident_id,
            email=one.email,
            city=one.city,
        )
        for one in people
    ]
    Customer.objects.bulk_create(
        Customer(
            number=f"S-{number}", portfolio=cast.portfolios["south"], created_at=cast.at, updated_at=cast.at
        )
        for number in range(OTHERS)
    )
    agent, broad = cast.agent(), cast.supervisor()
    show(cast, agent, customers[:LEAKED], exposed.REVEALED, ("mobile",))
    show(cast, broad, customers, exposed.LISTED, ())
    return cast, people, customers, agent, broad


def show(cast, by, customers, act, clear):
    kind = get("customer.listed" if act == exposed.LISTED else "field.revealed")
    seen = [
        Exposed(
            customer=one.ref,
            act=act,
            clear=clear,
            masked=() if clear else ("mobile",),
            level=3 if clear else 0,
        )
        for one in customers
    ]
    facts = dict.fromkeys(kind.facts, "x")
    trail.record(kind, by=by, at=cast.at - timedelta(hours=1), facts=facts, exposures=seen)


def run(cast, content: str | bytes, **more) -> LeakTrace:
    raw = content if isinstance(content, bytes) else content.encode()
    return traces.trace(raw, by=cast.officer(), at=trail.clock(), **more)


MESSES: dict[str, Any] = {
    "mobiles in lines": lambda people, customers: "\n".join(one.mobile for one in people),
    "spaces, country code, full width": lambda people, customers: "\n".join(
        f"+86 {one.mobile[:3]} {one.mobile[3:7]}-{one.mobile[7:]}" for one in people
    ),
    "ID numbers between semicolons": lambda people, customers: (
        "；".join(one.resident_id for one in people[:4])
        + "\n"
        + "\n".join(f"x;{one.resident_id.lower()};y" for one in people[4:])
    ),
    "customer numbers": lambda people, customers: (
        "客户号\n" + "\n".join(one.number.replace("-", "") for one in customers)
    ),
    "names beside masked mobiles": lambda people, customers: "\n".join(
        f"{one.name}甲,{one.mobile[:3]}****{one.mobile[-4:]}" for one in people
    ),
    "GB18030 with quotes left open": lambda people, customers: "\r\n".join(
        f'"{one.name},{one.mobile}' for one in people
    ).encode("gb18030"),
    "sentences": lambda people, customers: "\n".join(
        f"客户{one.name}先生的电话是{one.mobile}，请联系" for one in people
    ),
}


@pytest.mark.parametrize("mess", MESSES)
def test_matches_a_list_however_it_came(firm, mess):
    cast, people, customers, agent, _broad = firm
    made = run(cast, MESSES[mess](people[:LEAKED], customers[:LEAKED]))
    assert made.matched == LEAKED
    assert made.people == 2
    first = made.ranking["people"][0]
    assert first["key"] == str(agent.id)
    assert first["seen"] == LEAKED
    assert made.ranking["people"][1]["score"] < ranking.SURE


def test_names_the_agent_and_shows_the_events(firm):
    cast, people, _customers, agent, _broad = firm
    made = run(cast, "\n".join(one.mobile for one in people[:LEAKED]))
    (sure,) = ranking.named([ranking.Suspect.of(one) for one in made.ranking["people"]])
    assert sure.key == str(agent.id)
    assert sure.clear == LEAKED
    (event,) = sure.events
    assert Event.objects.get(id=event).actor_id == agent.id
    assert made.fields == {"mobile": LEAKED}


def test_reads_a_workbook(firm):
    cast, people, _customers, _agent, _broad = firm
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for one in people[:LEAKED]:
        sheet.append(["VIP", one.name, int(one.mobile)])
    content = io.BytesIO()
    book.save(content)
    assert run(cast, content.getvalue()).matched == LEAKED


def test_a_name_alone_names_nobody(firm):
    cast, people, _customers, _agent, _broad = firm
    made = run(cast, "\n".join(one.name + "甲" for one in people[:LEAKED]))
    assert (made.matched, made.ranking["people"]) == (0, [])


def test_a_value_of_several_customers_names_none_of_them(cast):
    cast.indexed_customer("K-1")
    cast.indexed_customer("K-2")
    made = run(cast, "15400000018")
    assert (made.matched, made.unclear_rows) == (0, 1)


def test_keeps_nothing_of_the_list(firm):
    cast, people, customers, _agent, _broad = firm
    text = "\n".join(f"{one.name}甲 {one.mobile} {one.resident_id}" for one in people[:LEAKED])
    start = last_event()
    made = run(cast, text)
    assert kinds_since(start) == [events.LEAK_TRACED.code]
    with connection.cursor() as cursor:
        cursor.execute("select audit_leaktrace::text from audit_leaktrace")
        row = cursor.fetchone()[0]
        cursor.execute("select facts::text from trail_event where id > %s", [start])
        told = cursor.fetchone()[0]
    for one, customer in zip(people[:LEAKED], customers, strict=False):
        for value in (one.name, one.mobile, one.resident_id, customer.number, str(customer.ref)):
            assert value not in row
            assert value not in told
    assert made.rows == LEAKED


def test_the_hash_is_keyed(firm):
    from hashlib import sha256

    cast, people, *_rest = firm
    first, again, other = (run(cast, text) for text in (people[0].mobile, people[0].mobile, people[1].mobile))
    assert first.list_hash == again.list_hash != other.list_hash
    assert bytes(first.list_hash) != sha256(people[0].mobile.encode()).digest()


def test_looks_at_the_window_alone(firm):
    cast, people, *_rest = firm
    made = run(cast, people[0].mobile, until=cast.at - timedelta(hours=2))
    assert (made.matched, made.people) == (1, 0)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", listing.Empty),
        (b" \n ,; \n", listing.Empty),
        (b"1\n" * 10_001, listing.TooLong),
        (b"x" * (listing.MOST_BYTES + 1), listing.TooLong),
        (b"a\x00b\xff\xfe", Unreadable),
        (b"PK\x03\x04 no archive", Unreadable),
    ],
)
def test_refuses_what_is_no_list_and_records_nothing(cast, content, refusal):
    start = last_event()
    with pytest.raises(refusal):
        run(cast, content)
    assert kinds_since(start) == []


@pytest.mark.parametrize(
    "role", ["agent", "supervisor", "head", "analyst", "security", "custodian", "auditor"]
)
def test_is_refused_to_everybody_but_the_officer(cast, role):
    with pytest.raises(traces.NotAllowed):
        traces.trace(b"15400000018", by=cast.person(role), at=cast.at)


def test_an_auditor_reads_what_came_out_and_that_is_an_event(firm):
    cast, people, *_rest = firm
    made = run(cast, people[0].mobile)
    start = last_event()
    auditor = cast.person("auditor")
    assert traces.read(made.pk, by=auditor, at=cast.at).matched == 1
    assert kinds_since(start) == [events.TRACE_READ.code]
    with pytest.raises(traces.NotAllowed):
        traces.read(made.pk, by=cast.agent(), at=cast.at)


def test_a_trace_is_never_rewritten(firm):
    from django.db import DatabaseError, transaction

    cast, people, *_rest = firm
    made = run(cast, people[0].mobile)
    for act in (
        lambda: LeakTrace.objects.update(matched=0),
        lambda: LeakTrace.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
