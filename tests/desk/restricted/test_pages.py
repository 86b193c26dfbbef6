"""The pages of the restricted host."""

import re
import shutil
from base64 import b64encode
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from customers.models import HOLD, Restriction
from restricted.models import Factor, KeyAct, Request, Value
from tests.access.cast import kinds_since, last_event
from tests.desk.at_work import browser, text
from tests.desk.restricted.conftest import Sit
from tests.papers import PDF, PNG
from tests.restricted.house import PASSWORD, REASON, REPORT, House, id_of
from tests.restricted.keeping import WithKeyholder
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"])


def test_login_sets_a_cookie_of_its_own_and_goes_where_one_wanted_to(sit: Sit, house: House) -> None:
    client, value = sit(), house.value()
    page = f"/zh-hans/values/{value.pk}/"
    refused = client.get(page)
    assert refused["Location"] == f"/zh-hans/login/?next={page}"
    form = {"number": house.asker.number, "password": PASSWORD, "next": page}
    wrong = client.post("/zh-hans/login/", form | {"code": "000000"})
    assert (wrong.status_code, "工号、密码或验证码有误" in text(wrong)) == (422, True)
    answer = client.post("/zh-hans/login/", form | {"code": house.code(house.asker, at=clock())})
    assert answer["Location"] == page
    cookie = answer.cookies[settings.RESTRICTED_COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert settings.RESTRICTED_COOKIE != settings.SESSION_COOKIE_NAME
    assert REPORT not in text(client.get(page))


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_login_leads_to_no_other_site(sit: Sit, house: House, wanted: str) -> None:
    form = {"number": house.asker.number, "password": PASSWORD, "next": wanted}
    answer = sit().post("/en/login/", form | {"code": house.code(house.asker, at=clock())})
    assert answer["Location"] == "/en/"


def test_a_session_of_the_main_site_opens_nothing(pages: None, house: House) -> None:
    made = house.asked(house.value())
    client = browser(house.officer)
    for page in ("", f"values/{made.value_id}/", f"requests/{made.pk}/"):
        assert client.get(f"/en/{page}")["Location"].startswith("/en/login/")
    for page in (
        f"values/{made.value_id}/open/",
        f"values/{made.value_id}/ask/",
        f"requests/{made.pk}/sign/",
    ):
        assert client.post(f"/en/{page}", {"code": "123456"})["Location"] == "/en/login/"


@pytest.mark.parametrize("claim", ["127.0.0.1", "127.0.0.1, 10.9.9.9"])
def test_answers_its_zone_only_whatever_a_client_claims(sit: Sit, house: House, claim: str) -> None:
    client, start = sit(house.officer), last_event()
    answer = client.get("/zh-hans/", REMOTE_ADDR="10.9.9.9", HTTP_X_FORWARDED_FOR=claim)
    assert (answer.status_code, "此处不能访问" in text(answer)) == (403, True)
    assert kinds_since(start) == ["restricted.outside"]
    assert client.get("/zh-hans/").status_code == 200


@pytest.mark.parametrize(("proxies", "passed"), [(1, "10.9.9.9"), (2, "10.9.9.9, 127.0.0.1")])
def test_reads_the_address_that_the_outermost_proxy_saw(
    settings, sit: Sit, proxies: int, passed: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    forged = f"127.0.0.1, {passed}"
    assert sit().get("/en/login/", HTTP_X_FORWARDED_FOR=forged).status_code == 403
    inside = passed.replace("10.9.9.9", "127.0.0.1")
    assert sit().get("/en/login/", HTTP_X_FORWARDED_FOR=f"10.9.9.9, {inside}").status_code == 200


def test_asks_signs_and_shows_for_a_minute(sit: Sit, house: House) -> None:
    value = house.value()
    client, page = sit(house.asker), f"/zh-hans/values/{value.pk}/"
    assert "申请查看" in text(client.get(page))
    starts, ends = re.findall(r'type="datetime-local" required value="([^"]+)"', text(client.get(page)))
    form = {"purpose": "complaint", "reason": REASON, "starts_at": starts, "ends_at": ends}
    assert client.post(f"{page}ask/", form | {"ends_at": "soon"}).status_code == 422
    asked = client.post(f"{page}ask/", form)["Location"]
    for signer in (house.head, house.officer):
        theirs = sit(signer)
        assert asked in text(theirs.get("/zh-hans/"))
        assert REASON in text(theirs.get(asked))
        assert theirs.post(f"{asked}sign/", {"code": "000000", "accepted": "yes"}).status_code == 422
        code = house.code(signer, at=clock())
        assert theirs.post(f"{asked}sign/", {"code": code, "accepted": "yes"})["Location"] == asked
    code = house.code(house.asker, at=clock())
    start = last_event()
    shown = client.post(f"{page}open/", {"code": code})
    assert REPORT in text(shown)
    mark = text(shown).split('<pattern id="mark"')[1].split("</pattern>")[0]
    assert f"{house.asker.name} {house.asker.number} 20" in mark
    assert shown["Refresh"] == f"60; url={page}"
    assert shown["Cache-Control"] == "no-store, private"
    assert kinds_since(start) == ["restricted.opened"]
    again = client.post(f"{page}open/", {"code": code})
    assert (again.status_code, REPORT in text(again)) == (422, False)
    assert client.get(f"{page}open/").status_code == 405


def test_knows_no_value_that_is_not_there_and_no_request_of_others(sit: Sit, house: House) -> None:
    value, made = house.value(), house.asked(house.value())
    Value.objects.filter(pk=value.pk).update(destroyed_at=clock())
    stranger = house.enrolled("head", department="south")
    client = sit(stranger)
    pages = (f"values/{uuid4()}/", f"values/{value.pk}/", f"requests/{uuid4()}/", f"requests/{made.pk}/")
    answers = [client.get(f"/en/{page}") for page in pages]
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(r'value="[^"]+"', "", text(answer)) for answer in answers}) == 1
    assert client.post(f"/en/requests/{made.pk}/sign/", {"code": "1", "accepted": "yes"}).status_code == 404


