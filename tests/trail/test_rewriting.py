"""A rewritten table's file holds nothing of what was deleted, also where somebody was still reading it."""

from collections.abc import Iterator
from time import sleep

import psycopg
import pytest

from customers.models import IndexEntry
from tests.customers.builders import bulk_make
from tests.customers.conftest import committed_house
from tests.processes import everything
from tests.retention.heap import bytes_of
from trail import rewriting
from trail.services import clock

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
__all__ = ["committed_house"]
TABLE = "customers_indexentry"


@pytest.fixture
def entry(committed_house) -> bytes:
    """What a row of the index holds."""
    bulk_make(1, portfolio=committed_house.north, at=clock())
    return bytes(IndexEntry.objects.values_list("digest", flat=True)[0])


@pytest.fixture
def reader(entry) -> Iterator[psycopg.Connection]:
    """Somebody whose report reads other tables, all of them as they were when it began."""
    with psycopg.connect(everything()["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("begin isolation level repeatable read")
        connection.execute("select count(*) from staff_person")
        yield connection


@pytest.fixture
def deleted(entry: bytes, reader) -> bytes:
    """Delete the rows of the index while that is read; return what one held."""
    IndexEntry.objects.all().delete()
    return entry


def test_comes_again_until_nobody_reads_the_table_as_it_was(deleted, reader, monkeypatch) -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            assert deleted in bytes_of("default", TABLE)
            reader.execute(
                "rollback"
            )  # returns once its rows are nobody's; a closed connection ends a little later
        elif len(pauses) > 3:
            sleep(seconds)  # the server's own upkeep reads, too

    monkeypatch.setattr(rewriting, "sleep", pause)
    rewriting.rewrite(TABLE)
    assert pauses[:3] == list(rewriting.PAUSES[:3])
    assert deleted not in bytes_of("default", TABLE)


def test_does_not_claim_what_somebody_keeps_from_being_true(deleted, reader, monkeypatch) -> None:
    monkeypatch.setattr(rewriting, "sleep", lambda seconds: None)
    with pytest.raises(rewriting.StillRead, match=TABLE):
        rewriting.rewrite(TABLE)
    assert deleted in bytes_of("default", TABLE)
