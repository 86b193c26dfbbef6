"""What all public pages share: limits, methods, refusals in words, and nothing of the workbench."""

import pytest
from django.utils.translation import gettext, override
from redis.exceptions import ConnectionError as NoRedis

from desk.public import limits
from tests.desk.at_work import text
from tests.desk.public.answering import check
from tests.trail.logins import trail_refuses

pytestmark = pytest.mark.django_db(databases=["default"])


def test_counts_by_address(public, monkeypatch):
    monkeypatch.setattr("desk.public.limits.time.time", lambda: 1_000_000.0)
    for number in range(120):
        assert public.post("/en/verify/", {"receipt": ""}, REMOTE_ADDR="198.51.100.7").status_code == 422, (
            number
        )
    page = public.post("/en/verify/", {"receipt": ""}, REMOTE_ADDR="198.51.100.7")
    assert page.status_code == 429
    assert page["Retry-After"] == "200"
    assert "Try again in 4 minutes." in text(page)
    assert public.post("/en/verify/", {"receipt": ""}, REMOTE_ADDR="198.51.100.8").status_code == 422
    monkeypatch.setattr("desk.public.limits.time.time", lambda: 1_000_200.0)
    assert public.post("/en/verify/", {"receipt": ""}, REMOTE_ADDR="198.51.100.7").status_code == 422


def test_counts_by_link_whatever_the_address(public, make):
    token = make()
    codes = [
        public.get(f"/en/c/{token}/", REMOTE_ADDR=f"198.51.100.{number}").status_code for number in range(62)
    ]
    assert codes == [200] * 60 + [429] * 2


@pytest.mark.parametrize("failure", [NoRedis, OSError, ValueError])
def test_refuses_when_nobody_can_count(failure, public, monkeypatch):
    class Broken:
        def add(self, *args: object) -> None:
            raise failure

    monkeypatch.setattr(limits, "cache", Broken())
    assert public.get("/en/").status_code == 429


@pytest.mark.parametrize(
    ("ip", "counted"),
    [
        (None, "unknown"),
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_counts_a_household_as_one(ip, counted):
    assert limits.network(ip) == counted


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_knows_no_other_methods(method, public, make):
    token = make()
    for address in ("", "verify/", f"c/{token}/", f"c/{token}/check/", f"r/{token}/"):
        assert public.generic(method, f"/en/{address}", b"").status_code == 405


def test_has_no_page_of_the_workbench(public):
    for address in (
        "/en/customers/",
        "/en/admin/",
        "/en/account/login/",
        "/admin/",
        "/account/login/",
        "/customers/",
    ):
        page = public.get(address, follow=True)
        assert page.status_code == 404
        with override(page["Content-Language"]):
            assert gettext("There is no such page") in text(page)


def test_does_nothing_that_the_trail_cannot_record(public, make):
    token = make()
    with trail_refuses():
        for page in (public.get(f"/en/c/{token}/"), check(public, token)):
            assert page.status_code == 503
            assert "nothing was done" in text(page)


def test_speaks_both_languages_on_every_page(public, make):
    token = make()
    for address in ("", "verify/", f"c/{token}/"):
        english, chinese = text(public.get(f"/en/{address}")), text(public.get(f"/zh-hans/{address}"))
        assert f'href="/zh-hans/{address}"' in english
        assert f'href="/en/{address}"' in chinese
        with override("zh-hans"):
            assert gettext("Privacy notices and consent") in chinese


def test_uses_no_script(public, make):
    for address in ("", "verify/", f"c/{make()}/"):
        assert "<script" not in text(public.get(f"/en/{address}"))
