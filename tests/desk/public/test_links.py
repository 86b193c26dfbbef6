"""Answering a link on the public pages: the check, the questions, the file, and silence about everything else."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from consent.models import ConsentRecord, Evidence, LinkTry
from consent.queries.states import states
from desk.public import proof
from desk.public.views import links
from files import deposits, tasks
from files.models import Deposit, SealedFile
from tests.access.cast import kinds_since, last_event
from tests.desk.at_work import text
from tests.desk.public.answering import answer, answered, check, proof_in
from tests.desk.public.conftest import as_public
from trail.models import Event
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default"])
PDF = b"%PDF-1.7\nsigned at home"


def test_tells_what_is_asked_and_nothing_of_whom(public, make, desk):
    page = public.get(f"/en/c/{make()}/")
    words = text(page)
    assert page.status_code == 200
    assert "enter your mobile number" in words
    assert "3 tries are left" in words
    assert "1540000" not in words
    assert str(desk.subject) not in words
    assert page["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db(transaction=True, databases=["default"])
def test_the_public_role_takes_a_customer_from_link_to_withdrawal(public, make, desk):
    token = make()
    start = last_event()
    with as_public():
        assert public.get(f"/en/c/{token}/").status_code == 200
        assert check(public, token, "15400000019").status_code == 422
        receipt = answered(public, token)
        assert "You consented" in text(public.get(receipt))
        assert public.post(f"{receipt}withdraw/", {"purpose": "service"}).status_code == 302
        assert "You withdrew" in text(public.get(receipt))
        assert public.get(f"/en/c/{token}/").status_code == 404
        assert public.get("/en/").status_code == 200
    kinds = ["link_opened", "link_checked", "link_checked", "recorded", "withdrawn"]
    assert kinds_since(start) == [f"consent.{kind}" for kind in kinds]
    events = Event.objects.filter(id__gt=start)
    assert {(event.mode, event.actor_id, event.ip) for event in events} == {("public", None, "127.0.0.1")}
    found = states([desk.subject], clock())
    assert found[desk.subject, "service"].state == "withdrawn"
    assert found[desk.subject, "marketing"].state == "refused"
    row = ConsentRecord.objects.get(subject=desk.subject, answer="given")
    assert (row.device, row.ip, row.source, row.staff_browser) == ("a phone", "127.0.0.1", "link", False)


@pytest.mark.django_db(databases=["default", "keyring"])
def test_a_file_goes_sealed_to_the_worker_and_becomes_evidence(public, make):
    token = make(takes_file=True)
    answered(public, token, file=SimpleUploadedFile("身份证.pdf", PDF))
    left = Deposit.objects.get()
    assert PDF not in bytes(left.sealed)
    assert not Evidence.objects.exclude(file=None).exists()
    tasks.take_in()
    left.refresh_from_db()
    assert (left.refused, bytes(left.sealed)) == ("", b"")
    files = set(Evidence.objects.exclude(file=None).values_list("file", "kind", "original"))
    (held,) = SealedFile.objects.filter(purpose="consent.evidence")
    assert files == {(held.id, "signed_file", True)}


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"MZ\x90", "no PDF, PNG or JPEG"), (b"", "is empty"), (b"<html>", "no PDF, PNG or JPEG")],
)
def test_refuses_a_file_of_another_kind_and_keeps_the_answers(content, words, public, make):
    token = make(takes_file=True)
    shown = proof_in(check(public, token))
    page = answer(public, token, shown, file=SimpleUploadedFile("x.pdf", content))
    said = text(page)
    assert page.status_code == 422
    assert words in said
    assert re.search(r'name="answer-service" value="yes" checked', said)
    assert not Deposit.objects.exists()
    assert not ConsentRecord.objects.filter(source="link").exists()
    assert answer(public, token, proof_in(page)).status_code == 302


def test_refuses_a_body_too_large_before_reading_it(public, make):
    token = make(takes_file=True)

    class Unread:
        def read(self, *args: object) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    page = public.generic(
        "POST", f"/en/c/{token}/answer/", **{"wsgi.input": Unread(), "CONTENT_LENGTH": "11000000"}
    )
    assert page.status_code == 413
    assert "10 MB at most" in text(page)
    for length in ("", "x", "-1", "٣"):
        page = public.generic(
            "POST", f"/en/c/{token}/answer/", **{"wsgi.input": Unread(), "CONTENT_LENGTH": length}
        )
        assert page.status_code == 411


def test_takes_no_file_where_none_was_asked_for(public, make):
    answered(public, make(), file=SimpleUploadedFile("a.pdf", PDF))
    assert not Deposit.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"answer_marketing": ""}, "Answer yes or no."),
        ({"answer_service": "maybe"}, "Answer yes or no."),
    ],
)
def test_says_which_answer_is_missing(given, words, public, make):
    token = make()
    page = answer(public, token, proof_in(check(public, token)), **given)
    assert page.status_code == 422
    assert words in text(page)
    assert not ConsentRecord.objects.filter(source="link").exists()


@pytest.mark.parametrize("ticked", [True, False])
def test_covers_sensitive_fields_by_their_own_tick_only_and_forces_none(public, make, desk, ticked):
    answered(public, make(), separate_service="yes" if ticked else "")
    row = ConsentRecord.objects.get(subject=desk.subject, purpose="service")
    asked = next(one for one in desk.version.purposes if one["code"] == "service")
    sensitive = {code for code, field in asked["fields"].items() if field["sensitive"]}
    assert (row.answer, row.separate, sensitive <= set(row.fields)) == ("given", ticked, ticked)
    assert "mobile" in row.fields


def test_three_wrong_tries_close_the_link(public, make):
    token = make()
    left = [check(public, token, f"1540000001{number}") for number in (0, 1, 2)]
    assert [page.status_code for page in left] == [422, 422, 404]
    assert "2 tries are left" in text(left[0])
    assert "1 try is left" in text(left[1])
    assert check(public, token).status_code == 404
    assert LinkTry.objects.count() == 3


def test_nothing_typed_costs_no_try(public, make):
    page = check(public, make(), "  ")
    assert page.status_code == 422
    assert "Nothing was entered." in text(page)
    assert not LinkTry.objects.exists()


def dead(public: Client, make) -> dict[str, str]:
    """Return tokens that lead nowhere, by the reason."""
    used, tried = make(), make()
    answered(public, used)
    for number in (0, 1, 2):
        check(public, tried, f"1540000001{number}")
    return {
        "unknown": "A" * 43,
        "malformed": "x",
        "expired": make(ago=timedelta(days=8)),
        "used": used,
        "tried": tried,
    }


def test_every_link_that_does_not_work_looks_and_lasts_the_same(public, make, monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr("desk.public.views.links.time.sleep", slept.append)
    pages, tokens = {}, dead(public, make)
    slept.clear()
    for why, token in tokens.items():
        shown = proof.prove(token)
        for method, address, sent in (
            ("get", f"/en/c/{token}/", {}),
            ("post", f"/en/c/{token}/check/", {"given": "15400000018"}),
            ("post", f"/en/c/{token}/answer/", {"proof": shown}),
            ("get", f"/en/r/{token}/", {}),
            ("get", f"/en/r/{token}/receipt.json", {}),
            ("post", f"/en/r/{token}/withdraw/", {"everything": "yes"}),
        ):
            page = getattr(public, method)(address, sent)
            pages[why, address] = (page.status_code, dict(page.headers), page.content)
    assert len({repr(page) for page in pages.values()}) == 1
    assert next(iter(pages.values()))[0] == 404
    assert len(slept) == len(pages)
    assert all(0 <= seconds <= links.OVER_SECONDS for seconds in slept)


def test_wants_the_check_of_this_link_and_of_late(public, make, monkeypatch):
    token, other = make(), make()
    for given in ("", "x", proof.prove(other)):
        page = answer(public, token, given)
        assert page.status_code == 422
        assert "more than 30 minutes" in text(page)
    shown = proof_in(check(public, token))
    monkeypatch.setattr(proof, "GOOD_FOR_SECONDS", -1)
    assert answer(public, token, shown).status_code == 422
    assert not ConsentRecord.objects.filter(source="link").exists()


def test_a_proof_alone_does_not_answer(public, make):
    """The database says whether the check was passed; a stolen signing key is not enough."""
    token = make()
    assert answer(public, token, proof.prove(token)).status_code == 404
    assert not ConsentRecord.objects.filter(source="link").exists()


def test_notes_that_a_browser_of_ours_answers(public, make, desk, settings):
    public.cookies[settings.MAIN_COOKIES] = "x"
    answered(public, make())
    assert ConsentRecord.objects.filter(subject=desk.subject, staff_browser=True).count() == 2


def test_sends_no_form_without_its_token(make, public):
    page = Client(enforce_csrf_checks=True).post(f"/en/c/{make()}/check/", {"given": "15400000018"})
    assert page.status_code == 403
    assert "Open your link again" in text(page)
    assert not LinkTry.objects.exists()


def test_leads_from_the_bare_address_to_the_language_of_the_browser(public, make):
    token = make()
    for asked, prefix in (("zh-CN,zh", "zh-hans"), ("en-GB", "en"), ("fr", "zh-hans")):
        page = public.get(f"/c/{token}/", headers={"Accept-Language": asked})
        assert (page.status_code, page["Location"]) == (302, f"/{prefix}/c/{token}/")
    assert "手机号码" in text(public.get(f"/zh-hans/c/{token}/"))


def test_records_what_it_can_or_nothing(public, make, monkeypatch):
    def refuse(*args: object, **kwargs: object) -> None:
        raise deposits.NotAccepted("type")

    token = make(takes_file=True)
    shown = proof_in(check(public, token))
    monkeypatch.setattr(deposits, "deposit", refuse)
    with pytest.raises(deposits.NotAccepted):
        answer(public, token, shown, file=SimpleUploadedFile("a.pdf", PDF))
    assert not ConsentRecord.objects.filter(source="link").exists()
