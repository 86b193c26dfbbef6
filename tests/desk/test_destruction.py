"""The pages of destruction: naming, looking through, checking; approving is on the page of decisions."""

from uuid import uuid4

import pytest

from approvals.models import Proposal
from retention.models import DestructionBatch, DestructionRecord
from retention.queries.batches import Stage, standing
from retention.records import digest_of
from staff.roles import AUDITOR, HEAD, OFFICER, SUPERVISOR
from tests.desk.at_work import browser, text
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
PAGE = "/retention/batches/"


@pytest.fixture
def people(cast):
    return {role: cast.person(role) for role in (OFFICER, HEAD, AUDITOR)}


@pytest.fixture
def number(cast) -> str:
    return str(cast.customer().number)


def named(people, number: str, **more: object):
    said = {"numbers": number, "trigger": "request"} | more
    return browser(people[OFFICER]).post(f"{PAGE}name/", said)


def test_names_a_customer_and_lays_the_list_before_a_head(people, number):
    batch = named(people, number)["Location"]
    page = text(browser(people[OFFICER]).get(batch))
    assert number in page
    answer = browser(people[OFFICER]).post(f"{batch}check/", {"reason": "核对无误"})
    proposal = Proposal.objects.get()
    assert answer["Location"] == f"/decisions/{proposal.pk}/"
    assert "核对无误" in text(browser(people[HEAD]).get(f"/decisions/{proposal.pk}/"))
    assert standing(DestructionBatch.objects.get(), clock()).stage is Stage.TO_APPROVE
    again = browser(people[OFFICER]).post(f"{batch}check/", {"reason": "再次"})
    assert again.status_code == 409


def test_says_which_numbers_it_cannot_take(people, number):
    assert named(people, "no-such-number").status_code == 422
    assert named(people, number, fields_of="nonsense").status_code == 422
    named(people, number)
    assert named(people, number).status_code == 422
    assert DestructionBatch.objects.count() == 1


def test_offers_forms_to_whoever_checks_only(people, number):
    batch = named(people, number)["Location"]
    for role in (HEAD, AUDITOR):
        assert "<textarea" not in text(browser(people[role]).get(PAGE))
        assert "check/" not in text(browser(people[role]).get(batch))


def test_says_when_a_record_is_not_what_the_trail_says(people, number):
    batch = named(people, number)["Location"]
    found = DestructionBatch.objects.get()
    DestructionRecord.objects.create(batch=found, content=CONTENT, digest=digest_of(CONTENT), at=clock())
    page = text(browser(people[AUDITOR]).get(batch))
    assert "该记录与访问日志所载不一致" in page or "not what the trail says" in page
    answer = browser(people[AUDITOR]).post(f"{batch}certificate/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


WHEN = {"by": "M1", "at": "2026-11-26T02:00:00+00:00"}
CONTENT = {
    "list": "0" * 64,
    "trigger": "term",
    "rules": ["relationship"],
    "customers": 1,
    "parts": 0,
    "fields": [],
    "held": 0,
    "levels": {"L3": 5},
    "before": {"customers": 1},
    "left": {"customers": 0, "keys": 0},
    "attempts": 20,
    "opened": 0,
    "looked": 6,
    "found": 0,
    "copies": [{"what": "keyring_backups", "state": "unreadable_from", "number": None, "until": WHEN["at"]}],
    "proposal": str(uuid4()),
    "proposed": WHEN | {"by": ""},
    "checked": WHEN,
    "approved": WHEN,
    "started_at": WHEN["at"],
    "finished_at": WHEN["at"],
    "checkpoint": {"size": 9, "root": "ab"},
}


def recorded(people, number, at, **more: object) -> str:
    """Record a batch as destroyed; return its page."""
    batch = named(people, number)["Location"]
    content = CONTENT | more
    DestructionRecord.objects.create(
        batch=DestructionBatch.objects.get(), content=content, digest=digest_of(content), at=at
    )
    return str(batch)


COPIES = [
    {"what": "exports_handed_out", "state": "to_tell", "number": 1, "until": None},
    {"what": "evidence", "state": "destroyed", "number": 0, "until": None},
]


def test_names_who_received_a_file_before_the_copies_and_those_of_which_there_were_none_in_a_line(
    people, number, cast
):
    supervisor = cast.person(SUPERVISOR)
    received = {
        "export": 7,
        "kind": "export.masked",
        "to": supervisor.number,
        "at": "2026-11-26T02:00:00+00:00",
        "request": "",
        "customers": 1,
    }
    page = text(
        browser(people[OFFICER]).get(recorded(people, number, clock(), recipients=[received], copies=COPIES))
    )
    assert supervisor.name in page
    assert page.index('id="recipients"') < page.index('id="systems"') < page.index('id="copies"')
    assert page.count('data-label="副本"') == 1
    assert "以下各处没有相关内容" in page
