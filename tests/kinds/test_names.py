import pytest

from kinds.base import Invalid
from kinds.registry import get

NAME = get("full_name")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("张 示 例", "张示例"),
        ("张\u3000示例", "张示例"),
        ("阿卜杜拉•示例", "阿卜杜拉·示例"),
        ("阿卜杜拉・示例", "阿卜杜拉·示例"),
        ("阿卜杜拉.示例", "阿卜杜拉·示例"),
        ("阿卜杜拉 · 示例", "阿卜杜拉·示例"),
        ("  Example   Nobody ", "Example Nobody"),
        ("Ｅｘａｍｐｌｅ Nobody", "Example Nobody"),
        ("Jean-Luc O’Nobody", "Jean-Luc O’Nobody"),
        ("\u202e张示例", "张示例"),
        ("𠮷示例", "𠮷示例"),
        ("扎西〇", "扎西〇"),
        ("Ÿnés Example", "Ÿnés Example"),
    ],
)
def test_stores_names_as_they_are_written(typed, stored):
    assert NAME.clean(typed) == stored


@pytest.mark.parametrize("typed", ["张", "张3", "12345", "张@示例", "·", "A", "张(示例)"])
def test_refuses_what_is_no_full_name(typed):
    with pytest.raises(Invalid) as refused:
        NAME.clean(typed)
    assert refused.value.code == "not_a_name"


def test_refuses_a_name_that_is_too_long():
    with pytest.raises(Invalid) as refused:
        NAME.clean("张" * 101)
    assert refused.value.code == "too_long"
    assert refused.value.params == {"limit": 100}


@pytest.mark.parametrize(
    ("name", "masked", "surname"),
    [
        ("张示", "张*", "张"),
        ("张示例", "张*", "张"),
        ("欧阳示例", "欧阳*", "欧阳"),
        ("欧阳", "欧*", "欧"),
        ("阿卜杜拉·示例", "阿***", "阿**"),
        ("Example Nobody", "E***", "Nobody"),
        ("Nobody", "N***", "***"),
        ("张", "***", "***"),
    ],
)
def test_shows_at_most_a_surname(name, masked, surname):
    assert NAME.mask(name) == masked
    assert NAME.view(name, "surname") == surname


def test_compares_names_without_regard_to_case_and_dots():
    assert NAME.normalise("EXAMPLE  nobody") == NAME.normalise("Example Nobody")
    assert NAME.normalise("阿卜杜拉.示例") == NAME.normalise("阿卜杜拉•示例")
    assert NAME.normalise("O'Nobody Example") == NAME.normalise("O’Nobody Example")


@pytest.mark.parametrize("text", ["光纤", "Electronic check", "No", "DSL", "一二三四五", "的确如此"])
def test_takes_words_for_words(text):
    assert not NAME.detect(text)
