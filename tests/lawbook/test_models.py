"""What no way of writing may do: edit or delete a fact or an entered year, or give a fact two values for one day."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from lawbook.models import FactVersion, WorkingYear
from trail import services as trail

pytestmark = pytest.mark.django_db


def refuses(act) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def sql(text: str):
    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(text)

    return act


def guardian() -> FactVersion:
    return FactVersion.objects.get(code="guardian_age")


def test_a_fact_is_never_edited_or_deleted() -> None:
    rows = FactVersion.objects.filter(code="guardian_age")
    refuses(lambda: rows.update(value=16))
    refuses(lambda: rows.update(until=date(2030, 1, 1), value=16))
    refuses(lambda: rows.update(certainty="mem", verified_on=None))
    refuses(rows.delete)
    refuses(sql("delete from lawbook_factversion"))
    refuses(sql("update lawbook_factversion set value = 1"))


def test_a_fact_gets_its_end_once() -> None:
    rows = FactVersion.objects.filter(code="guardian_age")
    rows.update(until=date(2030, 1, 1))
    refuses(lambda: rows.update(until=date(2031, 1, 1)))
    refuses(lambda: rows.update(until=None))


def test_a_fact_has_one_value_on_a_day() -> None:
    for since, until in ((date(2022, 1, 1), None), (date(2020, 1, 1), date(2022, 1, 1))):
        again = guardian()
        again.pk, again.since, again.until = None, since, until
        refuses(again.save)


@pytest.mark.parametrize(
    "change",
    [
        {"verified_on": None},
        {"verified_by": ""},
        {"source": ""},
        {"certainty": "sure"},
        {"certainty": "mem"},
        {"words_en": ""},
        {"until": date(2019, 1, 1)},
    ],
)
def test_refuses_a_fact_that_is_not_whole(change: dict[str, object]) -> None:
    other = guardian()
    other.pk, other.code = None, "other"
    for name, value in change.items():
        setattr(other, name, value)
    refuses(other.save)


def test_an_entered_year_is_never_edited_or_deleted() -> None:
    year = WorkingYear.objects.create(
        year=2091, days_off=["2091-01-01"], citation="通知", entered_at=trail.clock(), entered_by="system"
    )
    refuses(lambda: WorkingYear.objects.update(days_off=[]))
    refuses(year.delete)
