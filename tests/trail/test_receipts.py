import ast
import copy
import pickle
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from tests.trail.cast import ALICE, LI, SHOWN, WANG
from tests.trail.logins import owner
from trail import receipts, services
from trail.exposed import ACTS, OPENING, Exposed
from trail.receipts import Receipt, ReceiptRefused

pytestmark = pytest.mark.django_db


def reveal(*exposed: Exposed, opens=()) -> Receipt:
    exposures = exposed or (Exposed(WANG, "revealed", clear=("mobile",), level=3),)
    return services.record(SHOWN, by=ALICE, at=services.clock(), exposures=exposures, opens=opens)


def test_covers_what_its_event_showed():
    receipt = reveal(
        Exposed(WANG, "revealed", clear=("mobile", "email"), level=3),
        Exposed(LI, "exported", clear=("card",)),
    )
    receipt.check(WANG, "mobile")
    receipt.check(WANG, "email")
    receipt.check(LI, "card")
    assert receipt.shows == {WANG: {"mobile", "email"}, LI: {"card"}}


@pytest.mark.parametrize(
    ("subject", "field"), [(LI, "mobile"), (WANG, "email"), (LI, "email"), (uuid4(), "mobile")]
)
def test_covers_no_other_subject_or_field(subject, field):
    with pytest.raises(ReceiptRefused, match="does not cover"):
        reveal().check(subject, field)


def test_a_masked_field_is_not_covered():
    with pytest.raises(ReceiptRefused):
        reveal(Exposed(WANG, "revealed", masked=("mobile",))).check(WANG, "mobile")


@pytest.mark.parametrize("act", sorted(set(ACTS) - OPENING - {"refused"}))
def test_other_acts_open_nothing(act):
    with pytest.raises(ReceiptRefused):
        reveal(Exposed(WANG, act, clear=("mobile",))).check(WANG, "mobile")


def test_opens_the_files_it_names():
    file = uuid4()
    receipt = reveal(opens=[file])
    receipt.check_open(file)
    with pytest.raises(ReceiptRefused):
        receipt.check_open(uuid4())


def test_is_good_for_thirty_seconds():
    file = uuid4()
    receipt = reveal(opens=[file])
    now = time.monotonic()
    receipt.check_at_time(WANG, "mobile", now + 29)
    for monotonic in (now + 31, now - 60):
        with pytest.raises(ReceiptRefused, match="older"):
            receipt.check_at_time(WANG, "mobile", monotonic)
        with pytest.raises(ReceiptRefused, match="older"):
            receipt.check_open_at_time(file, monotonic)


def test_is_refused_inside_a_transaction_and_good_after_it():
    with transaction.atomic():
        receipt = reveal()
        with pytest.raises(ReceiptRefused, match="not committed"):
            receipt.check(WANG, "mobile")
    receipt.check(WANG, "mobile")


def test_is_refused_when_its_transaction_was_rolled_back():
    with transaction.atomic():
        receipt = reveal()
        transaction.set_rollback(True)
    with pytest.raises(ReceiptRefused, match="not in the trail"):
        receipt.check(WANG, "mobile")


@pytest.mark.django_db(transaction=True)
def test_is_refused_without_autocommit():
    receipt = reveal()
    transaction.set_autocommit(False)
    try:
        with pytest.raises(ReceiptRefused, match="not committed"):
            receipt.check(WANG, "mobile")
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)
    receipt.check(WANG, "mobile")


def test_is_refused_when_the_trail_cannot_confirm():
    receipt = reveal()
    with owner() as login:
        login.execute("revoke select on trail_event from custinfo_app")
        try:
            with transaction.atomic():
                transaction.set_rollback(True)
            with pytest.raises(ReceiptRefused, match="cannot confirm"):
                receipt.check(WANG, "mobile")
        finally:
            login.execute("grant select on trail_event to custinfo_app")


def test_asks_the_database_once(django_assert_num_queries):
    receipt = reveal()
    with django_assert_num_queries(1):
        receipt.check(WANG, "mobile")
        receipt.check(WANG, "mobile")


def test_only_the_trail_issues_receipts():
    with pytest.raises(TypeError):
        Receipt()
    with pytest.raises(TypeError):
        type("Forged", (Receipt,), {})
    forged = object.__new__(Receipt)
    for name, value in {
        "event": 1,
        "shows": {WANG: {"mobile"}},
        "_since": time.monotonic(),
        "_confirmed": True,
    }.items():
        object.__setattr__(forged, name, value)
    lookalike: Any = SimpleNamespace(shows={WANG: {"mobile"}}, _since=time.monotonic(), _confirmed=True)
    for made_elsewhere in (forged, lookalike):
        with pytest.raises(ReceiptRefused, match="not issued"):
            Receipt.check(made_elsewhere, WANG, "mobile")


def test_an_event_number_that_is_not_in_the_trail_proves_nothing():
    at = services.clock()
    for event, when in ((2**60, at), (reveal().event, at - timedelta(days=1))):
        receipt = receipts.issue(
            event=event, at=when, shows={WANG: frozenset({"mobile"})}, opens=(), monotonic=time.monotonic()
        )
        with pytest.raises(ReceiptRefused, match="not in the trail"):
            receipt.check(WANG, "mobile")


def test_neither_changes_nor_travels():
    receipt = reveal()
    with pytest.raises(AttributeError):
        receipt.event = 1
    with pytest.raises(TypeError):
        receipt.shows[LI] = frozenset({"mobile"})  # type: ignore[index]
    for travel in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            travel(receipt)


def test_says_its_event_and_nothing_else():
    receipt = reveal()
    assert repr(receipt) == f"<Receipt of event {receipt.event}>"


def test_nobody_but_the_trail_reaches_for_the_issuing_of_receipts():
    house = Path(receipts.__file__).parents[1]
    sources = [
        path
        for package in sorted(house.iterdir())
        if (package / "__init__.py").exists() and package.name not in {"tests", "node_modules"}
        for path in package.rglob("*.py")
    ]
    reaching = [
        str(path.relative_to(house))
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.ImportFrom) and node.module == "trail.receipts" and _takes_more(node))
        or (isinstance(node, ast.Attribute) and node.attr == "issue" and _is_receipts(node.value))
    ]
    assert len(sources) > 50
    assert reaching == ["trail/services.py"]


def _takes_more(node: ast.ImportFrom) -> bool:
    return bool({name.name for name in node.names} - {"Receipt", "ReceiptRefused", "GOOD_FOR_SECONDS"})


def _is_receipts(node: ast.expr) -> bool:
    return ast.unparse(node).endswith("receipts")
