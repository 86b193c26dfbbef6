"""List, search and reveal: in SQL against the plain way, and through the real web server."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection

from bench.measure import Line, each, p95, seconds
from bench.people import supervisors
from bench.web import Browser, server
from bench.writing import TABLE, draft, index_plain_mobiles, make_plain_table
from classification.queries import catalogue
from customers import bulk, lists, search
from customers.models import Customer, Portfolio
from customers.reach import AnyOf, visible_to
from kinds.synthetic import person as synthetic_person
from trail.actor import Actor

REVEALERS = 8
REVEAL_SECONDS = 8


def lines(agent: Actor, supervisor: Actor, portfolios: Sequence[Portfolio], at: datetime) -> list[Line]:
    """Measure what an agent and a supervisor do all day."""
    mobile = synthetic_person(7).mobile
    _fill_plain_table(portfolios[0], at)
    readings = search.read_as(catalogue(at), search.WHOLE, mobile)
    ids = search.index_hits(readings)
    assert ids is not None
    found = [
        _sql("list of 25", lambda: lists.page(agent, at).rows, _unrestricted_list, "everybody's", "<= 3x"),
        _sql(
            "exact search by mobile, the statement alone",
            _statement(*visible_to(supervisor, at).filter(AnyOf("id", ids)).query.sql_with_params()),
            _statement("select * from bench_plain where sealed ->> 'mobile' = %s", (mobile,)),
            "btree",
            "<= 2.5x",
        ),
        Line(
            "exact search by mobile, every reading tried, verified",
            f"{seconds(lambda: search.search(supervisor, search.ANY, mobile, at), times=50) * 1000:.2f} ms",
        ),
    ]
    with server() as port:
        browser = Browser(port, agent, at)
        boss = Browser(port, supervisor, at)
        browser.get("/customers/list/")
        found.append(_http("list of 25, HTTP", lambda: browser.get("/customers/list/"), "p95 <= 60 ms"))
        result = boss.location("/customers/", how="any", typed=mobile, q=mobile)
        found.append(_http("exact search, result page, HTTP", lambda: boss.get(result), "p95 <= 50 ms"))
        found += _reveals(port, at)
    return found


def _reveals(port: int, at: datetime) -> list[Line]:
    refs = list(Customer.objects.order_by("pk").values_list("ref", flat=True)[:REVEALERS])
    browsers = [Browser(port, one, at) for one in supervisors(len(refs), at)]
    for browser, ref in zip(browsers, refs, strict=True):
        browser.get(f"/customers/{ref}/")
        browser.post(f"/customers/{ref}/reveal/mobile/", reason="bench")
    paced = []
    for _ in range(100):
        paced += each(lambda: browsers[0].post(f"/customers/{refs[0]}/reveal/mobile/"), times=1)
        time.sleep(0.03)
    ends, made = time.monotonic() + REVEAL_SECONDS, [0] * len(refs)

    def work(place: int) -> None:
        while time.monotonic() < ends:
            browsers[place].post(f"/customers/{refs[place]}/reveal/mobile/")
            made[place] += 1

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(refs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [
        Line("reveal, HTTP, about 20 a second", f"p95 {p95(paced):.0f} ms", goal="p95 <= 40 ms"),
        Line(
            f"reveals sustained, {REVEALERS} at once, server on this machine",
            f"{sum(made) / REVEAL_SECONDS:.0f}/s",
            goal=">= 150/s",
        ),
    ]


def _fill_plain_table(portfolio: Portfolio, at: datetime) -> None:
    make_plain_table()
    drafts = (
        draft(synthetic_person(one), portfolio, 0) for one in range(min(20_000, Customer.objects.count()))
    )
    bulk.copy_customers(
        enumerate((replace(one, sealed=values) for one, values in drafts), 1), at=at, table=TABLE
    )
    index_plain_mobiles()


def _unrestricted_list() -> list[Customer]:
    return list(Customer.objects.select_related("portfolio").order_by("number")[: lists.PAGE_ROWS + 1])


def _statement(sql: str, params: tuple[Any, ...]) -> Callable[[], object]:
    def ask() -> object:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    return ask


def _sql(work: str, ours: Callable[[], object], other: Callable[[], object], peer: str, goal: str) -> Line:
    mine, theirs = seconds(ours, times=200), seconds(other, times=200)
    return Line(
        work, f"{mine * 1000:.2f} ms", f"{peer} {theirs * 1000:.2f} ms", f"{mine / theirs:.1f}x", goal
    )


def _http(work: str, act: Callable[[], object], goal: str) -> Line:
    taken = each(act, times=100)
    return Line(work, f"p95 {p95(taken):.0f} ms", f"median {sorted(taken)[50]:.0f} ms", goal=goal)
