"""Notices and the policy as anybody may read them."""

from datetime import timedelta

import pytest

from consent.models import NoticeText, NoticeVersion
from tests.consent.builders import published
from tests.desk.at_work import text
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default"])


@pytest.fixture
def two_versions(db) -> NoticeVersion:
    at = clock()
    published(at - timedelta(days=30))
    version = published(at - timedelta(days=1))
    published(at + timedelta(days=1))
    return version


def test_lists_the_version_in_force_with_all_earlier_ones(public, two_versions):
    words = text(public.get("/en/"))
    assert "Version 2, since" in words
    assert "Version 1 of" in words
    assert "Version 3" not in words
    assert words.count("0" * 64) == 2


def test_shows_a_version_in_both_languages(public, two_versions):
    section = {"code": "method", "title": "How", "text": "On paper.\n\n<b>Only</b> so.", "items": ["Name"]}
    version = NoticeVersion.objects.create(
        notice=two_versions.notice, number=4, published_at=clock(), proposal=two_versions.proposal
    )
    for language, digest in (("en", "1" * 64), ("zh-hans", "2" * 64)):
        NoticeText.objects.create(version=version, language=language, sections=[section], sha256=digest)
        words = text(public.get(f"/{language}/notices/counter/4/"))
        assert "&lt;b&gt;Only&lt;/b&gt; so." in words
        assert "<li>Name</li>" in words
        assert digest in words


def test_says_that_a_version_is_no_longer_in_force(public, two_versions):
    assert "a newer one is in force" in text(public.get("/en/notices/counter/1/"))
    assert "a newer one is in force" not in text(public.get("/en/notices/counter/2/"))


@pytest.mark.parametrize("address", ["counter/3", "counter/9", "nothing/1"])
def test_knows_no_other_versions(address, public, two_versions):
    assert public.get(f"/en/notices/{address}/").status_code == 404


def test_says_so_when_nothing_was_published(public):
    assert "Nothing has been published yet." in text(public.get("/en/"))


def test_keeps_where_one_reads_to_itself(public, two_versions):
    page = public.get("/en/")
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store, private"
    assert page["X-Frame-Options"] == "DENY"
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert not page.cookies
