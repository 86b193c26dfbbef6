"""Create and edit: what is kept, sealed, derived, indexed and recorded, and what is refused."""

from datetime import timedelta

import pytest

from customers.digests import document_digest
from customers.models import Customer, IndexEntry
from customers.problems import Refused
from customers.proofs import SOURCE_PROOF, proof_of
from customers.queries import search
from customers.services import contacts, records
from customers.services.records import NotAllowed, NotFound, Stale
from customers.values import place
from files.models import SealedText
from staff.models import Person
from tests.customers.builders import synthetic_values
from trail.models import Event, Exposure
from vault.keyring import keys_for
from vault.transform import unchanged

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
VALUES = {
    "full_name": "欧阳示例",
    "mobile": "１５４ 0000-0018",
    "resident_id": "119900199001010010",
    "preference_tags": "",
    "address": "北京市朝阳区示例路1号",
}


def create(house, **changes):
    facts = {
        "number": "A-1",
        "portfolio": "N1",
        "values": VALUES,
        "scenario": "registration",
        "source": "phone",
        "by": house.agent,
        "at": house.at,
    }
    return records.create(**(facts | changes))


def edit(house, saved, **changes):
    facts = {
        "ref": saved.ref,
        "version": saved.version,
        "values": {},
        "scenario": "maintenance",
        "source": "phone",
        "by": house.agent,
        "at": house.at,
    }
    return records.edit(**(facts | changes))


def holds(saved, field, value):
    customer = Customer.objects.get(ref=saved.ref)
    keys = keys_for([customer.ref], "L3")
    return unchanged(customer.sealed[field], place(customer.ref, field), keys, value)


def problems(refused):
    return {(one.field, one.code) for one in refused.value.problems}


def test_keeps_open_values_and_seals_the_others(house):
    saved = create(house)
    customer = Customer.objects.get(ref=saved.ref)
    assert customer.open == {
        "full_name": "欧阳示例",
        "surname": "欧阳",
        "birth_year": "1990",
        "gender": "male",
        "id_region": "北京市",
    }
    assert set(customer.sealed) == {"mobile", "resident_id", "address"}
    assert holds(saved, "mobile", "15400000018")
    assert customer.origins["mobile"] == {
        "collected_at": house.at.isoformat(),
        "source": "phone",
        "scenario": "registration",
        "by": house.agent.number,
    }
    assert {entry.field for entry in IndexEntry.objects.filter(customer=customer)} == {
        "mobile",
        "resident_id",
    }
    assert "15400000018" not in str(customer.__dict__)


def test_records_one_event_with_the_digest_of_the_sealed_document(house):
    saved = create(house)
    event = Event.objects.get(pk=saved.event)
    assert (event.kind, event.actor_number) == ("customer.created", house.agent.number)
    assert event.facts["version"] == 1
    assert set(event.facts["fields"]) >= {"full_name", "mobile"}
    exposure = Exposure.objects.get(event=event)
    assert (exposure.customer, exposure.act, exposure.portfolio) == (saved.ref, "written", "N1")
    assert (exposure.clear, exposure.masked) == ([], [])
    customer = Customer.objects.get(ref=saved.ref)
    assert bytes(exposure.digest or b"") == document_digest(customer)
    assert "15400000018" not in str(event.facts)


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"mobile": "123"}, "mobile", "not_a_mobile"),
        ({"full_name": ""}, "full_name", "required"),
        ({"surname": "张"}, "surname", "derived"),
        ({"face_image": "x"}, "face_image", "level_four"),
        ({"shoe_size": "40"}, "shoe_size", "unknown_field"),
        ({"account_balance": "1"}, "account_balance", "not_asked"),
        ({"city": "电话15400000018"}, "city", "holds_higher"),
        ({"relationship_since": "2026-02-30"}, "relationship_since", "not_a_date"),
        (
            {"relationship_since": "2026-02-01", "relationship_until": "2026-01-01"},
            "relationship_until",
            "dates_crossed",
        ),
    ],
)
def test_names_each_refused_value(house, values, field, code):
    before = Event.objects.count()
    with pytest.raises(Refused) as refused:
        create(house, values=VALUES | values)
    assert problems(refused) == {(field, code)}
    assert not Customer.objects.exists()
    assert Event.objects.count() == before


