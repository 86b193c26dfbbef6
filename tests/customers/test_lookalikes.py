"""What a customer of nobody's says: a number near the others', texts that neighbours share, digits of another."""

from random import Random

import pytest

from customers.lookalikes import number_like, ordinary, scrambled


@pytest.mark.parametrize("number", ["C100017", "N-0005", "8", "K-77-X", "客户A"])
def test_a_number_has_the_shape_of_its_neighbour_and_lies_near_it(number):
    for seed in range(50):
        made = number_like(number, Random(seed), reach=30)
        assert made.startswith(number[:2] if len(number) > 1 else "")
        assert len(made) <= len(number) + 2
        if number == "C100017":
            assert abs(int(made[1:]) - 100_017) <= 30


def test_a_text_is_taken_only_where_two_share_it():
    assert ordinary("text", ["教师", "教师", "唯一"], Random(1)) == "教师"
    assert ordinary("text", ["一", "二"], Random(1)) == ""
    assert ordinary("note", ["同", "同"], Random(1)) == ""
    assert ordinary("amount", ["120.50", "8.00"], Random(1)) not in ("120.50", "8.00", "")


def test_scrambling_keeps_the_shape():
    made = scrambled("B500,123.40", Random(2))
    assert made != "B500,123.40"
    assert [letter if not letter.isdigit() else "9" for letter in made] == list("B999,999.99")
