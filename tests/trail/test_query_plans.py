"""The planner reads the months of the period alone, and reads them through an index."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.queries import budgets
from audit.leaks import ranking
from tests.trail.cast import WANG
from tests.trail.logins import owner
from trail import queries

pytestmark = pytest.mark.django_db
DAYS = 120
SOMEONE = UUID("00000000-0000-4000-8000-000000000001")
SCAN = re.compile(
    r"(Seq Scan|\w+ Scan(?: Backward)?(?: using \S+)?) on (trail_(?:event|exposure)_\d{4}_\d\d)\b"
)


_CROWD = """
with given as (
    select n, timestamptz '{end}' - make_interval(secs => {days} * 86400.0 * (n + 1) / 40000) as at,
        ('00000000-0000-4000-8000-' || lpad(to_hex(n % 200), 12, '0'))::uuid as actor,
        ('10000000-0000-4000-8000-' || lpad(to_hex(n * 7 % 4000), 12, '0'))::uuid as customer
    from generate_series(0, 39999) n
), event as (
    insert into trail_event (at, actor_id, actor_number, actor_name, roles, department, site, site_region,
        acting_as, mode, kind, facts, decision, rule, purpose, contact, request, zone, session_hash)
    select at, actor, 'N' || n % 200, 'Someone', '{}', '', '', '', '', 'demo',
        case when n % 1000 = 1 then 'test.rare' else 'test.kind' end, '{}',
        case when n % 1000 = 0 then 'refused' else '' end, '', '', customer, '', '', '' from given
    returning id, at, actor_id, contact
)
insert into trail_exposure (at, event_id, actor_id, customer, portfolio, portfolio_region, clear, masked, level, act)
select at, id, actor_id, contact, '', '', '{}', '{}', 0, 'opened' from event
"""


@pytest.fixture(scope="module")
def crowd(django_db_setup) -> Iterator[datetime]:
    """Four months of 2010 with 40,000 events of 200 people on 4,000 customers, committed and counted by ANALYZE."""
    end = datetime(2010, 5, 1, tzinfo=UTC)
    with owner() as login:
        (made,) = login.execute("select trail_make_partitions('2010-01-01', 4)").fetchone() or ([],)
        try:
            login.execute(_CROWD.replace("{end}", end.isoformat()).replace("{days}", str(DAYS)))
            for part in made:
                login.execute(f"vacuum analyze {part}")
            yield end
        finally:
            for part in made:
                login.execute(f"drop table {part}")


def scans(ask) -> list[tuple[str, str]]:
    """Run a question and return (way of reading, partition) for every partition that its plans read."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    found: list[tuple[str, str]] = []
    statements = [one for query in asked.captured_queries for one in query["sql"].split(";\n")]
    for statement in statements:
        if not statement.lstrip().lower().startswith(("select", "with")):
            continue  # a savepoint, a setting
        with connection.cursor() as cursor:
            cursor.execute(
                "explain (analyze, costs off, timing off, summary off) " + statement.replace("%", "%%"), []
            )
            plan = [line for (line,) in cursor.fetchall() if "never executed" not in line]
        found += SCAN.findall("\n".join(plan))
    return found


def leaked_list(since, until) -> ranking.Question:
    """A list of four of the crowd's customers: of more, the people who saw them are a fifth of everybody."""
    listed = [UUID(f"10000000-0000-4000-8000-{number:012x}") for number in range(4)]
    return ranking.Question(
        customers=listed, fields=["mobile"], level=3, population=4000, since=since, until=until
    )


QUESTIONS = {
    "who_saw": lambda since, until: queries.who_saw(WANG, since=since, until=until),
    "what_seen": lambda since, until: queries.what_seen(SOMEONE, since=since, until=until),
    "who leaked a list": lambda since, until: ranking.rank(leaked_list(since, until)),
    "tallies": lambda since, until: queries.tallies(since=since, until=until, customer=WANG),
    "in_clear": lambda since, until: queries.customers_in_clear(SOMEONE, since=since, until=until),
    "a person's customers within a day": lambda since, until: budgets.counted(
        SOMEONE, {"agent"}, "clear", until
    ),
    "a person's lists within a day": lambda since, until: budgets.counted(SOMEONE, {"agent"}, "lists", until),
    "a team's customers within a day": lambda since, until: budgets.used_by([SOMEONE, WANG], "clear", until),
    "a team's lists within a day": lambda since, until: budgets.used_by([SOMEONE, WANG], "lists", until),
    "refusals that wait for a tap": lambda since, until: budgets.tap_refusals(
        [SOMEONE], since, until
    ).exists(),
    "a person's events": lambda since, until: queries.page(
        queries.events(since=since, until=until, people=[SOMEONE])
    ),
    "events of a kind": lambda since, until: queries.page(
        queries.events(since=since, until=until, kinds=["test.rare"])
    ),
    "refusals": lambda since, until: queries.page(
        queries.events(since=since, until=until, decision="refused")
    ),
    "a customer's events": lambda since, until: queries.page(
        queries.events(since=since, until=until, customer=WANG)
    ),
    "a contact's last act": lambda since, until: queries.last_act_of_contact(WANG, since=since, until=until),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_reads_the_months_asked_for_through_an_index(crowd, question):
    since, until = crowd - timedelta(days=40), crowd - timedelta(seconds=1)
    found = scans(lambda: QUESTIONS[question](since, until))
    assert found
    months = {f"{at:%Y_%m}" for at in (since, until)}
    for way, partition in found:
        assert partition[-7:] in months, f"{partition} lies outside the period"
        assert way != "Seq Scan", f"{partition} is read from end to end"


def test_the_rows_of_a_leaked_list_are_read_once(crowd):
    """Once by customer, and once more by person for how much else they saw: another reading costs as much again."""
    since, until = crowd - timedelta(days=40), crowd - timedelta(seconds=1)
    found = scans(lambda: ranking.rank(leaked_list(since, until)))
    months = {f"{at:%Y_%m}" for at in (since, until)}
    read = [partition for _way, partition in found if partition.startswith("trail_exposure")]
    assert sorted(read) == sorted(2 * [f"trail_exposure_{month}" for month in months])


def test_the_newest_page_of_all_events_reads_no_more_than_it_shows(crowd):
    found = scans(lambda: queries.page(queries.events(since=crowd - timedelta(days=90), until=crowd)))
    assert found
    assert all(way.startswith("Index Scan Backward") for way, _ in found)
