"""The shipped catalogue is whole, and can be put in again without undoing what people changed."""

import pytest

from classification import shipped, shipped_purposes
from classification.models import Field, FieldVersion, Purpose, Scenario
from classification.queries import catalogue
from classification.services import SHIPPED_SINCE, install_shipped
from kinds import registry
from staff.roles import NAMES

CODES = {field.code for field in shipped.FIELDS}


def test_holds_at_least_thirty_fields_over_all_four_levels():
    assert len(shipped.FIELDS) >= 30
    assert {field.level for field in shipped.FIELDS} == {1, 2, 3, 4}
    assert len(CODES) == len(shipped.FIELDS)


@pytest.mark.parametrize(("clause", "level", "codes"), [
    ("S0-15", 1, {"surname", "public_contact", "member_level"}),
    ("S0-16", 2, {"full_name", "business_number", "preference_tags"}),
    ("S0-17", 3, {"resident_id", "mobile", "address", "bank_card"}),
    ("S0-18", 4, {"fingerprint_template", "payment_password", "credit_report", "authorisation_original"}),
    ("S1-1", 2, {"habit_tags"}),
    ("S1-1", 3, {"transaction_note"}),
    ("S4-1", 3, {"health_note", "browsing_note"}),
])  # fmt: skip
def test_lists_what_the_clauses_list(clause, level, codes):
    assert {field.code for field in shipped.FIELDS if field.level == level} >= codes


@pytest.mark.parametrize("field", shipped.FIELDS, ids=lambda field: field.code)
def test_every_field_can_be_worked_with(field):
    kind = registry.get(field.kind)
    assert field.name_zh
    assert field.name_en
    if field.index != "none":
        assert kind.indexable
        assert field.level == 3
    if field.index == "exact_last_four":
        assert kind.last_four
    if field.derived_from:
        base, part = field.derived_from.split(":")
        source = next(one for one in shipped.FIELDS if one.code == base)
        assert part in (*registry.get(source.kind).derives, *registry.get(source.kind).views)
    assert set(field.purposes) <= {row.code for row in shipped_purposes.PURPOSES}
    assert field.purposes or field.level == 4


def test_purposes_and_scenarios_fit_together():
    purposes = {row.code for row in shipped_purposes.PURPOSES}
    assert {role for row in shipped_purposes.PURPOSES for role in row.roles} <= set(NAMES)
    assert all(set(serves) <= purposes for _, _, _, serves, _ in shipped_purposes.SCENARIOS)
    assert all(set(row.necessary) <= set(row.fields()) for row in shipped_purposes.PURPOSES)
    assert [code for code, *_ in shipped_purposes.SCENARIOS] == [
        "registration",
        "handling",
        "survey",
        "maintenance",
    ]


@pytest.mark.django_db
def test_putting_it_in_again_changes_nothing():
    before = [
        Field.objects.count(),
        FieldVersion.objects.count(),
        Purpose.objects.count(),
        Scenario.objects.count(),
    ]
    Field.objects.filter(code="mobile").update(name_zh="移动电话", form_order=1)
    install_shipped()
    after = [
        Field.objects.count(),
        FieldVersion.objects.count(),
        Purpose.objects.count(),
        Scenario.objects.count(),
    ]
    assert after == before
    assert Field.objects.get(code="mobile").name_zh == "移动电话"


@pytest.mark.django_db
def test_nothing_is_confirmed_until_somebody_signs():
    assert not any(spec.confirmed for spec in catalogue(SHIPPED_SINCE).fields)
