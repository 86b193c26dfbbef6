"""The permission review and the personnel file at the desk."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import PermissionReview, ReviewItem
from access.models.reviews import KEEP, NARROW, REVOKE
from access.services import reviews
from customers.services import placing
from staff.models import HrFile, Person
from staff.roles import AGENT, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import Cast, kinds_since, last_event
from tests.desk.at_work import badges, browser, text
from tests.staff.company import ago, set_facts
from trail import services as trail

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


class Office:
    """An agent of the north, the head who decides, and the security manager who started a review."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.agent, self.head = cast.agent(), cast.person(HEAD)
        self.security = cast.person(SECURITY, department="south")
        self.officer = cast.officer(department="south")

    def start(self) -> PermissionReview:
        at = trail.clock()
        review = reviews.start(deadline=at + timedelta(days=14), by=self.security, at=at)
        self.page = f"/reviews/{review.pk}/"
        return review

    def item(self, actor, kind: str = "role") -> ReviewItem:
        return ReviewItem.objects.get(person_id=actor.id, kind=kind)


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office(cast)


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_the_security_manager_starts_one(office) -> None:
    client = browser(office.security)
    assert "还没有进行过权限审计" in text(client.get("/reviews/"))
    answer = client.post("/reviews/start/", {"last_day": day(14)})
    review = PermissionReview.objects.get()
    assert answer["Location"] == f"/reviews/{review.pk}/"
    assert "/reviews/start/" not in text(client.get("/reviews/"))
    assert "权限审计" in text(browser(office.head).get("/notifications/"))


@pytest.mark.parametrize(("said", "status"), [("", 422), ("x", 422), (day(0), 409), (day(90), 409)])
def test_says_why_none_starts(office, said: str, status: int) -> None:
    assert browser(office.security).post("/reviews/start/", {"last_day": said}).status_code == status
    assert not PermissionReview.objects.exists()


def test_only_the_security_manager_starts_and_others_read(office) -> None:
    office.start()
    for role in (HEAD, OFFICER, AUDITOR):
        client = browser(office.cast.person(role, department="south"))
        assert client.post("/reviews/start/", {"last_day": day(14)}).status_code == 403
        assert client.get(office.page).status_code == 200
    for role in (AGENT, SUPERVISOR, CUSTODIAN):
        assert browser(office.cast.person(role)).get(office.page).status_code == 403


def test_a_head_sees_and_decides_about_the_own_people_alone(office) -> None:
    south = office.cast.agent(department="south", serves="south")
    office.start()
    client = browser(office.head)
    words = text(client.get(office.page))
    assert office.agent.name in words
    assert south.name not in words
    for item in (office.item(south), office.item(office.head, "headship")):
        answer = client.post(f"{office.page}{item.pk}/", {"decision": KEEP})
        assert answer.status_code == 404
    assert not ReviewItem.objects.exclude(decision="").exists()


@pytest.mark.parametrize(
    ("decision", "more"), [(KEEP, {}), (REVOKE, {}), (NARROW, {"until": day(30)})], ids=[KEEP, REVOKE, NARROW]
)
def test_a_head_decides(office, decision: str, more: dict[str, str]) -> None:
    office.start()
    item = office.item(office.agent)
    answer = browser(office.head).post(
        f"{office.page}{item.pk}/?state=all&page=1", {"decision": decision, **more}
    )
    assert answer["Location"] == f"{office.page}?state=all&page=1"
    item.refresh_from_db()
    assert (item.decision, item.decided_by_number) == (decision, office.head.number)
    assert bool(item.until) == bool(more)


def test_says_why_nothing_was_decided(office) -> None:
    office.start()
    client, item = browser(office.head), office.item(office.agent)
    assert client.post(f"{office.page}{item.pk}/", {"decision": "x"}).status_code == 422
    assert client.post(f"{office.page}{item.pk}/", {"decision": NARROW}).status_code == 409
    client.post(f"{office.page}{item.pk}/", {"decision": KEEP})
    again = client.post(f"{office.page}{item.pk}/", {"decision": REVOKE})
    assert again.status_code == 409
    assert "已有人" in text(again)


def test_asks_for_the_second_factor_first(office) -> None:
    office.start()
    stale = browser(office.head)
    set_facts(stale, factor_at=ago(hours=1))
    answer = stale.post(f"{office.page}{office.item(office.agent).pk}/", {"decision": KEEP})
    assert answer["Location"] == "/session/step-up/"


def test_keeps_together_only_what_is_easy(office) -> None:
    used = office.cast.agent()
    client = browser(used)
    client.get(f"/customers/{office.cast.customer().ref}/")
    office.start()
    head = browser(office.head)
    easy = [office.item(used).pk, office.item(used, "portfolio").pk]
    words = text(head.get(office.page))
    assert all(f'name="items" value="{one}"' in words for one in easy)
    assert f'name="items" value="{office.item(office.agent).pk}"' not in words
    odd = head.post(f"{office.page}keep/", {"items": [*easy, office.item(office.agent).pk]})
    assert odd.status_code == 409
    assert head.post(f"{office.page}keep/", {"items": easy}).status_code == 302
    assert set(ReviewItem.objects.filter(pk__in=easy).values_list("decision", flat=True)) == {KEEP}
    assert head.post(f"{office.page}keep/", {"items": []}).status_code == 404


