"""Leak traces and decoys on the desk: a list in, a verdict out, and nothing of the list comes back."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit import events
from audit.models import Decoy, LeakTrace
from audit.queries.decoys import refs
from customers.models import Customer
from tests.access.cast import kinds_since, last_event
from tests.desk.at_work import browser, text
from trail import exposed
from trail import services as trail
from trail.exposed import Exposed
from trail.vocabulary import get

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
LEAKED = 8
MOBILES = [f"1540077{number:04d}" for number in range(LEAKED)]


@pytest.fixture
def leaker(cast):
    """An agent who was shown the mobiles of eight customers of a hundred."""
    agent = cast.agent()
    customers = [
        cast.indexed_customer(f"L-{number}00", mobile=mobile) for number, mobile in enumerate(MOBILES)
    ]
    Customer.objects.bulk_create(
        Customer(
            number=f"S-{number:04d}",
            portfolio=cast.portfolios["south"],
            created_at=cast.at,
            updated_at=cast.at,
        )
        for number in range(92)
    )
    kind = get("field.revealed")
    seen = [Exposed(customer=one.ref, act=exposed.REVEALED, clear=("mobile",), level=3) for one in customers]
    facts = dict.fromkeys(kind.facts, "x")
    trail.record(kind, by=agent, at=cast.at - timedelta(hours=1), facts=facts, exposures=seen)
    return agent


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("how", ["pasted", "a file"])
def test_names_the_suspect_and_links_the_evidence(cast, leaker, language, how):
    officer = browser(cast.officer())
    officer.post("/language/", {"language": language})
    listed = "\n".join(MOBILES)
    said = {"text": listed} if how == "pasted" else {"file": SimpleUploadedFile("x.csv", listed.encode())}
    answer = officer.post("/leaks/trace/", said, follow=True)
    words = text(answer)
    assert answer.status_code == 200
    assert leaker.name in words
    assert "/trail/events/" in words
    assert not any(mobile in words for mobile in MOBILES)


def test_says_that_nobody_saw_much_of_a_list_from_elsewhere(cast, leaker):
    officer = browser(cast.officer())
    for listed in (
        "15499990001\n15499990002",
        "\n".join([MOBILES[0], *(f"S-{number:04d}" for number in range(20, 40))]),
    ):
        words = text(officer.post("/leaks/trace/", {"text": listed}, follow=True))
        assert leaker.name not in words.split("data-verdict")[1].split("</div>")[0]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"text": "  "},
        {"text": "1\n" * 10_001},
        {"text": MOBILES[0], "first_day": "2026-05-02", "last_day": "2026-05-01"},
        {"file": SimpleUploadedFile("x.csv", b"")},
        {"file": SimpleUploadedFile("x.pdf", b"%PDF\x00\x01")},
    ],
)
def test_refuses_in_words_and_sends_nothing_back(cast, said):
    officer = browser(cast.officer())
    start = last_event()
    answer = officer.post("/leaks/trace/", said)
    assert answer.status_code == 422
    assert "form-errors" in text(answer) or "is-invalid" in text(answer)
    assert MOBILES[0] not in text(answer)
    assert not LeakTrace.objects.exists()
    assert events.LEAK_TRACED.code not in kinds_since(start)


def test_an_auditor_reads_traces_and_is_told_of_no_decoy(cast, leaker):
    browser(cast.officer()).post("/leaks/trace/", {"text": "\n".join(MOBILES)})
    auditor = browser(cast.person("auditor"))
    words = text(auditor.get("/leaks/"))
    assert "textarea" not in words
    assert "/decoys/" not in words
    assert leaker.name in text(auditor.get(f"/leaks/{LeakTrace.objects.get().pk}/"))


def test_the_officer_plants_decoys_and_sees_the_last_touch(cast):
    for number in range(6):
        cast.customer(f"D-{number}000")
    officer = browser(cast.officer())
    answer = officer.post("/decoys/", {"portfolio": "north", "count": "2"}, follow=True)
    assert Decoy.objects.count() == 2
    held = Customer.objects.filter(ref__in=refs())
    assert all(one.number in text(answer) for one in held)
    assert officer.post("/decoys/", {"portfolio": "south", "count": "1"}).status_code == 422
