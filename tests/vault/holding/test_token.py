"""A PKCS#11 device, SoftHSM2 here: keys that never leave it, and a device that comes back."""

import os
from collections.abc import Iterator
from uuid import uuid4

import pkcs11
import pytest
from django.conf import settings
from django.core.management import call_command

from tests.vault.holding.devices import Device, a_device
from vault.away import OlderKey, ProviderLost
from vault.envelope import CannotOpen
from vault.holding.token import Pkcs11Provider
from vault.keyring import keys_for, make_keys
from vault.place import Place
from vault.sealing import seal
from vault.transform import mask


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Device]:
    """A token of these tests alone."""
    with a_device(tmp_path_factory.mktemp("hsm")) as made:
        yield made


@pytest.fixture
def token(device):
    """The provider of a token with at least one key and one epoch."""
    provider = Pkcs11Provider(*device)
    if not provider.versions():
        assert provider.create_kek() == 1
        assert provider.create_epoch() == 1
    yield provider
    provider._log_out()


def test_wraps_and_unwraps(token):
    version, wrapped = token.wrap(b"k" * 32, b"about")
    assert len(wrapped) == 12 + 32 + 16
    assert b"k" * 8 not in wrapped
    assert token.unwrap(wrapped, b"about", version) == b"k" * 32


@pytest.mark.parametrize("change", ["about", "tag", "nonce", "short"])
def test_opens_nothing_that_was_changed(change, token):
    version, wrapped = token.wrap(b"k" * 32, b"about")
    changed = {
        "about": (wrapped, b"other"),
        "tag": (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), b"about"),
        "nonce": (bytes([wrapped[0] ^ 1]) + wrapped[1:], b"about"),
        "short": (wrapped[:20], b"about"),
    }[change]
    with pytest.raises(CannotOpen):
        token.unwrap(*changed, version)
    assert token.unwrap(wrapped, b"about", version) == b"k" * 32


def test_keeps_its_keys_inside(token):
    token.versions()
    for key in token._found.values():
        assert key[pkcs11.Attribute.SENSITIVE]
        assert not key[pkcs11.Attribute.EXTRACTABLE]
        with pytest.raises(pkcs11.exceptions.PKCS11Error):
            key[pkcs11.Attribute.VALUE]


def test_gives_index_keys_that_stay_the_same_and_differ_by_name_and_epoch(token):
    other = token.create_epoch()
    key = token.index_key(b"mobile", 1)
    assert len(key) == 32
    token.reload()
    assert token.index_key(b"mobile", 1) == key
    assert len({key, token.index_key(b"mobile", other), token.index_key(b"email", 1)}) == 3
    token.destroy_epoch(other)
    with pytest.raises(CannotOpen):
        token.index_key(b"mobile", other)


def test_makes_and_destroys_versions(token):
    _, old = token.wrap(bytes(32), b"about", 1)
    made = token.create_kek()
    assert made == max(token.versions()) > 1
    _, new = token.wrap(bytes(32), b"about", made)
    assert token.unwrap(old, b"about", 1) == token.unwrap(new, b"about", made) == bytes(32)
    with pytest.raises(OlderKey):
        token.unwrap(new, b"about", made + 1)
    token.destroy_kek(made)
    with pytest.raises((CannotOpen, OlderKey)):
        token.unwrap(new, b"about", made)
    token.destroy_kek(made)  # is destroyed already


def test_says_that_a_device_is_lost_and_goes_on_when_it_is_back(token, device, tmp_path):
    module, _, pin = device
    version, wrapped = token.wrap(bytes(32), b"about")
    moved = pin.rename(tmp_path / "pin")
    token._log_out()
    lost = Pkcs11Provider(module, "another token", moved)
    with pytest.raises(ProviderLost):
        lost.unwrap(wrapped, b"about", version)
    moved.rename(pin)
    assert token.unwrap(wrapped, b"about", version) == bytes(32)


def test_refuses_a_wrong_pin(device, token, tmp_path):
    token._log_out()
    wrong = tmp_path / "pin"
    wrong.touch(0o600)
    wrong.write_text("9999")
    with pytest.raises(ProviderLost):
        Pkcs11Provider(device[0], device[1], wrong).versions()


def test_works_in_a_forked_process(token):
    """gunicorn and Celery fork after the first question."""
    version, wrapped = token.wrap(bytes(32), b"about")
    child = os.fork()
    if child == 0:
        opened = False
        try:
            opened = token.unwrap(wrapped, b"about", version) == bytes(32)
        finally:
            os._exit(0 if opened else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert token.unwrap(wrapped, b"about", version) == bytes(32)


@pytest.mark.django_db(databases=["default", "keyring"])
def test_seals_values_and_makes_its_first_keys_by_command(token, device, at, monkeypatch, capsys):
    module, name, pin = device
    for setting, value in (
        ("KEK_PROVIDER", "pkcs11"),
        ("PKCS11_MODULE", module),
        ("PKCS11_TOKEN", name),
        ("PKCS11_PIN_FILE", str(pin)),
    ):
        monkeypatch.setattr(settings, setting, value, raising=False)
    monkeypatch.delattr(settings, "KEK_FILE")
    token._log_out()
    call_command("make_keys")
    assert "all key files are there" in capsys.readouterr().out
    subject = uuid4()
    place = Place(subject, "L3", "note", 3)
    sealed = seal("v", place, make_keys([subject], "L3", at=at))
    assert mask("note", sealed, place, keys_for([subject], "L3"))