def test_lists_no_value_and_no_customer(sit: Sit, house: House) -> None:
    made = house.asked(house.value())
    for who in (house.asker, house.head, house.officer):
        words = text(sit(who).get("/en/"))
        assert str(made.pk) in words
        assert str(made.value_id) not in words
        assert str(made.value.subject) not in words
        assert REASON not in words


@pytest.mark.parametrize(
    ("media_type", "content", "place"),
    [
        ("image/png", PNG, ""),
        ("application/pdf", PDF, "inline"),
        ("application/octet-stream", b"<script>", "attachment"),
    ],
)
def test_shows_an_original_to_the_officer_in_a_harmless_form(
    sit: Sit, house: House, media_type: str, content: bytes, place: str
) -> None:
    value = house.value("authorisation_original", content, media_type=media_type, name="原件.bin")
    page = f"/en/values/{value.pk}/"
    client = sit(house.officer)
    assert "Why" in text(client.get(page))
    form = {"code": house.code(house.officer, at=clock())}
    assert "Say why." in text(client.post(f"{page}open/", form))
    answer = client.post(f"{page}open/", form | {"reason": REASON})
    assert answer.status_code == 200
    assert answer["Refresh"].startswith("60;")
    if place:
        assert (answer.content == content) == (place == "attachment"), "what has a face is stamped"
        assert answer["Content-Disposition"].startswith(place)
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert "原件" not in answer["Content-Disposition"]
    else:
        assert 'src="data:image/png;base64,' in text(answer)
        assert b64encode(content).decode() not in text(answer)


def test_shows_nothing_of_an_original_that_cannot_be_stamped(sit: Sit, house: House) -> None:
    value = house.value("authorisation_original", b"%PDF-1.7 L4-CANARY", media_type="application/pdf")
    form = {"code": house.code(house.officer, at=clock()), "reason": REASON}
    answer = sit(house.officer).post(f"/en/values/{value.pk}/open/", form)
    assert answer.status_code == 409
    assert b"L4-CANARY" not in answer.content


def test_says_so_while_the_trail_does_not_answer(sit: Sit, house: House, monkeypatch) -> None:
    from trail import services as trail
    from trail.services import TrailUnavailable

    value = house.value("authorisation_original")
    client = sit(house.officer)

    def refuse(*args, **kwargs):
        raise TrailUnavailable

    monkeypatch.setattr(trail, "record", refuse)
    form = {"code": house.code(house.officer, at=clock()), "reason": REASON}
    answer = client.post(f"/zh-hans/values/{value.pk}/open/", form)
    assert (answer.status_code, REPORT in text(answer)) == (503, False)


def test_logs_out_and_ends_the_session(sit: Sit, house: House) -> None:
    client, start = sit(house.asker), last_event()
    held = client.cookies[settings.RESTRICTED_COOKIE].value
    assert client.post("/en/logout/")["Location"] == "/en/login/?ended=out"
    assert kinds_since(start) == ["restricted.logout"]
    other = Client()
    other.cookies[settings.RESTRICTED_COOKIE] = held
    assert other.get("/en/")["Location"] == "/en/login/?ended=ended"


def test_enrols_on_the_page(sit: Sit, house: House) -> None:
    from restricted import totp
    from restricted.services import enrolments
    from trail.actor import Actor

    _, _, code = enrolments.make(house.asker.number, by=Actor.system("restricted.enrol"), at=clock())
    client = sit()
    form = {"number": house.asker.number, "handed": code, "password": PASSWORD}
    assert client.post("/en/enrol/", form | {"handed": "x"}).status_code == 422
    begun = text(client.post("/en/enrol/", form))
    (secret,) = re.findall(r"<code>([A-Z2-7]{32})</code>", begun)
    assert 'src="data:image/svg' in begun
    first = totp.code_at(secret, totp.step_at(clock()))
    assert "Your app counts here" in text(client.post("/en/enrol/", form | {"code": first}))
    assert Factor.objects.get(person=id_of(house.asker)).last_step > 0
    assert Request.objects.count() == 0


