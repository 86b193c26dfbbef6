"""Tests run as the limited database roles, on the servers of `python -m custinfo.servers --test`."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes import Worker
from tests.scheduling import OneSiteEach, long_ones_first

if os.environ.get("CUSTINFO_MODE") != "test":
    raise pytest.UsageError("Run: python -m custinfo.servers --test -- pytest …")
WITHOUT_BROWSER = os.environ.get("BROWSER") == "no"
if WITHOUT_BROWSER and os.environ.get("CI"):
    raise pytest.UsageError("BROWSER=no leaves tests out; it has no place in CI.")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave the browser's tests out when asked to, and only then."""
    return True if WITHOUT_BROWSER and collection_path.match("tests/browser") else None


def browser_program() -> str:
    """Return where Chromium is; without it the browser's tests fail, saying what installs it."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.fail("Chromium is missing: apt-get install --yes chromium fonts-noto-cjk (or BROWSER=no)")
    return found


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the program that the browser's tests drive."""
    return browser_program()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneSiteEach:
    """Start each long-lived site in one process only."""
    return OneSiteEach(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the order to the lot, but let no long test begin when all others are done."""
    long_ones_first(items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look for cycles less often, and not again in all that was imported: a tenth of the processor's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_configure(config: pytest.Config) -> None:
    """Give each parallel process its own cache and its own queue on the one Redis."""
    from django.conf import settings
    from django.contrib.auth.hashers import Argon2PasswordHasher

    from custinfo.databases import queue_url

    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    settings.CACHES["default"] |= {"OPTIONS": {"db": 2 + 2 * number}}
    settings.CELERY_BROKER_URL = queue_url(settings.REDIS_URL, 3 + 2 * number)
    # A third of a second of a processor each; what guards real passwords is what the sites of their own run with.
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = (
        1,
        64,
        1,
    )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_keepdb: bool) -> None:
    from django.db import connections

    from tests import templates
    from tests.database import OWNER, log_in_as

    log_in_as(OWNER)
    if django_db_keepdb:
        return
    templates.make()
    for connection in connections.all():
        connection.settings_dict["TEST"]["TEMPLATE"] = templates.name_of(connection.alias)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    from django.db import connections
    from django.test import TransactionTestCase

    from tests.database import APP, OWNER, log_in_as, renew, shipped

    with django_db_blocker.unblock():
        rows = {alias: shipped(alias) for alias in connections}

    def teardown(case: TransactionTestCase) -> None:
        log_in_as(OWNER)  # TRUNCATE needs it
        try:
            for alias in case.databases:
                renew(alias, rows[alias])
        finally:
            log_in_as(APP)

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
    log_in_as(APP)
    yield
    patch.undo()
    log_in_as(OWNER)


@pytest.fixture(scope="session", autouse=True)
def compiled_messages() -> None:
    """Show Chinese as it stands in the sources of this moment."""
    from django.utils.translation.reloader import translation_file_changed

    from custinfo import messages

    messages.compile_stale(messages.our_apps())
    # In a fresh clone the messages were asked for, and found missing, before this ran.
    translation_file_changed(None, Path("django.mo"))


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Leave no rate limit or session of one test to the next."""
    from django.core.cache import cache

    yield
    cache.clear()


@pytest.fixture(autouse=True)
def noticed_anew() -> None:
    """Let each test ask the keyring how the site stands: what the one before noticed was rolled back."""
    from vault import noticing

    for state in noticing._noticed.values():
        state.until = 0.0


@pytest.fixture(autouse=True)
def own_language() -> None:
    """Let no test speak the language of the one before it."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture
def start_worker(transactional_db: None) -> Iterator[Callable[[], Worker]]:
    """Start real Celery workers on the test databases; `Worker.kill` is `kill -9`."""
    from custinfo.celery import app

    started: list[Worker] = []

    def start() -> Worker:
        if not started:
            app.control.purge()  # nudges of other tests
        started.append(Worker())
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
