"""What two people sign about a purpose: its terms change, it begins, it ends, and what that leaves unneeded."""

from datetime import timedelta

import pytest
from django.utils import translation

from approvals import queries
from approvals import services as approvals
from approvals.models import Proposal
from approvals.registry import CannotApply
from approvals.services import NotSigned
from classification import purpose_words
from classification.models import PurposeVersion, Scenario
from classification.proposals import purposes as proposals
from classification.proposals.terms import TERMS
from classification.purposes import purpose_at, unserved
from classification.queries import catalogue
from classification.words import refusal_words
from staff.models import Department
from staff.services.people import NotAllowed
from tests.customers.conftest import House, build_house
from trail.models import Event
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
NEW = {
    "basis": "consent",
    "basis_reason_zh": "",
    "basis_reason_en": "",
    "fields": {"full_name": "necessary", "surname": "optional", "city": "optional"},
    "necessary_for_service": False,
    "service_reason_zh": "",
    "service_reason_en": "",
    "retain_months": 6,
    "retain_from": "collection",
    "consent_months": 12,
    "automated": False,
    "roles": ["agent"],
    "owner": "north",
}


@pytest.fixture
def house(db: None) -> House:
    return build_house()


def sign(made: Proposal, *people) -> None:
    for person in people:
        approvals.approve(made.pk, seen_hash=made.content_hash, by=person, at=clock())


def change(house: House, code: str = "survey", **terms) -> Proposal:
    return proposals.propose_change(
        code, {"owner": "north"} | terms, supersedes=1, reason="按新业务", by=house.officer, at=clock()
    )


def begin(
    house: House, code: str = "raffles", name_zh="抽奖", name_en="Raffles", scenarios=(), **terms
) -> Proposal:
    return proposals.propose_new(
        code,
        NEW | terms,
        name_zh=name_zh,
        name_en=name_en,
        scenarios=scenarios,
        reason="新活动",
        by=house.officer,
        at=clock(),
    )


def end(house: House, code: str = "survey", supersedes: int = 1) -> Proposal:
    return proposals.propose_end(code, supersedes=supersedes, reason="不再需要", by=house.officer, at=clock())


def refused(call) -> str:
    with pytest.raises(CannotApply) as problem:
        call()
    known = {"changed_meanwhile", "nothing_changes"}
    assert refusal_words(problem.value) or problem.value.code in known
    return problem.value.code


def test_two_people_change_a_purpose_and_the_old_version_ends(house) -> None:
    start = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    before = purpose_at("survey", clock())
    assert before is not None
    gone = next(iter(before.fields))
    fields = {code: need for code, need in before.fields.items() if code != gone} | {"plate": "optional"}
    made = change(house, retain_months=7, fields=fields)
    sign(made, house.officer, house.head)
    old, new = PurposeVersion.objects.filter(purpose="survey").order_by("number")
    assert (old.until, new.number, new.shipped, new.proposal) == (new.since, 2, False, made.pk)
    assert (new.retain_months, new.owner, new.basis) == (7, "north", old.basis)
    assert "survey" in catalogue(clock()).get("plate").purposes
    event = Event.objects.get(id__gt=start, kind="purpose.changed")
    assert (event.facts["added"], event.facts["removed"]) == (["plate"], [gone])
    assert event.request == str(made.pk)


def test_nothing_changes_after_one_signature(house) -> None:
    sign(change(house, retain_months=7), house.officer)
    spec = purpose_at("survey", clock())
    assert spec is not None
    assert spec.version == 1


def test_begins_a_purpose_whose_fields_may_be_filled_from_then_on(house) -> None:
    made = begin(house)
    assert purpose_at("raffles", clock()) is None
    sign(made, house.head, house.officer)
    spec = purpose_at("raffles", clock())
    assert spec is not None
    assert (spec.name_zh, spec.name_en, spec.version, spec.confirmed) == ("抽奖", "Raffles", 1, True)
    assert spec.needs("full_name")
    assert Event.objects.filter(kind="purpose.added", facts__purpose="raffles").count() == 1


def asked_in(scenario: str) -> set[str]:
    """What forms and imports of a scenario ask for now."""
    chosen = Scenario.objects.get(code=scenario)
    return {spec.code for spec in catalogue(clock()).asked_in(chosen.purposes)}


def test_a_new_purpose_is_asked_for_in_the_scenarios_that_were_signed_and_in_no_other(house) -> None:
    made = begin(house, scenarios=["survey"], fields={"plate": "optional"})
    assert "plate" not in asked_in("survey") | asked_in("registration")
    sign(made, house.head, house.officer)
    assert "plate" in asked_in("survey")
    assert "plate" not in asked_in("registration")
    event = Event.objects.filter(kind="purpose.added").latest("id")
    assert event.facts["scenarios"] == ["survey"]


def test_where_a_purpose_asks_changes_with_its_next_version_alone(house) -> None:
    sign(begin(house, scenarios=["survey"], fields={"plate": "optional"}), house.head, house.officer)
    moved = proposals.propose_change(
        "raffles",
        {},
        supersedes=1,
        scenarios=["registration"],
        reason="改在注册时",
        by=house.officer,
        at=clock(),
    )
    with translation.override("en"):
        lines = {str(line.label): (line.before, line.after) for line in proposals.describe(moved.content)}
    assert lines["Collected in"] == ("Survey of needs", "Registration")
    assert "plate" in asked_in("survey")
    sign(moved, house.officer, house.head)
    assert ("plate" in asked_in("survey"), "plate" in asked_in("registration")) == (False, True)
    kept = proposals.propose_change(
        "raffles", {"retain_months": 9}, supersedes=2, reason="更久", by=house.officer, at=clock()
    )
    sign(kept, house.officer, house.head)
    assert "plate" in asked_in("registration")


