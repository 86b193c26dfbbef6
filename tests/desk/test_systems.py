"""The page of downstream systems, and telling their owners on the page of a batch."""

from uuid import uuid4

import pytest
from django.utils import timezone

from retention.models import DestructionBatch, DestructionRecord, DownstreamSystem, SystemTold
from retention.records import digest_of
from staff.roles import AUDITOR, OFFICER
from tests.desk.at_work import browser, text
from tests.desk.test_destruction import CONTENT, named
from tests.desk.test_destruction import number as number
from tests.desk.test_destruction import people as people
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
PAGE = "/retention/systems/"
SAID = {
    "name": "营销平台",
    "owner": "数据平台组",
    "contact": "p@example.com",
    "how": "mail",
    "categories": "basic",
}


def test_keeps_the_register_for_the_officer_and_shows_it_to_the_others(people):
    officer = browser(people[OFFICER])
    assert officer.post(f"{PAGE}save/", SAID)["Location"] == PAGE
    row = DownstreamSystem.objects.get()
    assert "营销平台" in text(officer.get(f"{PAGE}?system={row.pk}"))
    assert officer.post(f"{PAGE}save/", SAID).status_code == 409
    assert officer.post(f"{PAGE}save/", SAID | {"name": "b", "categories": ""}).status_code in (409, 422)
    changed = SAID | {"system": row.pk, "how": "phone", "fields_of": "mobile"}
    assert officer.post(f"{PAGE}save/", changed)["Location"] == PAGE
    row.refresh_from_db()
    assert (row.how, row.fields) == ("phone", ["mobile"])
    page = text(browser(people[AUDITOR]).get(PAGE))
    assert "p@example.com" in page
    assert "save/" not in page
    officer.post(f"{PAGE}{row.pk}/end/")
    assert officer.get(f"{PAGE}?system={row.pk}").status_code == 404
    assert officer.get(f"{PAGE}?system=nonsense").status_code == 404
    assert officer.post(f"{PAGE}{row.pk}/end/").status_code == 404


def test_notes_on_the_batch_that_an_owner_was_told(people, number):
    officer = browser(people[OFFICER])
    officer.post(f"{PAGE}save/", SAID)
    row, batch = DownstreamSystem.objects.get(), named(people, number)["Location"]
    found = DestructionBatch.objects.get()
    said = {"system": str(row.pk), "name": row.name, "owner": row.owner, "how": row.how}
    content = CONTENT | {"systems": [said]}
    DestructionRecord.objects.create(batch=found, content=content, digest=digest_of(content), at=clock())
    assert "system-told/" in text(officer.get(batch))
    assert "system-told/" not in text(browser(people[AUDITOR]).get(batch))
    today = timezone.localdate(clock()).isoformat()
    for system, status in ((row.pk, 302), (row.pk, 409), (uuid4(), 409), ("x", 422)):
        told = {"system": system, "told_on": today, "how": "mail"}
        assert officer.post(f"{batch}system-told/", told).status_code == status
    assert SystemTold.objects.count() == 1
    assert officer.post(f"{batch}certificate/").content.startswith(b"%PDF")
