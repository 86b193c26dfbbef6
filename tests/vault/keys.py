"""A KEK file of a test's own, so that none of its KEKs is left to the next."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.database import APP, WORKER, log_in_as
from trail.services import clock
from vault import keks
from vault.keyfiles import make_missing
from vault.rewrapping import rewrap


@pytest.fixture(scope="module", autouse=True)
def worker(django_db_setup: None) -> Iterator[None]:
    """Be the worker, whose role alone states facts of KEKs: before any test begins its transaction."""
    log_in_as(WORKER)
    yield
    log_in_as(APP)


@pytest.fixture
def kek_file(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give this process, and the workers it starts, a KEK file that may change."""
    path = tmp_path / "keys" / "kek.json"
    make_missing({"KEK_FILE": path})
    settings.KEK_FILE = path
    monkeypatch.setenv("KEK_FILE", str(path))
    return path


def promoted(version: int = 2) -> None:
    """Make a KEK and let it wrap."""
    keks.create(version, proposal=uuid4(), at=clock())
    keks.promote(version, proposal=uuid4(), at=clock())


def destroyed(version: int = 1, *, by: UUID | None = None) -> None:
    """Wrap everything anew, raise the minimum and destroy what is below."""
    while rewrap(at=clock()):
        pass
    keks.raise_minimum(version + 1, proposal=uuid4(), at=clock())
    keks.destroy(version, proposal=by or uuid4(), at=clock())
