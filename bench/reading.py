"""List, search and reveal: in SQL against the plain way, and through the real web server."""

import threading
import time
from collections.abc import Sequence
from datetime import datetime

from bench.measure import Line, each, p95, seconds
from bench.web import Browser, server
from bench.writing import Plain
from customers import lists, search
from customers.models import Customer, Portfolio
from kinds.synthetic import person as synthetic_person
from trail.actor import Actor

REVEALERS = 8
REVEAL_SECONDS = 8


def lines(agent: Actor, supervisor: Actor, portfolios: Sequence[Portfolio], at: datetime) -> list[Line]:
    """Measure what an agent and a supervisor do all day."""
    mobile = synthetic_person(7).mobile
    Plain.objects.bulk_create(
        Plain(number=str(one), mobile=synthetic_person(one).mobile)
        for one in range(min(20_000, Customer.objects.count()))
    )
    found = [
        _sql("list of 25, in SQL", lambda: lists.page(agent, at).rows, _plain_list, "<= 3x"),
        _sql(
            "exact search by mobile, in SQL and verified",
            lambda: search.search(supervisor, search.ANY, mobile, at).rows,
            lambda: list(Plain.objects.filter(mobile=mobile)),
            "<= 2.5x (SQL alone)",
        ),
    ]
    with server() as port:
        browser = Browser(port, agent, at)
        boss = Browser(port, supervisor, at)
        browser.get("/customers/list/")
        found.append(_http("list of 25, HTTP", lambda: browser.get("/customers/list/"), "p95 <= 60 ms"))
        result = boss.location("/customers/", how="any", typed=mobile, q=mobile)
        found.append(_http("exact search, result page, HTTP", lambda: boss.get(result), "p95 <= 50 ms"))
        found += _reveals(port, supervisor, at)
    return found


def _reveals(port: int, supervisor: Actor, at: datetime) -> list[Line]:
    refs = list(Customer.objects.order_by("pk").values_list("ref", flat=True)[:REVEALERS])
    browsers = [Browser(port, supervisor, at) for _ in refs]
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


def _plain_list() -> list[Plain]:
    return list(Plain.objects.order_by("id")[:25])


def _sql(work: str, ours: object, plain: object, goal: str) -> Line:
    mine, peer = seconds(ours, times=50), seconds(plain, times=50)  # type: ignore[arg-type]
    return Line(work, f"{mine * 1000:.2f} ms", f"plain {peer * 1000:.2f} ms", f"{mine / peer:.1f}x", goal)


def _http(work: str, act: object, goal: str) -> Line:
    taken = each(act, times=100)  # type: ignore[arg-type]
    return Line(work, f"p95 {p95(taken):.0f} ms", f"median {sorted(taken)[50]:.0f} ms", goal=goal)
