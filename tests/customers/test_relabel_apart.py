"""Values of a field that is signed to be L4: handed over, gone from the record, never read on this side."""

import json

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from classification.queries import catalogue
from customers import bulk
from customers.digests import FORMAT
from customers.models import Customer, IndexEntry, Misfit, ValueChange
from customers.relabel import concerned, following, run
from customers.writing import Overtaken
from files import apart
from files.models import ApartDeposit, ApartPart
from jobs.models import Job
from tests.customers.labels import move, relabel, signed
from tests.customers.test_relabel import batch, customer, edit
from trail.exposed import WRITTEN
from trail.models import Event, Exposure
from trail.services import clock
from vault.deposit import open_deposit

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
MOBILE = "15400000018"


def handed(settings, row: Customer, field: str) -> list[str]:
    """Return what the restricted host finds in the deposits of a customer's field."""
    found = []
    for deposit in ApartDeposit.objects.filter(subject=row.ref, field=field):
        sealed = apart.sealed_content(deposit)
        assert MOBILE.encode() not in sealed
        header, content = apart.unwrapped(open_deposit(sealed, settings.RESTRICTED_KEY_FILE))
        assert (header["subject"], header["field"]) == (str(row.ref), field)
        assert (header["deposit"], header["media_type"]) == (str(deposit.pk), apart.TEXT)
        assert deposit.size == len(content)
        found.append(content.decode())
    return found


def everywhere(row: Customer) -> str:
    """Return all that the record keeps of a customer, as one text."""
    row.refresh_from_db()
    changes = list(ValueChange.objects.filter(customer=row).values("field", "text", "origin"))
    return json.dumps([row.open, row.sealed, row.origins, changes], ensure_ascii=False)


def test_hands_a_sealed_value_over_and_keeps_nothing_of_it(house, settings) -> None:
    row = customer(house, email="a.nobody@example.com")
    edit(house, row, mobile="15400000026")
    edit(house, row, mobile=MOBILE)
    row.refresh_from_db()
    held, start = row.sealed["email"], Event.objects.order_by("-id")[0].pk
    job = relabel(house, "mobile", level=4, index="none")
    assert (job.done, job.outcome["moved"], job.outcome["misfits"]) == (1, 1, 0)
    assert handed(settings, row, "mobile") == [MOBILE]
    row.refresh_from_db()
    assert {"mobile"} & {*row.sealed, *row.open, *row.origins} == set()
    assert row.sealed["email"] == held
    assert not IndexEntry.objects.filter(field="mobile").exists()
    texts = set(ValueChange.objects.filter(customer=row, field="mobile").values_list("text", "level"))
    assert texts == {("••••", 4)}
    assert "154" not in everywhere(row)
    moved = Event.objects.get(pk__gt=start, kind="relabel.moved")
    assert (moved.facts["level"], moved.facts["moved"]) == (4, 1)
    told = list(Exposure.objects.filter(event=moved).values_list("act", "digest"))
    assert [act for act, _ in told] == [WRITTEN, WRITTEN]
    assert {bytes(digest)[0] for _, digest in told} == {FORMAT, apart.TOLD}


def test_hands_an_open_value_over(house, settings) -> None:
    row = customer(house, city="广州")
    relabel(house, "city", level=4)
    assert handed(settings, row, "city") == ["广州"]
    assert "广州" not in everywhere(row)
    assert not concerned.misplaced(catalogue(clock()).get("city")).exists()


def test_a_batch_that_dies_hands_over_nothing_and_is_made_once(house, settings, monkeypatch) -> None:
    row = customer(house)
    signed(house, "mobile", level=4, index="none")
    job = Job.objects.get(kind=run.RELABEL)

    def overtaken(changed) -> None:
        raise Overtaken

    with monkeypatch.context() as patch:
        patch.setattr(bulk, "update", overtaken)
        with pytest.raises(Overtaken):
            batch(job)
    row.refresh_from_db()
    assert "mobile" in row.sealed
    assert (ApartDeposit.objects.count(), ApartPart.objects.count()) == (0, 0)
    Job.objects.filter(pk=job.pk).update(lease_until=clock())
    move("mobile")
    following.follow("mobile", proposal=job.pk, at=clock())
    assert handed(settings, row, "mobile") == [MOBILE]


def test_nothing_goes_without_the_signed_label_or_unreadable(house, monkeypatch) -> None:
    row = customer(house)
    signed(house, "mobile", level=4, index="none")
    with monkeypatch.context() as patch:
        patch.setattr(run, "moved_apart_by", lambda field, at: None)
        assert move("mobile").outcome["misfits"] == 1
    row.refresh_from_db()
    assert Misfit.objects.get(customer=row).code == "not_approved"
    assert ("mobile" in row.sealed, ApartDeposit.objects.count()) == (True, 0)


def test_the_sweep_finds_what_an_old_form_wrote(house, settings) -> None:
    row = customer(house)
    signed(house, "city", level=4)
    Customer.objects.filter(pk=row.pk).update(open={**row.open, "city": "深圳"})
    (job,) = following.sweep(at=clock())
    assert job.parameters["field"] == "city"
    move("city")
    assert handed(settings, row, "city") == ["深圳"]


def test_an_old_value_is_hidden_and_nothing_else(house) -> None:
    row = customer(house, city="广州")
    edit(house, row, city="深圳")
    with pytest.raises(ProgrammingError, match="never edited"), connection.cursor() as cursor:
        cursor.execute("update customers_valuechange set level = 4, text = '深圳'")
