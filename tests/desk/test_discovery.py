"""The pages of discovery: list, one doubt, dismissal, run now with progress, how well it finds; no value in clear."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.discovery import run
from customers.discovery.doubts import runs
from customers.models import Customer, DoubtDismissal, LabelDoubt
from jobs import running
from staff.roles import AUDITOR, OFFICER
from tests.access.cast import Cast
from tests.customers.discovering import MOBILE, RESIDENT_ID, hold, run_now
from tests.desk.at_work import browser, text
from tests.staff.company import kinds_since, last_event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
LIST = "/discovery/"


@pytest.fixture
def officer(cast: Cast):
    return cast.person(OFFICER)


@pytest.fixture
def pasted(cast: Cast, officer) -> Customer:
    """A customer with a mobile number pasted into a note, found by a run."""
    portfolio = cast.customer().portfolio
    Customer.objects.all().delete()
    (customer,) = hold(portfolio, {"service_note": f"客户说回电{MOBILE}"})
    run_now(officer)
    return customer


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return text(answer)


def of_doubt() -> str:
    doubt = LabelDoubt.objects.order_by("place").first()  # of a whole field before those of single texts
    assert doubt is not None
    return reverse("desk:doubt", args=[doubt.pk])


def test_says_what_would_fill_it_before_the_first_run(officer):
    words = page(browser(officer), LIST)
    assert "尚无完成的扫描" in words
    assert "立即扫描" in words


def test_lists_doubts_with_evidence_and_without_values(pasted, officer):
    words = page(browser(officer), LIST)
    assert "L2-服务备注" in words
    assert "此文本中有 1 个" in words
    assert MOBILE not in words
    assert "154****0018" not in words
    assert str(pasted.ref)[:8] in words
    assert "准确率" in words


def test_shows_one_doubt_under_the_mask_of_its_kind_and_records_it(pasted, officer):
    client = browser(officer)
    start = last_event()
    words = page(client, of_doubt())
    assert "154****0018" in words
    assert MOBILE not in words
    assert reverse("desk:customer", args=[pasted.ref]) in words
    assert kinds_since(start) == ["doubt.read"]


def test_shows_the_auditor_counts_only(pasted, cast: Cast):
    client = browser(cast.person(AUDITOR))
    assert "立即扫描" not in page(client, LIST)
    start = last_event()
    words = page(client, of_doubt())
    assert "154****0018" not in words
    assert 'name="reason"' not in words
    assert kinds_since(start) == []


def test_leads_from_a_field_to_its_place_in_the_catalogue(cast: Cast, officer):
    portfolio = cast.customer().portfolio
    hold(portfolio, *[{"business_number": RESIDENT_ID}] * 4, first=50)
    run_now(officer)
    words = page(browser(officer), of_doubt())
    assert 'href="/catalogue/business_number/"' in words
    assert "119900********0010" in words
    assert RESIDENT_ID not in words


def test_dismisses_with_a_reason_until_a_day(pasted, officer):
    client = browser(officer)
    day = timezone.localdate() + timedelta(days=30)
    answer = client.post(of_doubt() + "dismiss/", {"reason": "客户公开的号码", "until": f"{day}"})
    assert answer.status_code == 302
    made = DoubtDismissal.objects.get()
    assert timezone.localdate(made.until) == day
    assert "没有发现错标或漏标" in page(client, LIST)
    assert "L2-服务备注" in page(client, LIST + "?state=dismissed")
    assert "客户公开的号码" in page(client, of_doubt())
    assert (
        client.post(of_doubt() + "dismiss/", {"reason": "x", "until": f"{day}"}, follow=True).status_code
        == 200
    )
    assert DoubtDismissal.objects.count() == 1


@pytest.mark.parametrize(("reason", "days"), [("", 30), ("x", 0), ("x", 500)])
def test_keeps_what_was_typed_when_a_dismissal_is_incomplete(pasted, officer, reason, days):
    day = timezone.localdate() + timedelta(days=days)
    answer = browser(officer).post(of_doubt() + "dismiss/", {"reason": reason, "until": f"{day}"})
    assert answer.status_code == 422
    assert f'value="{day}"' in text(answer)
    assert not DoubtDismissal.objects.exists()


def test_runs_now_and_shows_its_progress_to_every_reader(officer, cast: Cast):
    client = browser(officer)
    assert client.post(reverse("desk:discovery_run"))["Location"] == LIST
    job = runs().get()
    progress = reverse("desk:discovery_progress", args=[job.pk])
    words = page(client, LIST)
    assert f'hx-get="{progress}"' in words
    assert "立即扫描" not in words
    reader = browser(cast.person(AUDITOR))
    assert f'hx-get="{progress}"' in page(reader, progress)
    running.run(job.pk, run.look)
    assert f'href="{LIST}"' in page(reader, progress)


def test_filters_by_place(pasted, officer):
    client = browser(officer)
    assert "L2-服务备注" in page(client, LIST + "?place=note")
    assert "L2-服务备注" not in page(client, LIST + "?place=field")


def test_counts_open_doubts_on_the_officers_home(pasted, officer):
    words = page(browser(officer), "/")
    assert "疑似错标或漏标" in words
    assert f'class="tile tile-attention" href="{LIST}"' in words


def test_speaks_english(pasted, officer):
    client = browser(officer)
    client.post(reverse("set_language"), {"language": "en"})
    words = page(client, LIST)
    assert "Looks like" in words
    assert "a mobile number" in words