def test_the_number_of_a_customer_is_for_those_who_find_customers(office) -> None:
    customer = office.cast.customer("NORTH-0099")
    placing.assign(ref=customer.ref, person=office.agent.id, by=office.head, at=office.cast.at)
    office.start()
    assert "NORTH-0099" in text(browser(office.head).get(office.page))
    assert "NORTH-0099" not in text(browser(office.security).get(office.page))


def test_a_department_of_hundreds_takes_no_more_questions(office) -> None:
    client = browser(office.head)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(office.page).status_code == 200
        return len(seen.captured_queries)

    for _ in range(2):
        office.cast.agent()
    review = office.start()
    asked()
    few = asked()
    person = Person.objects.get(pk=office.agent.id)
    ReviewItem.objects.bulk_create(
        ReviewItem(
            review=review,
            person=person,
            department=person.department,
            kind="role",
            key=str(key),
            which=AGENT,
        )
        for key in range(10**6, 10**6 + 400)
    )
    assert asked() == few
    assert few < 35  # of which the frame takes some five


def test_the_navigation_counts_what_waits(office) -> None:
    office.start()
    assert badges(browser(office.head)) == {
        "permission_reviews": "3"
    }  # the agent's two, and the only officer's role


def test_hands_out_the_report_signed_by_its_decisions(office) -> None:
    office.start()
    item = office.item(office.agent)
    browser(office.head).post(f"{office.page}{item.pk}/", {"decision": REVOKE})
    item.refresh_from_db()
    reader = browser(office.cast.person(AUDITOR, department="south"))
    start = last_event()
    answer = reader.post(f"{office.page}report/", {"format": "xlsx"})
    assert kinds_since(start) == ["review.downloaded"]
    sheet: Any = openpyxl.load_workbook(BytesIO(answer.content)).active
    rows = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    (line,) = (row for row in rows if str(item.event) in row)
    assert office.agent.number in line
    assert f"{office.head.name} ({office.head.number})" in line
    assert "已收回" in line
    pdf = reader.post(f"{office.page}report/", {"format": "pdf"})
    assert pdf.content.startswith(b"%PDF")
    assert reader.post(f"{office.page}report/", {"format": "doc"}).status_code == 404


# --- the personnel file ------------------------------------------------------------------------------------------
def bring(client: Client, *rows: str, encoding: str = "gb18030") -> str:
    content = "\n".join(("工号,状态,部门", *rows)).encode(encoding)
    answer = client.post("/reviews/personnel/", {"file": SimpleUploadedFile("人事.csv", content)})
    assert answer.status_code == 302, text(answer)
    return answer["Location"]


def test_a_file_is_shown_and_then_confirmed(office) -> None:
    mover = office.cast.agent()
    office.start()
    client = browser(office.security)
    page = bring(client, f"{office.agent.number},离职,", f"{mover.number},在职,south", "X1,在职,north")
    words = text(client.get(page))
    assert office.agent.name in words
    assert "X1" in words
    assert Person.objects.get(pk=office.agent.id).left_at is None
    seen = words.split('name="seen" value="')[1].split('"')[0]
    start = last_event()
    assert client.post(f"{page}confirm/", {"seen": seen})["Location"] == "/people/"
    assert kinds_since(start) == [
        "staff.left",
        "portfolio.taken",
        "review.items_closed",
        "staff.role_taken",
        "portfolio.taken",
        "staff.moved",
        "review.items_closed",
        "staff.hr_file_confirmed",
    ]
    assert Person.objects.get(pk=office.agent.id).left_at is not None
    assert client.post(f"{page}confirm/", {"seen": seen}).status_code == 409


def test_bad_rows_are_named_by_line_and_column(office) -> None:
    client = browser(office.security)
    page = bring(client, f"{office.agent.number},离职,", "A9,不知道,north")
    words = text(client.get(page))
    assert ">3<" in words
    assert "状态" in words
    assert 'name="seen"' not in words
    assert client.post(f"{page}confirm/", {"seen": ""}).status_code == 409
    assert Person.objects.get(pk=office.agent.id).left_at is None


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", "工号\nA1".encode()])
def test_says_why_a_file_cannot_be_read(office, content: bytes) -> None:
    client = browser(office.security)
    answer = client.post("/reviews/personnel/", {"file": SimpleUploadedFile("a.csv", content)})
    assert answer.status_code == 422
    assert not HrFile.objects.exists()


def test_a_file_is_for_whoever_brought_it(office) -> None:
    page = bring(browser(office.security), "X1,在职,north")
    other = browser(office.cast.person(SECURITY))
    assert other.get(page).status_code == 404
    assert browser(office.head).get(page).status_code == 403
