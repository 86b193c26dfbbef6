"""What two people sign about a field: its label changes, fields are added, shipped defaults are confirmed."""

from datetime import timedelta

import pytest

from approvals import queries
from approvals.models import Proposal
from approvals.registry import CannotApply
from approvals.services import NobodyCanSign, NotSigned
from classification.models import FieldVersion
from classification.proposals import confirming, fields
from classification.proposals.signers import head_and_officer
from classification.queries import catalogue, not_yet_confirmed
from classification.review import REVIEW_EVERY, reviews
from classification.words import REFUSALS, refusal_words
from files.models import SealedText
from staff.models import Headship, Person, RoleHolding
from staff.roles import HEAD, OFFICER
from staff.services.people import NotAllowed
from tests.customers.builders import bulk_make, make_actor
from tests.customers.conftest import House, build_house
from tests.customers.labels import number_of, propose, sign, signed
from trail.models import Event
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
NEW = {
    "level": 2,
    "kind": "text",
    "params": {"max_length": 40},
    "index": "none",
    "category": "business",
    "required": False,
    "sensitive": False,
}


@pytest.fixture
def house(db: None) -> House:
    return build_house()


def refused(call) -> str:
    with pytest.raises(CannotApply) as problem:
        call()
    assert refusal_words(problem.value) or problem.value.code in {"changed_meanwhile", "nothing_changes"}
    return problem.value.code


def leave(actor) -> None:
    Person.objects.filter(pk=actor.id).update(left_at=actor.second_factor_at)


def test_two_people_change_a_label_and_the_old_version_ends(house) -> None:
    start = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    made = signed(house, "city", level=3)
    old, new = FieldVersion.objects.filter(field="city").order_by("number")
    assert (old.level, new.level, new.number) == (2, 3, old.number + 1)
    assert (old.until, new.shipped, new.proposal) == (new.since, False, made.pk)
    assert catalogue(clock()).get("city").confirmed
    kinds = list(Event.objects.filter(id__gt=start).order_by("id").values_list("kind", flat=True))
    assert kinds == [
        "approvals.proposed",
        "approvals.approved",
        "approvals.approved",
        "field.changed",
        "approvals.applied",
    ]
    event = Event.objects.get(id__gt=start, kind="field.changed")
    assert event.request == str(made.pk)
    assert (event.facts["level"], event.facts["former_level"]) == (3, 2)


def test_nothing_changes_after_one_signature(house) -> None:
    made = propose(house, "city", level=3)
    sign(made, house.head)
    assert catalogue(clock()).get("city").level == 2


def test_another_officer_may_sign_instead_of_the_proposer(house) -> None:
    other = make_actor(OFFICER, department=house.south.department, at=house.at)
    sign(propose(house, "city", level=3), other, house.head)
    assert catalogue(clock()).get("city").level == 3


def test_the_same_person_does_not_sign_twice_under_two_roles(house) -> None:
    RoleHolding.objects.create(person_id=house.head.id, role=OFFICER, since=house.at - timedelta(days=1))
    made = propose(house, "city", level=3)
    sign(made, house.officer)
    with pytest.raises(NotSigned) as problem:
        sign(made, house.officer)
    assert problem.value.code == "signed_already"
    sign(made, house.head)
    assert catalogue(clock()).get("city").level == 3


def test_one_person_alone_cannot_be_both(house) -> None:
    Headship.objects.all().update(until=house.at)
    leave(house.head)
    Headship.objects.create(
        department=house.south.department, person_id=house.officer.id, since=house.at - timedelta(days=1)
    )
    with pytest.raises(NobodyCanSign):
        propose(house, "city", level=3)


def test_where_one_is_both_the_head_of_the_parent_department_signs(house) -> None:
    team = house.north.department
    both = make_actor(HEAD, OFFICER, department=team, at=house.at)
    leave(house.officer)
    head, officer = head_and_officer({}, clock())
    assert both.id in officer.eligible
    assert head.eligible == {house.head.id}
    made = fields.propose_change(
        "city", {"level": 3}, supersedes=number_of("city"), reason="x", by=both, at=clock()
    )
    sign(made, both, house.head)
    assert catalogue(clock()).get("city").level == 3


def test_where_nobody_else_leads_the_other_officer_signs(house) -> None:
    Headship.objects.all().update(until=house.at)
    both = make_actor(HEAD, OFFICER, department=house.south.department, at=house.at)
    head, officer = head_and_officer({}, clock())
    assert set(head.eligible) == {both.id}
    assert set(officer.eligible) == {house.officer.id}


def test_only_an_officer_proposes(house) -> None:
    for person in (house.head, house.supervisor, house.agent):
        with pytest.raises(NotAllowed):
            fields.propose_change("city", {"level": 3}, supersedes=1, reason="x", by=person, at=clock())
        with pytest.raises(NotAllowed):
            confirming.propose_confirm(["city"], reason="x", by=person, at=clock())


def test_content_edited_after_one_signature_voids_it(house) -> None:
    made = propose(house, "city", level=3)
    sign(made, house.officer)
    Proposal.objects.filter(pk=made.pk).update(content=made.content | {"level": 1})
    with pytest.raises(NotSigned) as problem:
        sign(made, house.head)
    assert problem.value.code == "changed"
    assert catalogue(clock()).get("city").level == 2


def test_a_superseded_version_voids_what_was_proposed_about_it(house) -> None:
    first, second = propose(house, "city", level=3), propose(house, "city", category="sensitive")
    sign(first, house.officer, house.head)
    sign(second, house.officer)
    with pytest.raises(NotSigned) as problem:
        sign(second, house.head)
    assert problem.value.problem is not None
    assert problem.value.problem.code == "changed_meanwhile"
    assert refused(lambda: stale(house)) == "changed_meanwhile"


