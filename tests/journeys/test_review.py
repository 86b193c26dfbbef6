"""A quarter's end: rights are confirmed or end, a leaver is cut off in the middle of it, and silence revokes."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from access.models import ReviewItem
from access.services import reviews
from access.tasks import tend_reviews
from staff.acting import person_of
from staff.models import Person
from tests.journeys.firm import NUMBER, Firm, Seat, Since
from trail.actor import Actor
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def decide(head: Seat, page: str, person: Person, kind: str, decision: str) -> None:
    """Find the right on the page and answer it there."""
    item = ReviewItem.objects.get(person=person, kind=kind)
    assert f"{page}{item.pk}/" in head.get(page)
    head.post(f"{page}{item.pk}/", decision=decision)


def test_a_quarter_is_reviewed_and_a_leaver_is_cut_off(firm: Firm) -> None:
    officer = firm.at_work("officer", department="south")
    security, head = firm.at_work("security"), firm.at_work("head")
    stays, goes, leaver = (firm.at_work("agent") for _ in range(3))
    since = Since()
    day = f"{clock() + timedelta(days=14):%Y-%m-%d}"
    page = security.post("/reviews/start/", last_day=day)["Location"]
    assert since.kinds() == ["review.started"]

    decide(head, page, stays.person, "role", "keep")
    decide(head, page, stays.person, "portfolio", "keep")
    decide(head, page, goes.person, "portfolio", "revoke")
    assert since.kinds() == ["review.decided", "review.decided", "portfolio.taken", "review.decided"]
    assert NUMBER in stays.get("/customers/list/")
    assert NUMBER not in goes.get("/customers/list/")
    assert NUMBER in leaver.get("/customers/list/")
    since.kinds()

    content = f"工号,状态,部门\n{leaver.person.number},离职,\n".encode("gb18030")
    file = security.post("/reviews/personnel/", file=SimpleUploadedFile("人事.csv", content))["Location"]
    (seen,) = re.findall(r'name="seen" value="(\w+)"', security.get(file))
    security.post(f"{file}confirm/", seen=seen)
    assert since.kinds() == [
        "staff.left",
        "portfolio.taken",
        "review.items_closed",
        "staff.hr_file_confirmed",
    ]
    assert leaver.client.get("/customers/list/")["Location"].startswith("/account/login/")
    assert not ReviewItem.objects.undecided().filter(person=leaver.person).exists()

    own = ReviewItem.objects.get(person=head.person, kind="headship")
    head.post(f"{page}{own.pk}/", 404, decision="keep")
    decide(officer, page, head.person, "headship", "keep")
    assert since.kinds() == ["review.decided"]


def test_what_nobody_confirmed_has_ended_before_anything_ran(firm: Firm) -> None:
    agent, head = firm.at_work("agent"), firm.seat("head")
    now = clock()
    by = Actor.system("access.review")
    reviews.start(deadline=now, by=by, at=now - timedelta(days=14))
    since = Since()
    # No job has run: what the agent may and reaches is worked out for each request.
    assert agent.client.get("/customers/list/").status_code == 403
    assert agent.client.get(firm.page).status_code == 403
    head.log_in(factor=False)  # nothing is left that would ask for one
    assert head.client.get("/reviews/").status_code == 403
    since.kinds()
    tend_reviews()
    ended = since.kinds()
    assert sorted(set(ended)) == [
        "portfolio.taken",
        "review.closed",
        "review.lapsed",
        "staff.headship_taken",
        "staff.role_taken",
    ]
    assert ended[-1] == "review.closed"
    assert not ReviewItem.objects.filter(verified_at=None).exists()
    assert person_of(firm.teacher).left_at is None
    tend_reviews()
    assert since.kinds() == []
