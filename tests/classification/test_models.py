"""The database itself keeps the rules of the catalogue."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from classification.models import Field, FieldVersion, Purpose, PurposeVersion

pytestmark = pytest.mark.django_db
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def version(**changes):
    """Make a second field with one version."""
    field, _ = Field.objects.get_or_create(code="shoe_size", name_zh="鞋码", name_en="Shoe size")
    facts = {"number": 1, "category": "basic", "level": 2, "kind": "text", "since": SINCE, "shipped": True}
    return FieldVersion.objects.create(field=field, **(facts | changes))


def refused(make):
    with pytest.raises(DatabaseError), transaction.atomic():
        make()


def test_a_good_version_goes_in():
    assert version().field.code == "shoe_size"


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": 5},
        {"level": 0},
        {"until": SINCE},
        {"index": "exact"},
        {"level": 4, "index": "exact"},
        {"shipped": False},
        {"derived_from": "full_name:surname", "level": 3},
        {"derived_from": "full_name:surname", "required": True},
        {"derived_from": "nothing_there:surname"},
    ],
)
def test_refuses_a_version_that_breaks_a_rule(wrong):
    refused(lambda: version(**wrong))


def test_refuses_a_second_open_version():
    version()
    refused(lambda: version(number=2))


def test_a_signed_version_follows_an_ended_one():
    first = version()
    FieldVersion.objects.filter(pk=first.pk).update(until=SINCE + timedelta(days=1))
    version(number=2, since=SINCE + timedelta(days=1), shipped=False, proposal=uuid4())


@pytest.mark.parametrize("change", [{"level": 1}, {"kind": "note"}, {"sensitive": True}, {"required": True}])
def test_a_version_is_never_edited(change):
    made = version()
    refused(lambda: FieldVersion.objects.filter(pk=made.pk).update(**change))


def test_an_end_is_set_once():
    made = version()
    rows = FieldVersion.objects.filter(pk=made.pk)
    rows.update(until=SINCE + timedelta(days=1))
    refused(lambda: rows.update(until=SINCE + timedelta(days=2)))


def test_a_version_is_never_deleted():
    made = version()
    refused(lambda: FieldVersion.objects.filter(pk=made.pk).delete())


@pytest.mark.parametrize("table", ["field", "purpose", "scenario"])
def test_a_code_never_changes(table):
    def rename():
        with connection.cursor() as cursor:
            cursor.execute(f"update classification_{table} set code = 'other_' || left(code, 20)")

    refused(rename)


def test_refuses_an_upper_case_code():
    with pytest.raises(IntegrityError), transaction.atomic():
        Field.objects.create(code="ShoeSize", name_zh="鞋码", name_en="Shoe size")


def purpose_version(**changes):
    """Make a purpose with one version."""
    purpose, _ = Purpose.objects.get_or_create(code="raffle", name_zh="抽奖", name_en="Raffle")
    facts = {
        "number": 1,
        "basis": "consent",
        "fields": {"mobile": "necessary"},
        "since": SINCE,
        "shipped": True,
    }
    facts |= {"retain_months": 12, "retain_from": "collection"}
    return PurposeVersion.objects.create(purpose=purpose, **(facts | changes))


@pytest.mark.parametrize(
    "wrong",
    [
        {"basis": "habit"},
        {"basis": "contract"},
        {"necessary_for_service": True},
        {"retain_months": 0},
        {"retain_from": "whenever"},
        {"until": SINCE},
        {"shipped": False},
    ],
)
def test_refuses_a_purpose_that_breaks_a_rule(wrong):
    refused(lambda: purpose_version(**wrong))


@pytest.mark.parametrize("change", [{"basis_reason_zh": "方便"}, {"fields": {}}, {"retain_months": 99}])
def test_a_version_of_a_purpose_is_never_edited(change):
    made = purpose_version()
    refused(lambda: PurposeVersion.objects.filter(pk=made.pk).update(**change))


def test_a_version_of_a_purpose_is_never_deleted():
    made = purpose_version()
    refused(lambda: PurposeVersion.objects.filter(pk=made.pk).delete())
