from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import Error, connection, transaction

from tests.trail.cast import ALICE, SHOWN, WANG
from trail import services
from trail.exposed import Exposed
from trail.models import Event, Exposure
from trail.tasks import make_partitions

pytestmark = pytest.mark.django_db


def exists(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s) is not null", [table])
        return bool(cursor.fetchone()[0])


def test_makes_room_for_earlier_and_later_months():
    made = services.make_partitions(by=ALICE, at=services.clock(), first=date(2019, 11, 30), months=3)
    assert made == [
        f"{table}_{month}"
        for month in ("2019_11", "2019_12", "2020_01")
        for table in ("trail_event", "trail_exposure")
    ]
    event = Event.objects.filter(kind="trail.partitions_made").latest("id")
    assert event.facts == {"partitions": made}
    for at in (datetime(2019, 11, 1, tzinfo=UTC), datetime(2020, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)):
        receipt = services.record(SHOWN, by=ALICE, at=at, exposures=[Exposed(WANG, "opened")])
        assert Exposure.objects.get(event_id=receipt.event, at=at)
    with pytest.raises(services.TrailUnavailable):
        services.record(SHOWN, by=ALICE, at=datetime(2020, 2, 1, tzinfo=UTC))


def test_makes_nothing_and_records_nothing_when_all_is_there():
    services.make_partitions(by=ALICE, at=services.clock())
    before = Event.objects.count()
    assert services.make_partitions(by=ALICE, at=services.clock()) == []
    assert Event.objects.count() == before


def test_has_room_for_six_months_back_and_a_year_ahead():
    now = services.clock()
    for days in range(-180, 366, 5):
        at = now + timedelta(days=days)
        assert exists(f"trail_event_{at:%Y_%m}")
        assert exists(f"trail_exposure_{at:%Y_%m}")


def test_the_daily_task_keeps_eighteen_months_ahead():
    make_partitions()
    ahead = services.clock() + timedelta(days=18 * 30)
    assert exists(f"trail_event_{ahead:%Y_%m}")


@pytest.mark.parametrize("months", [0, 121, -1])
def test_refuses_absurd_requests(months):
    with pytest.raises(services.TrailUnavailable):
        services.make_partitions(by=ALICE, at=services.clock(), months=months)


def test_the_function_is_for_the_application_alone():
    with connection.cursor() as cursor:
        cursor.execute(
            "select proacl::text from pg_proc where proname = 'trail_make_partitions' and prosecdef and"
            " array_to_string(proconfig, ';') like '%%search_path=pg_catalog, public, pg_temp%%'"
        )
        (acl,) = cursor.fetchone()
    assert "custinfo_app=X" in acl
    assert "{=X" not in acl
    assert ",=X" not in acl


def test_the_application_makes_no_tables_itself():
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        connection.cursor().execute("create table public.mine (id int)")
