"""Search: every way a caller may say it, verified after the match, within reach only."""

import pytest

from classification.queries import catalogue
from customers.models import FLOOR, Customer, IndexEntry, Restriction
from customers.queries import NothingTyped, NotSearchable, search
from customers.search import Reading, read_as, verified
from tests.customers.builders import bulk_make, synthetic_values

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def full(house):
    bulk_make(20, portfolio=house.north, at=house.at)
    bulk_make(20, portfolio=house.south, at=house.at, first=20)
    return house


def wide(text):
    """Type the same text with full-width characters."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def spaced(text):
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def hyphened(text):
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def found(actor, how, typed, at):
    return [row.number for row in search(actor, how, typed, at).rows]


@pytest.mark.parametrize("field", ["mobile", "resident_id", "bank_card"])
@pytest.mark.parametrize("typed", [str, wide, spaced, hyphened, str.lower, lambda text: f"  {text}\u200b "])
def test_finds_a_number_however_it_is_typed(full, field, typed):
    said = typed(synthetic_values(7)[field])
    for how in ("any", "exact", field):
        assert found(full.agent, how, said, full.at) == ["C0000007"]


@pytest.mark.parametrize("typed", [str, str.upper, wide])
def test_finds_a_mail_address_however_it_is_typed(full, typed):
    assert found(full.agent, "any", typed(synthetic_values(7)["email"]), full.at) == ["C0000007"]


@pytest.mark.parametrize("typed", ["C0000007", "c0000007", "Ｃ０００ ０００７", "C000-0007", " C0000007 "])
def test_finds_a_customer_number_however_it_is_typed(full, typed):
    assert found(full.agent, "any", typed, full.at) == ["C0000007"]
    assert found(full.agent, "number", typed, full.at) == ["C0000007"]


def test_finds_a_number_with_hyphens_without_them(full):
    Customer.objects.filter(number="C0000007").update(number="7590-VHVEG")
    for typed in ("7590-VHVEG", "7590vhveg", "7590 VHVEG", "7590－ＶＨＶＥＧ"):
        assert found(full.agent, "any", typed, full.at) == ["7590-VHVEG"]


def test_finds_by_the_beginning_of_a_name(full):
    names = {number: synthetic_values(number)["full_name"] for number in range(20)}
    prefix = names[7][:1]
    wanted = sorted(f"C{number:07d}" for number, name in names.items() if name.startswith(prefix))
    assert sorted(found(full.agent, "name", prefix, full.at)) == wanted
    assert sorted(found(full.agent, "any", names[7], full.at)) == sorted(
        f"C{number:07d}" for number, name in names.items() if name.startswith(names[7])
    )


def test_wildcards_are_just_characters(full):
    assert found(full.agent, "name", "%", full.at) == []
    assert found(full.agent, "name", "_", full.at) == []


def test_finds_by_last_four_of_every_field_that_says_so(full):
    for field in ("mobile", "resident_id", "bank_card"):
        four = synthetic_values(7)[field][-4:]
        assert "C0000007" in found(full.agent, "last_four", four, full.at)
        assert "C0000007" in found(full.agent, "any", four, full.at)


def test_last_four_is_not_found_as_a_whole_value(full):
    four = synthetic_values(7)["mobile"][-4:]
    with pytest.raises(NothingTyped):
        search(full.agent, "exact", four, full.at)


def test_finds_nobody_out_of_reach(full):
    theirs = synthetic_values(27)
    for typed in (theirs["mobile"], theirs["resident_id"], "C0000027"):
        assert found(full.agent, "any", typed, full.at) == []
        assert found(full.outsider, "any", typed, full.at) == ["C0000027"]
        assert found(full.officer, "any", typed, full.at) == ["C0000027"]


def test_says_that_a_field_without_index_cannot_be_searched(full):
    with pytest.raises(NotSearchable) as refused:
        search(full.agent, "address", "北京市", full.at)
    assert "L3" in str(refused.value)


@pytest.mark.parametrize(
    ("how", "typed"), [("any", "  "), ("exact", "不是号码"), ("mobile", "123"), ("shoe_size", "40")]
)
def test_says_that_there_is_nothing_to_search_for(full, how, typed):
    with pytest.raises(NothingTyped):
        search(full.agent, how, typed, full.at)


def test_reads_the_text_as_every_kind_it_could_be(full):
    known = catalogue(full.at)
    four = {(one.field, one.index) for one in read_as(known, "any", "0018")}
    assert four == {("mobile", "last_four"), ("resident_id", "last_four"), ("bank_card", "last_four")}
    assert {one.field for one in read_as(known, "any", synthetic_values(1)["mobile"])} >= {"mobile"}


def test_drops_what_only_shares_a_digest(full):
    """A collision is planted: the index names a customer whose sealed value is another."""
    mine, other = Customer.objects.get(number="C0000001"), Customer.objects.get(number="C0000002")
    for entry in IndexEntry.objects.filter(customer=mine, field="mobile"):
        IndexEntry.objects.create(customer=other, field=entry.field, epoch=entry.epoch, digest=entry.digest)
    assert found(full.agent, "mobile", synthetic_values(1)["mobile"], full.at) == ["C0000001"]


def test_a_value_moved_to_another_customer_does_not_count(full):
    mine, other = Customer.objects.get(number="C0000001"), Customer.objects.get(number="C0000002")
    other.sealed["mobile"] = mine.sealed["mobile"]
    reading = Reading("mobile", "mobile", "exact", synthetic_values(1)["mobile"])
    assert verified([mine, other], [reading], full.at) == [mine]


def test_roles_without_customers_find_nobody(full):
    from tests.customers.builders import make_actor

    auditor = make_actor("auditor", department=full.north.department, at=full.at)
    assert found(auditor, "any", "C0000007", full.at) == []


def test_a_value_that_is_only_stored_finds_nobody(full):
    row, values = Customer.objects.get(number="C0000007"), synthetic_values(7)
    Restriction.objects.bulk_create(
        Restriction(customer=row, field=field, basis=FLOOR, since=full.at)
        for field in ("mobile", "full_name")
    )
    assert found(full.agent, "any", values["mobile"], full.at) == []
    assert "C0000007" not in found(full.agent, "name", values["full_name"], full.at)
    assert found(full.agent, "any", values["resident_id"], full.at) == ["C0000007"]
    assert found(full.agent, "number", "C0000007", full.at) == ["C0000007"]