def test_two_custodians_act_on_the_master_key_and_see_no_value(
    sit: Sit, house: House, settings, tmp_path
) -> None:
    settings.RESTRICTED_KEK_FILE = shutil.copy2(settings.RESTRICTED_KEK_FILE, tmp_path / "kek.json")
    first, second = house.custodians()
    one, two, value = sit(first), sit(second), house.value()
    page = one.get("/zh-hans/keys/")
    assert ("生成主密钥 · 2" in text(page), "1 个数据密钥" in text(page)) == (True, True)
    assert one.get(f"/zh-hans/values/{value.pk}/").status_code == 404
    assert sit(house.asker).get("/zh-hans/keys/").status_code == 404
    propose = {"step": "created-2", "code": house.code(first, at=clock())}
    assert one.post("/zh-hans/keys/propose/", propose | {"code": "000000"}).status_code == 422
    assert one.post("/zh-hans/keys/propose/", propose).status_code == 302
    act = KeyAct.objects.get()
    yes = {"accepted": "yes", "code": house.code(first, at=clock(), later=1)}
    own = one.post(f"/zh-hans/keys/{act.pk}/answer/", yes)
    assert (own.status_code, "另一位密钥管理员" in text(own)) == (422, True)
    yes["code"] = house.code(second, at=clock())
    assert two.post(f"/zh-hans/keys/{act.pk}/answer/", yes).status_code == 302
    assert "已批准" in text(one.get("/zh-hans/keys/"))
    assert two.post(f"/zh-hans/keys/{act.pk}/answer/", yes).status_code == 404


def test_a_sealed_host_says_so_and_opens_nothing(sit: Sit, house: House) -> None:
    value = house.value()
    officer, asker, head = sit(house.officer), sit(house.asker), sit(house.head)
    house.approved(value)
    assert asker.get("/zh-hans/seal/").status_code == 404
    assert officer.post("/zh-hans/seal/", {"code": "000000"}).status_code == 422
    code = house.code(house.officer, at=clock(), later=1)
    assert officer.post("/zh-hans/seal/", {"code": code}).status_code == 302
    assert "已封闭" in text(officer.get("/zh-hans/seal/"))
    shown = asker.get(f"/zh-hans/values/{value.pk}/")
    assert (shown.status_code, "已封闭" in text(shown)) == (200, True)
    refused = asker.post(f"/zh-hans/values/{value.pk}/open/", {"code": house.code(house.asker, at=clock())})
    assert (refused.status_code, REPORT in text(refused)) == (422, False)
    reason = asker.get(f"/zh-hans/requests/{Request.objects.get().pk}/")
    assert (reason.status_code, "已封闭" in text(reason)) == (503, True)
    assert head.get("/zh-hans/").status_code == 200


def test_a_host_without_its_key_is_logged_into_and_says_on_every_page_what_to_do(
    sit: Sit, house: House, settings, tmp_path
) -> None:
    value = house.value("authorisation_original")
    made = house.asked(house.value())
    kept = WithKeyholder(settings, tmp_path)
    (custodian, _), page = house.custodians(), f"/zh-hans/values/{value.pk}/"
    kept.lose()
    officer, keeper = sit(house.officer), sit(custodian)
    for address in ("", f"values/{value.pk}/", "seal/"):
        assert "密钥保管程序没有应答" in text(officer.get(f"/zh-hans/{address}"))
    form = {"code": house.code(house.officer, at=clock()), "reason": REASON}
    gone = officer.post(f"{page}open/", form)
    assert (gone.status_code, REPORT in text(gone)) == (422, False)
    away = sit(house.asker).get(f"/zh-hans/requests/{made.pk}/")
    assert (away.status_code, "restricted_keyholder" in text(away)) == (503, True)
    keys = keeper.get("/zh-hans/keys/")
    assert (keys.status_code, "恢复后才能提案" in text(keys)) == (200, True)

    kept.bring_back(shares=1)
    seal = text(officer.get("/zh-hans/seal/"))
    assert ("所需 2 份密钥份额中已到 1 份" in seal, "bo, cai" in seal) == (True, True)
    kept.close()
    kept.bring_back()
    assert REPORT in text(officer.post(f"{page}open/", form))
    kept.close()


def test_what_is_only_stored_says_until_when_and_offers_nothing(sit: Sit, house: House) -> None:
    customer = house.cast.customer("C1")
    value = house.value()
    house.approved(value)
    Value.objects.filter(pk=value.pk).update(subject=customer.ref)
    Restriction.objects.create(
        customer=customer, basis=HOLD, kept_until=house.at + timedelta(days=30), since=house.at
    )
    words = text(sit(house.asker).get(f"/zh-hans/values/{value.pk}/"))
    assert "仅作存储" in words
    assert "/open/" not in words
    assert "/ask/" not in words