def stale(house: House) -> Proposal:
    return fields.propose_change("city", {"level": 1}, supersedes=1, reason="x", by=house.officer, at=clock())


@pytest.mark.parametrize(
    ("field", "label", "code"),
    [
        ("city", {}, "nothing_changes"),
        ("city", {"level": 5}, "unknown_level"),
        ("city", {"kind": "colour"}, "unknown_kind"),
        ("city", {"category": "other"}, "unknown_category"),
        ("city", {"index": "exact"}, "index_needs_l3"),
        ("city", {"level": 3, "index": "exact"}, "no_such_index"),
        ("address", {"index": "exact_last_four"}, "no_such_index"),
        ("city", {"params": {"max_length": 0}}, "bad_parameters"),
        ("city", {"params": {"colour": "red"}}, "bad_parameters"),
        ("city", {"kind": "choice", "params": {}}, "bad_parameters"),
        ("mobile", {"level": 2, "index": "none"}, "opening_reason_missing"),
        ("surname", {"level": 3}, "derived_fixed"),
        ("surname", {"required": True}, "derived_fixed"),
        ("full_name", {"kind": "text"}, "derives_others"),
    ],
)
def test_refuses_what_could_not_be_carried_out(house, field: str, label: dict, code: str) -> None:
    assert refused(lambda: propose(house, field, **label)) == code


def test_refuses_l4_where_held_values_could_be_handed_over_to_nobody(house, settings) -> None:
    settings.RESTRICTED_RECIPIENT_FILE = ""
    bulk_make(1, portfolio=house.north, at=clock())
    assert refused(lambda: propose(house, "mobile", level=4, index="none")) == "level_four_no_host"
    signed(house, "plate", level=4, index="none")
    assert catalogue(clock()).get("plate").level == 4


def test_refuses_l4_for_a_value_that_came_between_the_signatures(house, settings) -> None:
    settings.RESTRICTED_RECIPIENT_FILE = ""
    made = propose(house, "mobile", level=4, index="none")
    sign(made, house.officer)
    bulk_make(1, portfolio=house.north, at=clock())
    with pytest.raises(NotSigned) as problem:
        sign(made, house.head)
    assert problem.value.problem is not None
    assert problem.value.problem.code == "level_four_no_host"


def test_opening_binds_a_reason_of_its_own_and_seals_it(house) -> None:
    one = propose(house, "email", level=2, index="none", opening_reason="已公开")
    other = propose(house, "email", level=2, index="none", opening_reason="客户要求")
    assert one.content_hash != other.content_hash
    assert "已公开" not in str(one.content)
    assert SealedText.objects.filter(pk=str(one.reason)).exists()


def test_adds_a_field_that_no_form_asks_for_yet(house) -> None:
    made = fields.propose_new(
        "badge_number",
        NEW,
        name_zh="胸牌号",
        name_en="Badge number",
        reason="新业务",
        by=house.officer,
        at=clock(),
    )
    sign(made, house.officer, house.head)
    spec = catalogue(clock()).get("badge_number")
    assert (spec.label, spec.purposes, spec.confirmed) in [
        ("L2-胸牌号", (), True),
        ("L2-Badge number", (), True),
    ]
    assert Event.objects.filter(kind="field.added", facts__field="badge_number").exists()


@pytest.mark.parametrize(
    ("code", "name_zh", "label", "problem"),
    [
        ("city", "城市", {}, "field_taken"),
        ("Bad-Code", "城市", {}, "bad_field_code"),
        ("badge_number", "", {}, "names_missing"),
        ("badge_number", "胸牌号", {"kind": "colour"}, "unknown_kind"),
    ],
)
def test_refuses_a_field_that_could_not_be(house, code, name_zh, label, problem) -> None:
    def call() -> Proposal:
        return fields.propose_new(
            code, NEW | label, name_zh=name_zh, name_en="Badge", reason="x", by=house.officer, at=clock()
        )

    assert refused(call) == problem


def test_confirms_many_fields_as_they_are(house) -> None:
    codes = [spec.code for spec in not_yet_confirmed(clock())]
    made = confirming.propose_confirm(codes, reason="首次评审", by=house.officer, at=clock())
    sign(made, house.officer, house.head)
    assert not_yet_confirmed(clock()) == []
    old, new = FieldVersion.objects.filter(field="mobile").order_by("number")
    assert (old.level, old.kind, old.index) == (new.level, new.kind, new.index)
    assert len(confirming.describe(made.content)) == len(codes)


def test_confirms_no_version_that_is_superseded_and_not_nothing(house) -> None:
    assert refused(lambda: confirming.propose_confirm([], reason="x", by=house.officer, at=clock())) == (
        "nothing_chosen"
    )
    made = confirming.propose_confirm(["city"], reason="x", by=house.officer, at=clock())
    signed(house, "city", level=3)
    sign(made, house.officer)
    with pytest.raises(NotSigned):
        sign(made, house.head)


def test_a_field_is_due_twelve_months_after_its_signature(house) -> None:
    assert reviews(clock())["city"].due is None
    signed(house, "city", level=3)
    since = FieldVersion.objects.get(field="city", until=None).since
    assert reviews(clock())["city"].due == since + REVIEW_EVERY
    assert not reviews(since + REVIEW_EVERY - timedelta(seconds=1))["city"].overdue
    assert reviews(since + REVIEW_EVERY)["city"].overdue


def test_says_what_is_asked_against_today(house) -> None:
    made = propose(house, "city", level=3)
    lines = {str(line.label): (str(line.before), str(line.after)) for line in queries.lines(made)}
    assert ("L2", "L3") in lines.values()


def test_every_refusal_has_words() -> None:
    for code in REFUSALS:
        assert refusal_words(CannotApply(code, field="x"))
