"""The blind index: equal after normalising, apart by field, index and epoch."""

import json
from base64 import b64encode

import pytest

from vault.blind_index import NotIndexable, TooShort, digests, live_epochs, value_digests


def test_finds_a_number_however_it_is_typed():
    held = digests("mobile", "exact", "mobile", "15400000018")

    assert digests("mobile", "exact", "mobile", " +86 154-0000-0018 ") == held
    assert digests("mobile", "exact", "mobile", "１５４００００００１８") == held
    assert [len(digest) for _, digest in held] == [16]


def test_keeps_fields_and_indexes_apart():
    found = {
        digests("mobile", "exact", "mobile", "15400000018")[0],
        digests("second_mobile", "exact", "mobile", "15400000018")[0],
        digests("mobile", "last_four", "mobile", "15400000018")[0],
    }

    assert len(found) == 3


def test_finds_by_last_four():
    assert digests("mobile", "last_four", "mobile", "0018") == digests(
        "mobile", "last_four", "mobile", "15400000018"
    )


@pytest.mark.parametrize(("kind", "index"), [("note", "exact"), ("choice", "exact"), ("mobile", "prefix")])
def test_refuses_an_index_that_the_kind_lacks(kind, index):
    with pytest.raises(NotIndexable):
        digests("field", index, kind, "text")


def test_refuses_fewer_than_four():
    with pytest.raises(TooShort):
        digests("mobile", "last_four", "mobile", "18")


def test_gives_a_value_its_digests_in_all_indexes_the_exact_one_first():
    exact = digests("mobile", "exact", "mobile", "15400000018")
    four = digests("mobile", "last_four", "mobile", "15400000018")

    assert value_digests("mobile", ("exact", "last_four"), "mobile", " 154 0000 0018") == exact + four
    assert value_digests("mobile", ("exact", "last_four"), "mobile", "18") == digests(
        "mobile", "exact", "mobile", "18"
    )
    with pytest.raises(NotIndexable):
        value_digests("note", ("exact",), "note", "text")


def test_gives_a_digest_for_every_live_epoch(tmp_path, settings):
    one = digests("mobile", "exact", "mobile", "15400000018")
    content = json.loads(settings.KEK_FILE.read_text())
    content["index"]["2"] = b64encode(bytes(range(32))).decode()
    file = tmp_path / "kek.json"
    file.write_text(json.dumps(content))
    file.chmod(0o600)
    settings.KEK_FILE = file

    assert live_epochs() == (2, 1)
    assert digests("mobile", "exact", "mobile", "15400000018")[1:] == one
