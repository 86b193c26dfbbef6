from collections import Counter

import pytest
from hypothesis import given
from stdnum import numdb

from kinds.registry import get
from kinds.synthetic import company_code, people, person
from tests.kinds.noise import FIELDS
from tests.kinds.noise import people as anyone

CROWD = list(people(3000))


def test_makes_the_same_people_for_the_same_seed():
    assert list(people(20, seed=4)) == list(people(20, seed=4))
    assert list(people(20, seed=4)) != list(people(20, seed=5))
    assert person(7, seed=4) == list(people(8, seed=4))[7]


@pytest.mark.parametrize(("code", "attribute"), FIELDS.items())
def test_makes_values_that_their_kinds_keep(code, attribute):
    for who in CROWD:
        value = str(getattr(who, attribute))
        assert get(code).clean(value) == value


@pytest.mark.parametrize("attribute", ["resident_id", "mobile", "email", "bank_card", "passport", "permit"])
def test_gives_everybody_a_number_of_their_own(attribute):
    assert len({getattr(who, attribute) for who in CROWD}) == len(CROWD)


@given(who=anyone)
def test_makes_numbers_that_belong_to_nobody(who):
    regions = numdb.get("cn/loc").info(who.resident_id[:6])
    assert not regions[-1][1]
    assert who.mobile.startswith("154")
    assert who.bank_card.startswith("9999")
    assert who.email.endswith(("@example.com", "@example.org"))
    assert who.landline.split("-")[1].startswith("9")


def test_makes_people_who_agree_with_their_numbers():
    for who in CROWD[:300]:
        derived = get("resident_id").derive(who.resident_id)
        assert derived["gender"] == who.gender
        assert derived["region"] == who.region
        assert derived["birth_year"] == who.birth_date[:4]
        assert get("address").derive(who.address)["region"] == who.region


def test_spreads_people_over_levels_and_regions():
    assert len(Counter(who.region for who in CROWD)) > 10
    assert len(Counter(who.member_level for who in CROWD)) == 5


def test_makes_company_codes():
    assert all(get("uscc").clean(company_code(number)) == company_code(number) for number in range(200))
