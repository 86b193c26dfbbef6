"""The keyholder's state: sealed until enough shares are in, and what it refuses to keep."""

import base64
import json
import os
from pathlib import Path

import pytest

from tests.vault.holding.conftest import Custody, split
from tests.vault.holding.sites import L4, SITES, Main
from vault.away import OlderKey, Sealed
from vault.envelope import CannotOpen
from vault.holding import keeper as keepers
from vault.holding import material, shares
from vault.holding.keeper import ForeignKey, Keeper, StillInUse
from vault.holding.shares import WrongShare, read_identity
from vault.keyfiles import BadKeyFile, read_closed, read_kek_file

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"])


@pytest.fixture(params=SITES)
def kept(request: pytest.FixtureRequest) -> Main | L4:
    """The main site, and the host of L4: one keyholder keeps the key of either."""
    return SITES[request.param]


@pytest.fixture
def custody(kept: Main | L4, tmp_path: Path) -> Custody:
    return split(kept.kek, tmp_path / "kek.sealed")


@pytest.fixture
def keeper(kept: Main | L4, custody: Custody) -> Keeper:
    return Keeper(custody.path, kept.site)


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


def test_refuses_a_file_older_than_the_data_keys(kept, keeper, custody, at):
    kept.hold(at)
    kept.lie_under(2)  # as after a rotation: this host has the sealed file from before it
    with pytest.raises(OlderKey):
        bring(keeper, custody, "an", "bo")
    assert not keeper.state().open


def test_refuses_another_deployments_key(kept, keeper, custody, at):
    kept.hold(at)
    content = json.loads(read_closed(kept.kek))
    content["kek"]["keys"]["1"] = base64.b64encode(os.urandom(32)).decode()
    sealed_again(custody, json.dumps(content).encode())
    with pytest.raises(ForeignKey):
        bring(keeper, custody, "an", "bo")
    assert not keeper.state().open


def test_seals_a_changed_key_to_the_same_custodians(kept, keeper, custody):
    bring(keeper, custody, "an", "bo")
    before = custody.path.with_name("before")
    before.hardlink_to(custody.path)
    epochs = list(keeper.provider().epochs())  # L4 has none: it is never indexed
    made = max(epochs, default=0) + 1
    assert (keeper.create_kek(), keeper.create_epoch()) == (2, made)
    _, wrapped = keeper.provider().wrap(bytes(32), b"about", 2)

    assert before.read_bytes().strip(b"\0") == b""  # of what was there before, no byte stays
    again = Keeper(custody.path, kept.site)
    bring(again, custody, "bo", "cai")
    assert again.provider().unwrap(wrapped, b"about", 2) == bytes(32)
    assert list(again.provider().epochs()) == [made, *epochs]

    again.destroy_kek(1)
    for epoch in epochs:
        again.destroy_epoch(epoch)
    assert list(again.provider().versions()) == [2]
    with pytest.raises(CannotOpen):
        again.provider().unwrap(wrapped, b"about", 1)


def test_keeps_a_key_that_data_keys_lie_under_and_the_last_one(kept, keeper, custody, at):
    kept.hold(at)
    bring(keeper, custody, "an", "bo")
    keeper.create_kek()
    with pytest.raises(StillInUse):
        keeper.destroy_kek(1)
    keeper.destroy_kek(2)
    with pytest.raises(ValueError, match="last"):
        material.without_kek(read_kek_file(kept.kek), 1)
    if not keeper.provider().epochs():
        keeper.create_epoch()
    with pytest.raises(ValueError, match="last"):
        keeper.destroy_epoch(1)


def test_opens_what_the_site_wrapped(kept, keeper, custody, at):
    kept.hold(at)
    bring(keeper, custody, "an", "bo")
    assert len(keeper.provider().unwrap(*kept.site.newest_data_key())) == 32


def test_is_sealed_when_its_file_is_damaged_and_tells_so_who_brings_a_share(keeper, custody):
    custody.path.write_text("{}")
    with pytest.raises(Sealed):
        keeper.provider()
    for ask in (keeper.state, lambda: bring(keeper, custody, "an")):
        with pytest.raises(BadKeyFile):
            ask()
