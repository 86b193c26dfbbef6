"""Places for backups, with keepers whose identities the site does not know."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest
from django.utils import translation

from tests.access.conftest import cast
from tests.customers.conftest import House, committed_house, house
from tests.database import APP, OWNER, WORKER, log_in_as

__all__ = ["cast", "committed_house", "house", "worker_house"]


@dataclass
class Keepers:
    """Who can open backups: identity files of the data's and of the keyring's keeper."""

    data: Path
    keyring: Path

    @property
    def held(self) -> list[pyrage.x25519.Identity]:
        return [pyrage.x25519.Identity.from_str(path.read_text()) for path in (self.data, self.keyring)]

    @property
    def words(self) -> list[str]:
        return [f"--identity={self.data}", f"--identity={self.keyring}"]


@pytest.fixture
def keepers(settings, tmp_path: Path) -> Keepers:
    found = []
    for name in ("BACKUP", "KEYRING_BACKUP"):
        identity = pyrage.x25519.Identity.generate()
        for suffix, content in (("key", str(identity)), ("recipient", str(identity.to_public()))):
            path = tmp_path / f"{name.lower()}.{suffix}"
            path.write_text(content)
            path.chmod(0o600)
        setattr(settings, f"{name}_RECIPIENT_FILE", str(tmp_path / f"{name.lower()}.recipient"))
        setattr(settings, f"{name}_DIR", str(tmp_path / name.lower()))
        found.append(tmp_path / f"{name.lower()}.key")
    return Keepers(*found)


@pytest.fixture
def as_owner(transactional_db: None) -> Iterator[None]:
    """Be who `manage.py restore` and `verify_backup` are."""
    log_in_as(OWNER)
    yield
    log_in_as(APP)


@pytest.fixture
def in_english(own_language: None) -> Iterator[None]:
    """Let commands speak as the tests read them."""
    with translation.override("en"):
        yield


@pytest.fixture
def worker_house(committed_house: House) -> Iterator[House]:
    """The house, seen by the worker: its role alone destroys keys and writes the journal."""
    log_in_as(WORKER)
    yield committed_house
    log_in_as(APP)