def test_names_all_refused_values_at_once(house):
    with pytest.raises(Refused) as refused:
        create(house, number=" ", values={"mobile": "1", "email": "x"})
    assert {field for field, _ in problems(refused)} == {"number", "mobile", "email", "full_name"}


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "number_empty"),
        ("x" * 41, "number_too_long"),
        ("15400000018", "number_is_personal"),
        ("119900199001010010", "number_is_personal"),
        ("a@example.com", "number_is_personal"),
        ("1.23457E+17", "rounded_by_excel"),
    ],
)
def test_refuses_a_number_that_is_none(house, number, code):
    with pytest.raises(Refused) as refused:
        create(house, number=number)
    assert problems(refused) == {("number", code)}


def test_a_number_is_unique_over_all_portfolios(house):
    create(house)
    with pytest.raises(Refused) as refused:
        create(house, portfolio="S1", by=house.outsider)
    assert problems(refused) == {("number", "number_taken")}


def test_a_public_contact_may_be_a_number(house):
    saved = create(house, scenario="handling", values={"public_contact": "服务热线 010-12345678"})
    assert "public_contact" in saved.fields


def test_only_within_the_writer_s_portfolios(house):
    with pytest.raises(NotFound):
        create(house, portfolio="S1")
    with pytest.raises(NotAllowed):
        create(house, by=house.head)
    with pytest.raises(NotAllowed):
        create(house, by=house.officer)


def test_a_blank_sealed_value_keeps_what_is_held(house):
    saved = create(house)
    after = edit(house, saved, values={"mobile": "", "email": "a.nobody@example.com"})
    assert after.fields == ("email",)
    assert holds(after, "mobile", "15400000018")


def test_an_unchanged_form_writes_nothing(house):
    saved = create(house)
    before = Event.objects.count()
    after = edit(house, saved, values=VALUES)
    assert (after.event, after.version) == (None, 1)
    assert Event.objects.count() == before


def test_a_changed_value_replaces_its_index_rows(house):
    saved = create(house)
    edit(house, saved, values={"mobile": "15400000019"})
    assert not search(house.agent, "mobile", "15400000018", house.at).rows
    assert [row.ref for row in search(house.agent, "mobile", "15400000019", house.at).rows] == [saved.ref]
    assert IndexEntry.objects.filter(field="mobile").count() == 2


def test_clear_removes_value_index_rows_origin_and_what_was_derived(house):
    saved = create(house)
    after = edit(house, saved, clear=["resident_id"])
    customer = Customer.objects.get(ref=saved.ref)
    assert set(after.fields) == {"resident_id", "birth_year", "gender", "id_region"}
    assert "resident_id" not in customer.sealed
    assert "resident_id" not in customer.origins
    assert set(customer.open) == {"full_name", "surname"}
    assert not IndexEntry.objects.filter(field="resident_id").exists()
    event = Event.objects.get(pk=after.event)
    assert "resident_id" in event.facts["cleared"]


def test_derived_values_follow_their_base(house):
    saved = create(house)
    edit(house, saved, values={"resident_id": synthetic_values(5)["resident_id"], "full_name": "李示例"})
    open_values = Customer.objects.get(ref=saved.ref).open
    assert open_values["surname"] == "李"
    assert open_values["birth_year"] == synthetic_values(5)["resident_id"][6:10]


@pytest.mark.parametrize(
    ("clear", "code"), [("full_name", "required"), ("surname", "not_asked"), ("x", "not_asked")]
)
def test_not_everything_can_be_cleared(house, clear, code):
    saved = create(house)
    with pytest.raises(Refused) as refused:
        edit(house, saved, clear=[clear])
    assert problems(refused) == {(clear, code)}


