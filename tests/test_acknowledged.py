"""What was shown is in the trail, whatever dies: PostgreSQL stopped at once, and a trail that refuses under load.

A live site on servers of its own, because only there a database can be killed under a web process that goes on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from threading import Event as Flag

import pytest

from access import events
from tests.access.cast import VALUES
from tests.live.browser import Answer, Browser
from tests.live.site import Site
from tests.processes import wait_until

SOAK = bool(os.environ.get("SOAK"))
STOPS = 20 if SOAK else 2
REFUSED = 10_000 if SOAK else 200
"""Requests made while the trail refuses."""
HANDS = 3
MOBILE = VALUES["mobile"]
RIGHTS = (
    "select string_agg(quote_ident(column_name), ', ') from information_schema.column_privileges"
    " where table_schema = 'public' and table_name = 'trail_event' and grantee = 'custinfo_app'"
    " and privilege_type = 'INSERT'"
)


class Desk:
    """A supervisor in a contact with a reason given, whose reveals are one click each."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.browser = Browser(site.address)
        supervisor = site.run("tests.live.seed")["supervisor"]
        self.browser.log_in(supervisor["number"], supervisor["secret"])
        self.browser.get("/customers/new/?scenario=handling")
        form = {"number": "LIVE-1", "portfolio": "north", "source": "phone", "full_name": "诸葛示例"}
        made = self.browser.post("/customers/new/?scenario=handling", form | {"mobile": MOBILE})
        self.page = made.address.removeprefix(site.address)
        assert re.fullmatch(r"/customers/[0-9a-f-]{36}/", self.page), made.words[:2000]
        assert shows(self.reveal())

    def reveal(self) -> Answer:
        return self.browser.post(f"{self.page}reveal/mobile/", {"reason": "核实"})

    def acts(self) -> list[Callable[[], Answer]]:
        """Return every way to a value or a mask of this customer."""
        said = {"field": "mobile", "said": MOBILE}
        return [
            self.reveal,
            lambda: self.browser.get(self.page),
            lambda: self.browser.get("/customers/list/"),
            lambda: self.browser.post(f"{self.page}compare/", said),
            lambda: self.browser.post("/exports/make/", {"format": "csv"}),
        ]

    def recorded(self) -> int:
        """Return how many reveals the trail holds."""
        with self.site.database("default") as owner:
            (found,) = owner.execute(
                "select count(*) from trail_event where kind = %s", [events.FIELD_REVEALED.code]
            ).fetchone() or (0,)
        return int(found)


def shows(answer: Answer) -> bool:
    return MOBILE in answer.words


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Site(tmp_path_factory.mktemp("acknowledged")) as site:
        site.start_web()
        yield Desk(site)


def reached(shown: list[int], many: int) -> bool:
    return len(shown) >= many


def reveal_until(desk: Desk, over: Flag, shown: list[int]) -> None:
    """Reveal again and again, and count what was shown the moment it arrives."""
    while not over.is_set():
        try:
            answer = desk.reveal()
        except OSError:  # the database died under an answer that was half sent
            continue
        if shows(answer):
            assert answer.status == 200
            shown.append(1)
        else:
            assert answer.status == 503, answer.words[:2000]


@pytest.mark.kills
def test_no_event_of_a_value_that_was_shown_is_missing_after_an_immediate_stop(desk: Desk) -> None:
    for _ in range(STOPS):
        before, over = desk.recorded(), Flag()
        shown: list[int] = []
        with ThreadPoolExecutor(HANDS) as pool:
            hands = [pool.submit(reveal_until, desk, over, shown) for _ in range(HANDS)]
            try:
                wait_until(partial(reached, shown, 2 * HANDS), what="values to be shown")
                desk.site.stop_database_at_once()
                at_the_stop = len(shown)
            finally:
                over.set()
                wait(hands)
                desk.site.start_database()
            for one in hands:
                one.result()
        assert len(shown) - at_the_stop <= HANDS, "values were shown without a database"
        kept = desk.recorded() - before
        assert len(shown) <= kept <= len(shown) + HANDS
        wait_until(lambda: shows(desk.reveal()), what="the web process to go on without a restart")


@pytest.mark.kills
def test_no_value_leaves_in_many_requests_while_the_trail_refuses(desk: Desk) -> None:
    """The right is taken away while reveals are under way: each value of before has its event, none comes after."""
    acts, over, before = desk.acts(), Flag(), desk.recorded()
    shown: list[int] = []

    def refused(number: int) -> tuple[int, bool]:
        answer = acts[number % len(acts)]()
        return answer.status, shows(answer) or "154****" in answer.words

    with desk.site.database("default") as owner, ThreadPoolExecutor(HANDS) as pool:
        (columns,) = owner.execute(RIGHTS).fetchone() or ("",)
        hands = [pool.submit(reveal_until, desk, over, shown) for _ in range(HANDS)]
        try:
            wait_until(partial(reached, shown, HANDS), what="values to be shown")
            owner.execute("revoke insert on trail_event from custinfo_app")
        finally:
            over.set()
        for one in hands:
            one.result()
        try:
            assert desk.recorded() - before == len(shown)
            answers = list(pool.map(refused, range(REFUSED)))
        finally:
            owner.execute(f"grant insert ({columns}) on trail_event to custinfo_app")
    assert set(answers) == {(503, False)}
    assert desk.recorded() - before == len(shown)
    assert shows(desk.reveal()), "recovery needs no restart"
