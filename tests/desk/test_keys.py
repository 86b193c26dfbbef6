"""The key register: versions, ages, counts; no key and no customer."""

import pytest

from approvals.models import Proposal
from custody import acts, run
from jobs import running
from jobs.models import Job
from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import CANARIES, kinds_since, last_event
from tests.desk.at_work import browser, text
from tests.vault.keys import kek_file, worker
from vault import keks
from vault.models import DataKey
from vault.queries import key_register

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
__all__ = ["kek_file", "worker"]


def test_counts_keys_by_version_and_domain(cast) -> None:
    for number in ("C1", "C2", "C3"):
        cast.customer(number)
    register = key_register()
    (l3,) = [line for line in register.domains if line.domain == "L3"]
    assert l3.data_keys == 3
    words = text(browser(cast.person(CUSTODIAN)).get("/keys/"))
    assert "<code>L3</code>" in words
    assert f'class="number">{l3.data_keys}<' in words
    assert f"第 1 版：{l3.data_keys}" in words
    assert str(register.deployment) in words


def test_shows_no_key_and_no_customer(cast) -> None:
    customer = cast.customer("CANARY-1")
    words = text(browser(cast.person(CUSTODIAN)).get("/keys/"))
    assert str(customer.ref) not in words
    assert "CANARY-1" not in words
    assert not any(value in words for value in CANARIES)
    for key in DataKey.objects.all():
        assert bytes(key.wrapped).hex() not in words


def test_says_what_would_fill_it(cast) -> None:
    words = text(browser(cast.person(CUSTODIAN)).get("/keys/"))
    assert "还没有数据密钥" in words


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD, ANALYST, OFFICER, SECURITY, CUSTODIAN, AUDITOR])
def test_is_open_to_custodians_and_auditors(cast, role) -> None:
    client = browser(cast.person(role))
    opens = role in {CUSTODIAN, AUDITOR}
    assert client.get("/keys/").status_code == (200 if opens else 403)
    if opens:
        assert client.post("/keys/").status_code == 405


def step(client, chosen: str):
    return client.post("/keys/propose/", {"step-step": chosen, "step-reason": "年度轮换"})


def test_two_custodians_rotate_and_the_page_shows_it(cast, kek_file) -> None:
    cast.customer("C1")
    one, other, auditor = cast.person(CUSTODIAN), cast.person(CUSTODIAN), cast.person(AUDITOR)
    answer = step(browser(one), "key.create:2")
    assert answer["Location"].startswith("/decisions/")
    proposal = Proposal.objects.get(kind=acts.CREATE)
    assert f"/decisions/{proposal.pk}/" in text(browser(other).get("/keys/"))
    assert "第 2 版主密钥" in text(browser(other).get(answer["Location"]))
    signed = browser(other).post(f"/decisions/{proposal.pk}/approve/", {"hash": proposal.content_hash})
    assert signed.status_code == 302
    job = Job.objects.get(kind=acts.KEK_JOB)
    bar = f"/keys/jobs/{job.pk}/progress/"
    assert bar in text(browser(auditor).get("/keys/"))
    running.run(job.pk, run.kek)
    assert keks.life().keks[-1].state == keks.WAITING
    assert 'class="bar bar-done"' in text(browser(auditor).get(bar))
    page = text(browser(one).get("/keys/"))
    assert f"{one.number}, {other.number}" in page
    assert 'value="key.promote:2"' in page
    assert 'value="key.create:3"' not in page
    assert "step-step" not in text(browser(auditor).get("/keys/"))


def test_a_second_act_asks_for_another_second_factor(cast, kek_file) -> None:
    client = browser(cast.person(CUSTODIAN))
    cast.person(CUSTODIAN)
    step(client, "key.create:2")
    answer = step(client, "key.compromise:1")
    assert answer.status_code == 303
    assert "step-up" in answer["Location"]
    asked = client.get(answer["Location"])
    assert asked.status_code == 200
    assert 'action="/keys/propose/"' not in text(asked), (
        "a factor that has served must not send the act again"
    )
    assert Proposal.objects.count() == 1


def test_refuses_in_words(cast, kek_file) -> None:
    one = cast.person(CUSTODIAN)
    assert step(browser(one), "key.destroy:1").status_code == 422
    alone = step(browser(one), "key.create:2")
    assert alone.status_code == 409
    cast.person(CUSTODIAN)
    for scope, id, status in (("customer", "x", 422), ("portfolio", "", 422), ("portfolio", "nowhere", 409)):
        said = {"rotate-scope": scope, "rotate-id": id, "rotate-reason": "轮换"}
        assert browser(one).post("/keys/rotate/", said).status_code == status
    drill = {
        "drill-held_on": "2999-01-01",
        "drill-copy": "file",
        "drill-opened": "yes",
        "drill-reason": "演练",
    }
    assert browser(one).post("/keys/drill/", drill).status_code == 409
    assert Proposal.objects.count() == 0


@pytest.mark.parametrize("format", ["pdf", "csv"])
def test_hands_the_register_out_as_a_file(cast, format) -> None:
    cast.customer("CANARY-1")
    start = last_event()
    answer = browser(cast.person(AUDITOR)).post("/keys/report/", {"format": format})
    assert answer.status_code == 200
    assert kinds_since(start) == ["custody.register_downloaded"]
    assert (b"%PDF" if format == "pdf" else b"AES-256-GCM") in answer.content
    assert browser(cast.person(AUDITOR)).post("/keys/report/", {"format": "exe"}).status_code == 404
