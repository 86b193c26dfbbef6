"""L4 under split custody as it runs: its own keyholder and shares, orders to seal, a loss, and back each time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as configured
from django.db import connections
from psycopg.conninfo import make_conninfo

from custody.services.sealing import seal_site
from files import apart
from files.models import ApartDeposit
from restricted import closing
from restricted.keyholding import RestrictedSite
from restricted.models import Value
from restricted.sealing import away, holding, shares
from restricted.services import sealing
from restricted.services.openings import OpeningRefused, open_value
from staff.roles import SECURITY
from tests.access.cast import last_event
from tests.database import APP, OWNER, log_in_as
from tests.desk.at_work import browser, text
from tests.processes import restricted_environment, wait_until
from tests.restricted.house import REASON, REPORT, House
from tests.restricted.test_intake import hand_over, jobs
from tests.vault.holding.conftest import Custody, Keyholder, split
from trail.models import Event
from trail.services import clock
from vault import dumps, scratch
from vault.away import ProviderLost, Sealed
from vault.holding.client import KeyholderProvider, Refused
from vault.holding.keeper import Keeper
from vault.holding.sealing import Order

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"], transaction=True)
SOON = 5.0
"""Seconds within which nothing may open any more (S0-23)."""


class ApartKeyholder(Keyholder):
    """A real `manage.py restricted_keyholder`."""

    command, prefix = "restricted_keyholder", "RESTRICTED_"

    def given(self) -> dict[str, str]:
        return restricted_environment()


@pytest.fixture
def custody(tmp_path: Path) -> Custody:
    return split(Path(configured.RESTRICTED_KEK_FILE), tmp_path / "l4.sealed")


@pytest.fixture
def start(custody: Custody, tmp_path: Path, settings) -> Iterator[Callable[[], ApartKeyholder]]:
    """Return a function that starts the keyholder of L4; this process knows its socket and no key file."""
    socket, started = tmp_path / "l4.sock", []
    settings.RESTRICTED_KEK_PROVIDER = "keyholder"
    settings.RESTRICTED_KEYHOLDER_SOCKET = str(socket)
    settings.RESTRICTED_KEYHOLDER_UID = os.geteuid()
    file = settings.RESTRICTED_KEK_FILE
    del settings.RESTRICTED_KEK_FILE

    def begin() -> ApartKeyholder:
        started.append(ApartKeyholder(custody.path, socket))
        return started[-1]

    yield begin
    for one in started:
        one.kill()
    settings.RESTRICTED_KEK_FILE = file


class Officer:
    """The data security officer of a house, who looks at one original again and again, each time with a new code."""

    def __init__(self, house: House) -> None:
        self.house, self.at = house, house.at

    def code(self) -> str:
        self.at += timedelta(seconds=30)
        return self.house.code(self.house.officer, at=self.at)

    def sees(self, value: Value) -> str:
        code = self.code()
        try:
            shown = open_value(value.pk, code=code, reason=REASON, by=self.house.officer, at=self.at)
        except OpeningRefused as refused:
            return refused.code
        return shown.content.decode()

    def seals(self) -> None:
        sealing.seal(code=self.code(), by=self.house.officer, at=self.at)


def is_taken(row: ApartDeposit) -> bool:
    jobs()
    row.refresh_from_db()
    return row.taken_at is not None


def others_than_the_keyholder() -> int:
    """Ask as a restore does: as the owner, on whose way nobody else may be."""
    wait_until(lambda: is_connected("custinfo.keyholder"), what="the keyholder to look for orders")
    log_in_as(OWNER)
    try:
        with psycopg.connect(make_conninfo(**dumps.login("restricted"))):
            assert closing.others() == 1
        wait_until(lambda: closing.others() == 0, what="the stranger to be gone")
        return closing.others()
    finally:
        log_in_as(APP)


def is_connected(name: str) -> bool:
    with connections["restricted"].cursor() as cursor:
        here = "datname = current_database() and application_name = %s"
        cursor.execute(f"select exists (select from pg_stat_activity where {here})", [name])
        return bool(cursor.fetchone()[0])


def test_opens_with_shares_seals_on_order_and_comes_back_from_a_loss(
    house: House, custody: Custody, start: Callable[[], ApartKeyholder]
) -> None:
    before, officer = last_event(), Officer(house)
    assert isinstance(away(), ProviderLost)
    assert house.logged_in(house.officer, at=clock())
    keyholder = start()
    first = hand_over(REPORT.encode(), field="authorisation_original", text=True)
    assert not is_taken(first)
    # The host is there, only its key is not; whoever hands something over is told so.
    assert (apart.answers(clock()), apart.is_sealed()) == (True, True)
    page = f"/customers/{house.cast.customer().ref}/apart/"
    assert "受限主机已封闭" in text(browser(house.cast.agent()).get(page))
    assert Value.objects.count() == 0
    with pytest.raises(Refused, match="wrong_share"):
        KeyholderProvider(keyholder.path, os.geteuid()).ask("share", share="AGE-SECRET-KEY-1WRONG")
    said = keyholder.bring_by_command(custody.share("bo"))
    assert said.stdout == "sealed: 1 of 2 shares are in\nin: bo\nnot yet in: an, cai\n", said.stderr
    sealed = away()
    assert isinstance(sealed, Sealed)
    assert (sealed.brought, sealed.needed) == (1, 2)
    standing = shares()
    assert standing is not None
    assert (standing.sealed, standing.missing) == (True, ("an", "cai"))
    keyholder.bring(custody, "cai")
    assert is_taken(first)
    assert not apart.is_sealed()
    value = Value.objects.get()
    assert officer.sees(value) == REPORT
    assert others_than_the_keyholder() == 0  # it stays while L4 is restored, so that keys can be tried

    # Its own order, and then the main site's: at once nothing opens, and the keyholder forgets by itself.
    for order in (officer.seals, lambda: seal_site(by=house.cast.person(SECURITY), at=clock())):
        order()
        assert officer.sees(value) == "sealed"
        wait_until(lambda: not keyholder.state()["open"], SOON, "the keyholder to forget")
        late = hand_over(b"late", field="authorisation_original")
        assert not is_taken(late)
        keyholder.bring(custody, "an")
        assert officer.sees(value) == "sealed"
        keyholder.bring(custody, "bo")
        assert holding() is None
        assert is_taken(late)
        assert officer.sees(value) == REPORT

    keyholder.kill()
    assert officer.sees(value) == "sealed"
    start().bring(custody, "cai", "an")
    assert officer.sees(value) == REPORT

    events = Event.objects.filter(id__gt=before).order_by("id")
    kinds = ("share_brought", "share_refused", "unsealed", "sealed")
    told = list(events.filter(kind__in=[f"restricted.{kind}" for kind in kinds]).values_list("kind", "facts"))
    brought = [kind for kind, _ in told if kind == "restricted.share_brought"]
    opened = [facts["order"] for kind, facts in told if kind == "restricted.unsealed"]
    assert told[0] == ("restricted.share_refused", {"why": "wrong_share"})
    assert (len(brought), opened[0], opened[3], len(set(opened))) == (8, 0, 0, 3)
    assert "AGE-SECRET" not in str(told)


def test_takes_shares_in_before_l4_is_restored_into_an_empty_database(
    custody: Custody,
) -> None:
    log_in_as(OWNER)
    try:
        with scratch.databases("restricted") as names, scratch.pointed_at(names):
            site = RestrictedSite()
            assert site.newest_order() == Order(0, None, holds=False)
            keeper = Keeper(custody.path, site)
            opened = [keeper.bring(custody.identities[name], order=0) for name in ("an", "bo")]
    finally:
        log_in_as(APP)
    assert opened == [False, True]