def test_a_stale_form_says_who_changed_what_meanwhile(house):
    saved = create(house)
    edit(house, saved, values={"mobile": "15400000019"}, by=house.supervisor)
    records.set_tier(ref=saved.ref, tier="premium", by=house.head, at=house.at)
    with pytest.raises(Stale) as stale:
        edit(house, saved, values={"email": "a.nobody@example.com"})
    assert stale.value.version == 3
    assert [(one.number, one.fields) for one in stale.value.changes] == [
        (house.supervisor.number, ("mobile",)),
        (house.head.number, ()),
    ]
    assert "email" not in Customer.objects.get(ref=saved.ref).sealed


def test_only_customers_within_reach_can_be_edited(house):
    saved = create(house)
    with pytest.raises(NotFound):
        edit(house, saved, values={"city": "北京"}, by=house.outsider)
    with pytest.raises(NotAllowed):
        edit(house, saved, values={"city": "北京"}, by=house.head)


def test_a_date_must_not_cross_the_one_held(house):
    saved = create(house, values=VALUES | {"relationship_since": "2026-02-01"})
    with pytest.raises(Refused) as refused:
        edit(house, saved, values={"relationship_until": "2026-01-01"})
    assert problems(refused) == {("relationship_until", "dates_crossed")}
    after = edit(house, saved, values={"relationship_until": "2026-01-01"}, clear=["relationship_since"])
    assert set(after.fields) == {"relationship_since", "relationship_until"}


def test_warns_of_the_same_id_number_within_reach_only(house):
    first = create(house)
    second = create(house, number="A-2")
    assert (first.same_person, second.same_person) == ((), ("A-1",))
    theirs = create(house, number="B-1", portfolio="S1", by=house.outsider)
    assert theirs.same_person == ()


def test_an_edit_inside_a_contact_carries_it_on(house):
    saved = create(house)
    contact = contacts.touch(ref=saved.ref, by=house.agent, at=house.at)
    later = house.at + timedelta(minutes=20)
    after = edit(house, saved, values={"city": "北京"}, contact=contact.pk, at=later)
    event = Event.objects.get(pk=after.event)
    assert (event.contact, event.purpose) == (contact.pk, "service")
    contact.refresh_from_db()
    assert contact.last_act_at == later


def test_tags_are_a_list(house):
    saved = create(house, scenario="maintenance", values={"preference_tags": "茶、书，茶"})
    assert Customer.objects.get(ref=saved.ref).open["preference_tags"] == ["茶", "书"]


def test_people_are_left_alone(house):
    create(house)
    assert Person.objects.count() == 5


def test_an_indirect_source_needs_proof_and_every_value_names_it(house):
    with pytest.raises(Refused) as refused:
        create(house, source="other", proof="  ")
    assert problems(refused) == {("proof", "proof_missing")}
    assert not Customer.objects.exists()
    saved = create(house, source="other", proof="介绍人转交，客户电话同意")
    text = SealedText.objects.get()
    assert (text.about, text.subject, text.writer_id) == (SOURCE_PROOF, saved.ref, house.agent.id)
    customer = Customer.objects.get(ref=saved.ref)
    assert {one["proof"] for one in customer.origins.values()} == {str(text.pk)}
    assert Event.objects.get(pk=saved.event).facts["proof"] == str(text.pk)
    assert proof_of(customer, "mobile", text.pk) == text
    assert proof_of(customer, "plate", text.pk) is None


def test_an_edit_that_writes_nothing_keeps_no_proof(house):
    saved = create(house)
    with pytest.raises(Refused):
        edit(house, saved, source="other", values={"city": "杭州"})
    assert edit(house, saved, source="other", proof="x").event is None
    assert not SealedText.objects.exists()
    with pytest.raises(Refused) as refused:
        edit(house, saved, source="other", proof="长" * 201, values={"city": "杭州"})
    assert problems(refused) == {("proof", "too_long")}


def test_what_the_customer_told_needs_no_proof(house):
    saved = create(house, source="phone", proof="not needed")
    assert not SealedText.objects.exists()
    assert "proof" not in Customer.objects.get(ref=saved.ref).origins["mobile"]