def test_refuses_a_scenario_that_there_is_not(house) -> None:
    assert refused(lambda: begin(house, scenarios=["fair"])) == "unknown_scenarios"


def test_an_ended_purpose_leaves_its_fields_to_be_disposed_of(house) -> None:
    sign(begin(house, fields={"plate": "optional", "city": "optional"}), house.officer, house.head)
    others = [code for code in catalogue(clock()).get("plate").purposes if code != "raffles"]
    for code in others:
        PurposeVersion.objects.filter(purpose=code, until=None).update(until=clock())
    assert "plate" not in unserved(clock())
    made = end(house, "raffles")
    assert "plate" in made.content["left"]
    sign(made, house.officer, house.head)
    assert purpose_at("raffles", clock()) is None
    ended = PurposeVersion.objects.get(purpose="raffles")
    assert unserved(clock())["plate"] == ended.until
    assert "plate" not in unserved(ended.until - timedelta(seconds=1))
    assert Event.objects.get(kind="purpose.ended").facts["fields"] == ["city", "plate"]
    assert refused(lambda: end(house, "raffles")) == "ended_already"


def test_an_ended_purpose_begins_again_as_its_next_version(house) -> None:
    sign(end(house), house.officer, house.head)
    sign(change(house), house.officer, house.head)
    spec = purpose_at("survey", clock())
    assert spec is not None
    assert spec.version == 2
    assert not unserved(clock()).keys() & spec.fields.keys()


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"basis": "habit"}, "unknown_basis"),
        ({"basis": "contract"}, "basis_reason_missing"),
        ({"necessary_for_service": True}, "service_reason_missing"),
        ({"service_reason_zh": "长" * 301}, "reason_too_long"),
        ({"retain_months": 0}, "bad_retention"),
        ({"retain_from": "birth"}, "bad_retention"),
        ({"consent_months": 0}, "bad_consent_term"),
        ({"roles": ["owner"]}, "unknown_roles"),
        ({"owner": "nowhere"}, "unknown_owner"),
        ({"fields": {}}, "no_fields"),
        ({"fields": {"no_such": "optional"}}, "unknown_fields"),
        ({"fields": {"city": "perhaps"}}, "unknown_fields"),
        ({"fields": {"surname": "optional"}}, "derived_alone"),
    ],
)
def test_refuses_terms_that_no_purpose_could_have(house, terms, code) -> None:
    assert refused(lambda: begin(house, **terms)) == code


def test_names_an_active_department(house) -> None:
    Department.objects.filter(code="north").update(active=False)
    assert refused(lambda: begin(house)) == "unknown_owner"


def test_a_reason_in_one_language_is_enough(house) -> None:
    begin(house, basis="legal_duty", basis_reason_zh="反洗钱法")


def test_refuses_codes_and_names_that_nobody_could_use(house) -> None:
    assert refused(lambda: begin(house, code="survey")) == "purpose_taken"
    assert refused(lambda: begin(house, code="Raffle 1")) == "bad_purpose_code"
    assert refused(lambda: begin(house, name_en=" ")) == "purpose_names_missing"
    assert refused(lambda: change(house, "no_such")) == "unknown_purpose"


def test_refuses_a_change_that_changes_nothing_or_is_of_yesterday(house) -> None:
    sign(change(house), house.officer, house.head)
    assert refused(lambda: change(house, retain_months=5)) == "changed_meanwhile"
    same = {"supersedes": 2, "reason": "x", "by": house.officer, "at": clock()}
    assert refused(lambda: proposals.propose_change("survey", {}, **same)) == "nothing_changes"


def test_of_two_proposals_for_one_version_the_second_is_not_carried_out(house) -> None:
    first, second = change(house, retain_months=5), change(house, retain_months=4)
    sign(first, house.officer, house.head)
    sign(second, house.officer)
    with pytest.raises(NotSigned, match="cannot_apply"):
        sign(second, house.head)
    assert PurposeVersion.objects.get(purpose="survey", until=None).retain_months == 5


def test_only_an_officer_proposes(house) -> None:
    with pytest.raises(NotAllowed):
        proposals.propose_end("survey", supersedes=1, reason="x", by=house.head, at=clock())


def test_says_line_by_line_what_would_change(house) -> None:
    before = purpose_at("survey", clock())
    assert before is not None
    gone = next(iter(before.fields))
    fields = {code: need for code, need in before.fields.items() if code != gone} | {"plate": "necessary"}
    made = change(house, fields=fields, basis="contract", basis_reason_en="in the contract")
    with translation.override("en"):
        lines = {str(one.label): (str(one.before), str(one.after)) for one in queries.lines(made)}
        names = {code: catalogue(clock()).get(code).name for code in (gone, "plate")}
    assert lines["Legal basis"] == ("the customer's consent", "needed to conclude or fulfil a contract")
    assert lines[f"Field “{names['plate']}”"] == ("", "necessary")
    assert lines[f"Field “{names[gone]}”"][1] == "no longer needed"


def test_an_end_says_which_fields_nobody_may_fill_any_more(house) -> None:
    PurposeVersion.objects.exclude(purpose="survey").filter(until=None).update(until=clock())
    made = end(house)
    with translation.override("en"):
        lines = {str(one.label): str(one.after) for one in queries.lines(made)}
        name = catalogue(clock()).get("city").name
    assert name in lines["Fields that nobody may fill any more"]
    assert lines["State"] == "ends with the last signature"


def test_every_part_and_refusal_has_words() -> None:
    assert set(purpose_words.PARTS) == set(TERMS)
    for code in purpose_words.REFUSALS:
        assert refusal_words(CannotApply(code, purpose="x", field="x", base="x"))
