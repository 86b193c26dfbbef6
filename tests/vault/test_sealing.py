"""What is sealed opens at its own place, and nowhere else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as some

from trail.receipts import ReceiptRefused
from vault.keyring import Keys, keys_for, make_keys
from vault.opening import CannotOpen, open_clear, open_file, open_text
from vault.place import Place
from vault.sealing import CannotSeal, seal, seal_values
from vault.transform import mask, reseal

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
VALUE = "15400000018"


def cannot_open(sealed: str, place: Place, keys: Keys) -> bool:
    """Try without a receipt, through `transform`; whatever the reason, there is one error without words on it."""
    with pytest.raises(CannotOpen) as refused:
        mask("mobile", sealed, place, keys)
    return str(refused.value) == "This value cannot be opened." and refused.value.__cause__ is None


@pytest.mark.parametrize("value", [VALUE, "", "检" * 4000, "\x00", "a\nb"])
def test_opens_what_was_sealed(value, subject, keys, place, receipt):
    sealed = seal(value, place, keys)

    assert open_clear(sealed, place, keys, receipt(subject, "mobile")) == value


@given(value=some.text(alphabet=some.characters(exclude_categories=["Cs"])), field=some.text(max_size=30))
@how(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_opens_any_text_at_any_field(value, field, subject, keys):
    field = field.encode("utf-8", "ignore").decode()
    place = Place(subject, "L3", field, 3)
    sealed = seal(value, place, keys)
    again = reseal(sealed, place, keys, place._replace(level=2), keys)

    assert reseal(again, place._replace(level=2), keys, place, keys) != sealed
    assert value not in sealed or len(value) < 8


def test_prints_dots_for_what_it_opened(subject, keys, place, receipt):
    clear = open_clear(seal(VALUE, place, keys), place, keys, receipt(subject, "mobile"))

    assert repr({"mobile": clear}) == "{'mobile': •••}"
    assert f"{clear}" == str(clear) == VALUE


def test_seals_equal_values_unequally(keys, place):
    assert seal(VALUE, place, keys) != seal(VALUE, place, keys)


def test_seals_the_values_of_a_subject_each_at_its_own_field(keys, place, subject, receipt):
    sealed = seal_values({"mobile": VALUE, "second_mobile": VALUE}, place._replace(field=""), keys)

    for field, text in sealed.items():
        assert open_clear(text, place._replace(field=field), keys, receipt(subject, field)) == VALUE
    assert cannot_open(sealed["second_mobile"], place, keys)
    assert len({text[:28] for text in sealed.values()}) == 2  # header and nonce
    with pytest.raises(CannotSeal):
        seal_values({"mobile": VALUE}, place._replace(subject=uuid4()), keys)


@pytest.mark.parametrize(
    "change", [{"field": "landline"}, {"field": "mobil"}, {"level": 2}, {"level": 4}, {"domain": "L4"}]
)
def test_refuses_another_field_level_or_domain(change, keys, place):
    sealed = seal(VALUE, place, keys)

    assert cannot_open(sealed, place._replace(**change), keys)


def test_refuses_another_customer(subject: UUID, place: Place, at: datetime):
    other = uuid4()
    keys = make_keys([subject, other], "L3", at=at)

    assert cannot_open(seal(VALUE, place, keys), place._replace(subject=other), keys)


def test_refuses_another_domain_with_that_domains_keys(subject, place, keys, at):
    sealed = seal(VALUE, place, keys)

    assert cannot_open(sealed, place._replace(domain="L4"), make_keys([subject], "L4", at=at))


def test_refuses_when_any_bit_is_flipped(place, keys):
    sealed = seal(VALUE, place, keys)
    raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        assert cannot_open(urlsafe_b64encode(flipped).rstrip(b"=").decode(), place, keys)


@pytest.mark.parametrize("length", [0, 1, 3, 34])
def test_refuses_another_spelling_of_the_same_bytes(length, place, keys):
    sealed = seal("x" * length, place, keys)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for letter in set(alphabet) - {sealed[-1]}:
        assert cannot_open(sealed[:-1] + letter, place, keys)
    for spelled in (sealed + "=", sealed + "==", sealed + "\n", " " + sealed, sealed + "A"):
        assert cannot_open(spelled, place, keys)


def test_refuses_standard_base64_letters(place, keys):
    while "-" not in (sealed := seal(VALUE, place, keys)):
        pass

    assert cannot_open(sealed.replace("-", "+"), place, keys)


def test_refuses_every_truncation(place, keys):
    sealed = seal(VALUE, place, keys)
    for length in range(len(sealed)):
        assert cannot_open(sealed[:length], place, keys)


@pytest.mark.parametrize("wrong", [None, 7, b"AQEAAAAB", "", "=", "检检检检", VALUE, "A" * 60])
def test_refuses_what_is_no_sealed_text(wrong, place, keys):
    assert cannot_open(wrong, place, keys)


@pytest.mark.parametrize(("byte", "value"), [(0, 0), (0, 2), (1, 0), (1, 2), (1, 255), (5, 2), (2, 1)])
def test_refuses_an_unknown_format_suite_or_version(byte, value, place, keys):
    sealed = seal(VALUE, place, keys)
    raw = bytearray(urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)))
    raw[byte] = value

    assert cannot_open(urlsafe_b64encode(raw).rstrip(b"=").decode(), place, keys)


def test_refuses_without_the_data_key(place, keys):
    sealed = seal(VALUE, place, keys)

    assert cannot_open(sealed, place, keys_for([], "L3"))
    assert cannot_open(sealed, place, keys_for([place.subject], "texts"))


def test_refuses_to_seal_without_a_key_of_that_domain(place, keys):
    with pytest.raises(CannotSeal):
        seal(VALUE, place._replace(subject=uuid4()), keys)
    with pytest.raises(CannotSeal):
        seal(VALUE, place._replace(domain="texts"), keys)


def test_says_nothing_of_a_text_that_is_no_unicode(place, keys):
    with pytest.raises(CannotSeal) as refused:
        seal("secret \ud800", place, keys)
    assert "secret" not in repr(refused.value)
    assert refused.value.__suppress_context__


def test_wants_a_receipt_for_this_subject_and_field(subject, place, keys, receipt):
    sealed = seal(VALUE, place, keys)
    for other in (receipt(subject, "landline"), receipt(uuid4(), "mobile"), receipt()):
        with pytest.raises(ReceiptRefused):
            open_clear(sealed, place, keys, other)


def test_takes_no_imitation_of_a_receipt(place, keys):
    class Likeness:
        def check(self, subject: UUID, field: str) -> None:
            pass

    with pytest.raises(TypeError):
        open_clear(seal(VALUE, place, keys), place, keys, Likeness())  # type: ignore[arg-type]


def test_opens_no_other_doors_domain(subject, place, keys, at, receipt):
    texts = make_keys([subject], "texts", at=at)
    elsewhere = place._replace(domain="texts")
    with pytest.raises(CannotOpen):
        open_clear(seal(VALUE, elsewhere, texts), elsewhere, texts, receipt(subject, "mobile"))
    text = uuid4()
    value = place._replace(field=str(text))
    with pytest.raises(CannotOpen):
        open_text(seal(VALUE, value, keys), text, value, keys, receipt(opens=(text,)))
    with pytest.raises(CannotOpen):
        open_file(subject, keys, receipt_or_job=receipt(opens=(subject,)))
