"""Receipts on the public pages: shown, taken along, withdrawn, checked by anybody."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from consent.queries.states import states
from consent.services import records
from tests.desk.at_work import text
from tests.desk.public.answering import answered
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default"])


def test_shows_the_answers_and_names_nobody(public, make, desk):
    receipt = answered(public, make())
    words = text(public.get(receipt))
    assert "You consented" in words
    assert "You said no" in words
    assert str(desk.subject) not in words
    assert words.count("Withdraw this") == 1


def test_hands_out_a_receipt_that_verifies(public, make):
    receipt = answered(public, make())
    file = public.get(f"{receipt}receipt.json")
    assert file["Content-Disposition"] == 'attachment; filename="consent-receipt.json"'
    document = file.content.decode()
    pasted = public.post("/en/verify/", {"receipt": document})
    uploaded = public.post("/en/verify/", {"file": SimpleUploadedFile("r.json", file.content)})
    for page in (pasted, uploaded):
        assert page.status_code == 200
        assert "This receipt is ours and unchanged." in text(page)
        assert json.loads(document)["proof"]["key"] in text(page)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"language": "zh-hans"}, "was changed"),
        ({"proof": {"key": "0" * 32, "signature": ""}}, "a key that is not ours"),
        ({"proof": None}, "cannot be read as one"),
        ({"schema_version": "2"}, "a form that this page does not know"),
    ],
)
def test_says_what_is_wrong_with_a_receipt(change, words, public, make):
    receipt = answered(public, make())
    document = json.loads(public.get(f"{receipt}receipt.json").content) | change
    page = public.post("/en/verify/", {"receipt": json.dumps(document)})
    assert page.status_code == 422
    assert words in text(page)


@pytest.mark.parametrize(
    "typed",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"1e999",
        b"[" * 100_000,
        b"\xed\xa0\xbd",
        b"x" * 2_000_000,
        b'{"proof": {}}',
    ],
)
def test_refuses_what_is_no_receipt(typed, public):
    pages = [public.post("/en/verify/", {"file": SimpleUploadedFile("r.json", typed)})]
    if len(typed) < 1000:
        pages.append(public.post("/en/verify/", {"receipt": typed.decode(errors="replace")}))
    for page in pages:
        assert page.status_code == 422
        assert "This receipt is ours" not in text(page)


def test_shows_nothing_typed_as_markup(public):
    page = public.post("/en/verify/", {"receipt": "</textarea><script>alert(1)</script>"})
    assert "<script>alert(1)" not in text(page)


def test_withdraws_everything_in_one_step(public, make, desk):
    receipt = answered(public, make(), answer_marketing="yes", separate_marketing="yes")
    assert text(public.get(receipt)).count("Withdraw this") == 2
    assert public.post(f"{receipt}withdraw/", {"everything": "yes"}).status_code == 302
    assert {one.state for one in states([desk.subject], clock()).values()} == {"withdrawn"}
    words = text(public.get(receipt))
    assert words.count("You withdrew") == 2
    assert "Withdraw this" not in words


def test_withdraws_what_was_named_and_only_once(public, make, desk):
    receipt = answered(public, make())
    for sent in ({}, {"purpose": "marketing"}, {"purpose": "x"}, {"everything": ""}):
        if sent != {"everything": ""}:
            assert public.post(f"{receipt}withdraw/", sent).status_code == 302
            assert states([desk.subject], clock())[desk.subject, "service"].state == "given"
    for _ in range(2):
        assert public.post(f"{receipt}withdraw/", {"purpose": "service"}).status_code == 302
    assert states([desk.subject], clock())[desk.subject, "service"].state == "withdrawn"


def test_shows_what_became_of_an_answer_elsewhere(public, make, desk):
    receipt = answered(public, make())
    records.withdraw(desk.exposed, ["service"], by=desk.by, at=clock() + timedelta(milliseconds=1))
    assert "You withdrew" in text(public.get(receipt))
