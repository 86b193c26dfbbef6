"""Subjects, keys and receipts for the vault's tests."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from django.utils.translation import gettext_noop

from trail import services as trail
from trail.actor import Actor
from trail.exposed import REVEALED, Exposed
from trail.receipts import Receipt
from trail.vocabulary import EventKind, declare
from vault.keyring import Keys, make_keys
from vault.place import Place

SHOWN: EventKind = declare("tests.vault_shown", name=gettext_noop("shown in a test"))
Receipts = Callable[..., Receipt]


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def subject(db) -> UUID:
    return uuid4()


@pytest.fixture
def keys(subject: UUID, at: datetime) -> Keys:
    return make_keys([subject], "L3", at=at)


@pytest.fixture
def place(subject: UUID) -> Place:
    return Place(subject, "L3", "mobile", 3)


@pytest.fixture
def receipt(at: datetime) -> Receipts:
    """Return a function that records an event and hands over its receipt."""

    def record(subject: UUID | None = None, *fields: str, opens: tuple[UUID, ...] = ()) -> Receipt:
        shown = [Exposed(customer=subject, act=REVEALED, clear=fields, level=3)] if subject else []
        return trail.record(SHOWN, by=Actor.system("tests"), at=at, exposures=shown, opens=opens)

    return record
