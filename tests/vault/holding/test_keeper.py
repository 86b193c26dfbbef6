"""The keyholder's state: sealed until enough shares are in, and what it refuses to keep."""

import base64
import json
import os
from uuid import uuid4

import pytest
from django.conf import settings

from tests.vault.holding.conftest import Custody
from vault.away import OlderKey, Sealed
from vault.envelope import CannotOpen
from vault.holding import keeper as keepers
from vault.holding import material, shares
from vault.holding.keeper import ForeignKey, Keeper, StillInUse
from vault.holding.shares import WrongShare, read_identity
from vault.keyfiles import read_closed, read_kek_file
from vault.keyring import about, make_keys
from vault.models import DataKey

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def keeper(custody: Custody) -> Keeper:
    return Keeper(custody.path)


def bring(keeper: Keeper, custody: Custody, *names: str, order: int = 0) -> list[bool]:
    return [keeper.bring(read_identity(custody.share(name)), order=order) for name in names]


def sealed_again(custody: Custody, content: bytes) -> None:
    held = shares.read_sealed(custody.path)
    shares.write_sealed(custody.path, shares.seal(content, held.shares, held.threshold))


def test_opens_with_the_second_share_and_says_who_is_missing_before(keeper, custody):
    with pytest.raises(Sealed, match="0 of 2"):
        keeper.provider()
    assert bring(keeper, custody, "bo") == [False]
    state = keeper.state()
    assert (state.open, state.brought, state.missing, state.needed) == (False, ("bo",), ("an", "cai"), 2)
    with pytest.raises(Sealed, match="1 of 2"):
        keeper.provider()

    assert bring(keeper, custody, "cai") == [True]
    assert keeper.state().open
    version, wrapped = keeper.provider().wrap(bytes(32), b"about")
    assert keeper.provider().unwrap(wrapped, b"about", version) == bytes(32)


def test_counts_one_custodian_once(keeper, custody):
    assert bring(keeper, custody, "an", "an", "an") == [False, False, False]


def test_refuses_a_share_of_another_key(keeper, custody):
    from pyrage import x25519

    with pytest.raises(WrongShare):
        keeper.bring(x25519.Identity.generate(), order=0)
    assert keeper.state().brought == ()


def test_lets_an_old_share_go(keeper, custody, monkeypatch):
    bring(keeper, custody, "an")
    monkeypatch.setattr(keepers, "SHARES_KEPT", -1.0)
    assert keeper.state().brought == ()
    assert bring(keeper, custody, "bo") == [False]


def test_forgets_when_an_order_came_after_its_opening(keeper, custody):
    bring(keeper, custody, "an", "bo", order=4)
    assert not keeper.heed(4)
    assert keeper.heed(5)
    with pytest.raises(Sealed, match="0 of 2"):
        keeper.provider()


def test_refuses_a_file_older_than_the_keyring(keeper, custody, at):
    make_keys([uuid4()], "L3", at=at)
    DataKey.objects.update(kek_version=2)  # as after a rotation: this host has the sealed file from before it
    with pytest.raises(OlderKey):
        bring(keeper, custody, "an", "bo")
    assert not keeper.state().open


def test_refuses_another_deployments_key(keeper, custody, at):
    make_keys([uuid4()], "L3", at=at)
    content = json.loads(read_closed(settings.KEK_FILE))
    content["kek"]["keys"]["1"] = base64.b64encode(os.urandom(32)).decode()
    sealed_again(custody, json.dumps(content).encode())
    with pytest.raises(ForeignKey):
        bring(keeper, custody, "an", "bo")
    assert not keeper.state().open


def test_seals_a_changed_key_to_the_same_custodians(keeper, custody):
    bring(keeper, custody, "an", "bo")
    before = custody.path.with_name("before")
    before.hardlink_to(custody.path)
    assert (keeper.create_kek(), keeper.create_epoch()) == (2, 2)
    _, wrapped = keeper.provider().wrap(bytes(32), b"about", 2)

    assert before.read_bytes().strip(b"\0") == b""  # of what was there before, no byte stays
    again = Keeper(custody.path)
    bring(again, custody, "bo", "cai")
    assert again.provider().unwrap(wrapped, b"about", 2) == bytes(32)
    assert list(again.provider().epochs()) == [2, 1]

    again.destroy_kek(1)
    again.destroy_epoch(1)
    assert list(again.provider().versions()) == [2]
    with pytest.raises(CannotOpen):
        again.provider().unwrap(wrapped, b"about", 1)


def test_keeps_a_key_that_data_keys_lie_under_and_the_last_one(keeper, custody, at):
    make_keys([uuid4()], "L3", at=at)
    bring(keeper, custody, "an", "bo")
    keeper.create_kek()
    with pytest.raises(StillInUse):
        keeper.destroy_kek(1)
    keeper.destroy_kek(2)
    with pytest.raises(ValueError, match="last"):
        material.without_kek(read_kek_file(settings.KEK_FILE), 1)
    with pytest.raises(ValueError, match="last"):
        keeper.destroy_epoch(1)


def test_reads_the_keyring_as_the_keyring_wraps(keeper, custody, at):
    subject = uuid4()
    make_keys([subject], "L3", at=at)
    bring(keeper, custody, "an", "bo")
    held = DataKey.objects.get(subject=subject)
    bound = about(subject, "L3", held.version)
    assert len(keeper.provider().unwrap(bytes(held.wrapped), bound, held.kek_version)) == 32
