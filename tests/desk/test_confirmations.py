"""The inbox of evidence: who finds what there, one tap, and the file in a tab of its own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from access.queries.waiting_consents import described, waiting
from access.services import consents
from access.services.consents import Upload
from consent.models import IMPORT, LINK, SIGNED_FILE, Confirmation, ConsentLink, ConsentRecord, Evidence
from consent.services.records import Answer
from customers.models import Customer
from tests.access.cast import Cast, exposures_since, kinds_since, last_event, now
from tests.consent.builders import YEAR, published
from tests.desk.at_work import badges, browser, text
from tests.papers import PDF

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
INBOX = "/consents/"


def captured(cast: Cast, customer: Customer, by, content: bytes = PDF) -> ConsentRecord:
    """Record a signed yes to service."""
    version = published(cast.at - YEAR, "service")
    at = now()
    (row,) = consents.record(
        customer.ref,
        version=version,
        language="zh-hans",
        answers=[Answer(purpose="service", yes=True, separate=True)],
        method="paper",
        effective_at=at,
        uploads=[Upload(content=content, kind=SIGNED_FILE)],
        by=by,
        at=at,
    )
    return row


def test_lists_what_others_captured_within_reach_and_says_why_it_waits(cast: Cast) -> None:
    near, far = cast.customer("N-1"), cast.customer("S-1", "south")
    supervisor = cast.supervisor()
    captured(cast, near, cast.agent())
    captured(cast, far, cast.agent(department="south", serves="south"))
    own = cast.customer("N-2")
    captured(cast, own, supervisor)
    words = text(browser(supervisor).get(INBOX))
    assert "N-1" in words
    assert "S-1" not in words
    assert "N-2" not in words, "one's own capture waits for somebody else"
    assert "采集人在确认前不能凭它查看" in words
    everything = text(browser(cast.officer()).get(INBOX))
    assert {"N-1", "N-2", "S-1"} <= {one for one in ("N-1", "N-2", "S-1") if one in everything}


def test_one_tap_confirms_and_the_capturer_may_read(cast: Cast) -> None:
    customer, agent = cast.customer(), cast.agent()
    row = captured(cast, customer, agent)
    supervisor = browser(cast.supervisor())
    assert badges(supervisor) == {"consents_waiting": "1"}
    answer = supervisor.post(f"{INBOX}{row.ref}/confirm/", {"holds": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, INBOX)
    assert Confirmation.objects.get().accepted
    assert badges(supervisor) == {}
    reader = browser(agent)
    reader.get(f"/customers/{customer.ref}/")
    shown = reader.post(f"/customers/{customer.ref}/reveal/mobile/", headers={"HX-Request": "true"})
    assert "15400000018" in text(shown)
    assert "已答复过" in text(supervisor.post(f"{INBOX}{row.ref}/confirm/", {"holds": "yes"}, follow=True))


def test_evidence_that_does_not_hold_ends_the_consent_for_everybody(cast: Cast) -> None:
    customer = cast.customer()
    row = captured(cast, customer, cast.agent())
    browser(cast.person("head")).post(f"{INBOX}{row.ref}/confirm/", {"holds": "no"})
    assert not Confirmation.objects.get().accepted
    other = browser(cast.agent())
    assert "凭证经查看不成立" in text(other.get(f"/customers/{customer.ref}/"))
    refused = other.post(f"/customers/{customer.ref}/reveal/mobile/", headers={"HX-Request": "true"})
    assert refused.status_code == 403


def test_nobody_confirms_the_own_capture(cast: Cast) -> None:
    supervisor = cast.supervisor()
    row = captured(cast, cast.customer(), supervisor)
    browser(supervisor).post(f"{INBOX}{row.ref}/confirm/", {"holds": "yes"})
    assert not Confirmation.objects.exists()


def test_shows_a_file_inside_a_sandbox_and_records_the_look(cast: Cast) -> None:
    customer = cast.customer()
    row = captured(cast, customer, cast.agent())
    proof = Evidence.objects.get(record=row)
    client = browser(cast.supervisor())
    before = last_event()
    answer: Any = client.post(f"{INBOX}evidence/{proof.pk}/")
    assert answer.content.startswith(b"%PDF-")
    assert answer.content != PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline; ")
    assert answer["Content-Security-Policy"].startswith("sandbox;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert kinds_since(before) == ["consent.evidence_shown"]
    (seen,) = exposures_since(before, customer.ref)
    assert (seen.act, seen.level) == ("revealed", 4)


def test_evidence_is_nothing_to_those_who_may_not_confirm_or_do_not_reach(cast: Cast) -> None:
    row = captured(cast, cast.customer(), cast.agent())
    proof = Evidence.objects.get(record=row)
    page = f"{INBOX}evidence/{proof.pk}/"
    assert browser(cast.agent()).post(page).status_code == 403
    south = browser(cast.supervisor(department="south"))
    assert south.post(page).status_code == 404
    assert south.post(f"{INBOX}{row.ref}/confirm/", {"holds": "yes"}).status_code == 404
    assert browser(cast.supervisor()).get(page).status_code == 405


def test_an_upload_is_shown_as_what_its_first_bytes_say_and_nothing_else(cast: Cast) -> None:
    page = PDF + b"<script>alert(1)</script>"
    row = captured(cast, cast.customer(), cast.agent(), page)
    proof = Evidence.objects.get(record=row)
    answer = browser(cast.supervisor()).post(f"{INBOX}evidence/{proof.pk}/")
    assert answer["Content-Type"] == "application/pdf"


def test_a_file_that_cannot_be_stamped_is_one_clear_error_and_nothing_of_it(cast: Cast) -> None:
    row = captured(cast, cast.customer(), cast.agent(), b"%PDF-1.7 13800000000")
    proof = Evidence.objects.get(record=row)
    answer = browser(cast.supervisor()).post(f"{INBOX}evidence/{proof.pk}/")
    assert answer.status_code == 409
    assert "无法显示" in text(answer)
    assert b"13800000000" not in answer.content


def test_tells_the_digest_of_the_original_beside_its_copy(cast: Cast) -> None:
    row = captured(cast, cast.customer(), cast.agent())
    assert Evidence.objects.get(record=row).sha256 in text(browser(cast.supervisor()).get(INBOX))


def test_says_when_nothing_waits(cast: Cast) -> None:
    assert "没有等您确认的凭证" in text(browser(cast.officer()).get(INBOX))


@pytest.mark.parametrize(
    ("how", "waits"),
    [
        ({"source": LINK}, ()),
        ({"source": LINK, "site": "sh"}, ("office",)),
        ({"source": LINK, "staff_browser": True}, ("staff_browser",)),
        ({"source": LINK, "changed": timedelta(days=1)}, ("contact_changed",)),
        ({"source": LINK, "changed": timedelta(days=8)}, ()),
        ({"source": IMPORT}, ("captured", "imported")),
        ({"source": "desk"}, ("captured",)),
    ],
)
def test_finds_by_sql_what_the_decision_doubts(cast: Cast, how: dict, waits: tuple[str, ...]) -> None:
    changed = how.pop("changed", None)
    customer = cast.customer()
    version = published(cast.at - YEAR, "service")
    link = None
    agent = cast.agent()
    assert agent.id is not None
    if how["source"] == LINK:
        link = ConsentLink.objects.create(
            token_sha256=b"x" * 32,
            subject=customer.ref,
            version=version,
            purposes=["service"],
            language="zh-hans",
            check_field="mobile",
            check_kind="mobile",
            check_mac=b"x",
            via="mail",
            made_by_id=agent.id,
            made_by_number=agent.number,
            made_at=cast.at,
            address_since=None if changed is None else cast.at - changed,
            expires_at=cast.at + timedelta(days=7),
        )
    ConsentRecord.objects.create(
        subject=customer.ref,
        purpose="service",
        version=version,
        language="zh-hans",
        answer="given",
        method="checkbox",
        link=link,
        captured_by_id=None if link else agent.id,
        effective_at=cast.at,
        at=cast.at,
        **how,
    )
    found = list(waiting(cast.supervisor(), cast.at))
    assert [one.doubts for one in described(found, cast.at)] == ([waits] if waits else [])
    assert not waiting(replace(cast.supervisor(), roles=frozenset({"agent"})), cast.at).exists()
