"""The keyholder's socket: who is let in, what each may ask, and what nobody gets it to read."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings

from tests.vault.holding.conftest import Custody
from vault.away import OlderKey, ProviderLost, Sealed
from vault.envelope import CannotOpen
from vault.holding import frames
from vault.holding.client import KeyholderProvider, Refused
from vault.holding.keeper import Keeper
from vault.holding.server import Answers, Peers, Server, Taken
from vault.holding.shares import read_identity
from vault.holding.site import MainSite
from vault.keyfiles import read_kek_file
from vault.providers import FileProvider

US = os.geteuid()
OTHER = US + 4711
EVERYTHING = Peers({US}, {US}, {US})


@pytest.fixture
def keeper(custody: Custody) -> Keeper:
    return Keeper(custody.path, MainSite())


@pytest.fixture
def serve(keeper: Keeper, tmp_path: Path) -> Iterator[Callable[..., KeyholderProvider]]:
    """Return a function that serves the keeper to these peers, and gives a client of it."""
    path = tmp_path / "k.sock"
    running: list[Server] = []

    def start(peers: Peers = EVERYTHING, mode: int = 0o600, uid: int = US) -> KeyholderProvider:
        answers = Answers(keeper, lambda said: None)
        running.append(Server(path, mode, peers, answers))
        threading.Thread(target=running[-1].serve_forever, args=(0.02,), daemon=True).start()
        return KeyholderProvider(path, uid)

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def open_keeper(keeper: Keeper, custody: Custody, db: None) -> Keeper:
    for name in ("an", "cai"):
        keeper.bring(read_identity(custody.share(name)), order=0)
    return keeper


pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_wraps_and_unwraps_as_the_file_does(serve, open_keeper):
    asked, file = serve(), FileProvider(read_kek_file(settings.KEK_FILE))
    version, wrapped = asked.wrap(b"k" * 32, b"about")
    assert file.unwrap(wrapped, b"about", version) == b"k" * 32
    assert asked.index_key(b"mobile", 1) == file.index_key(b"mobile", 1)
    assert (list(asked.versions()), list(asked.epochs())) == ([1], [1])
    for bound, number in ((b"other", version), (b"about", 0)):
        with pytest.raises(CannotOpen):
            asked.unwrap(wrapped, bound, number)


def test_answers_batches_of_any_length_in_their_order(serve, open_keeper):
    asked = serve()
    keys = [(number.to_bytes(32, "big"), str(number).encode()) for number in range(2500)]
    wrapped = asked.wrap_all(keys)
    bound = [(each, about, version) for (version, each), (_, about) in zip(wrapped, keys, strict=True)]
    bound[7] = (bound[7][0], b"elsewhere", bound[7][2])
    opened = asked.unwrap_all(bound)
    assert opened[7] is None
    assert opened[:7] + opened[8:] == [key for number, (key, _) in enumerate(keys) if number != 7]


def test_says_sealed_with_the_count_of_shares(serve, keeper, custody):
    asked = serve()
    keeper.bring(read_identity(custody.share("bo")), order=0)
    for ask in (
        asked.versions,
        asked.epochs,
        lambda: asked.wrap(bytes(32), b""),
        lambda: asked.index_key(b"", 1),
    ):
        with pytest.raises(Sealed, match="1 of 2 shares are in"):
            ask()
    assert asked.state()["missing"] == ["an", "cai"]


def test_says_that_an_older_key_is_served(serve, open_keeper):
    with pytest.raises(OlderKey):
        serve().unwrap(bytes(60), b"about", 2)


def test_knows_a_new_version_and_epoch_at_once(serve, open_keeper):
    asked = serve()
    assert list(asked.versions()) == [1]
    assert asked.create_kek() == 2
    assert asked.create_epoch() == 2
    assert (sorted(asked.versions()), list(asked.epochs())) == ([1, 2], [2, 1])
    assert asked.wrap(bytes(32), b"", 2)[0] == 2


@pytest.mark.parametrize(
    ("peers", "refused"),
    [
        (Peers({OTHER}, {US}, {US}), "unwrap"),
        (Peers({US}, {OTHER}, {US}), "create_kek"),
        (Peers({US}, {OTHER}, {US}), "destroy_kek"),
        (Peers({US}, {US}, {OTHER}), "share"),
    ],
)
def test_refuses_accounts_what_is_not_theirs(peers, refused, serve, open_keeper):
    asked = serve(peers)
    with pytest.raises(Refused, match="refused"):
        asked.ask(refused, items=[], version=1, share="x")
    assert asked.state()["open"]


def test_lets_strangers_learn_nothing(serve, open_keeper):
    asked = serve(Peers({OTHER}, {OTHER}, {OTHER}))
    for question in ("state", "versions", "unwrap"):
        with pytest.raises(ProviderLost):
            asked.ask(question)


def test_hands_no_key_to_a_stranger_behind_the_socket(serve, open_keeper):
    """Data keys are given away to be wrapped: not to an account that is not the keyholder's."""
    with pytest.raises(ProviderLost):
        serve(uid=OTHER).wrap(bytes(32), b"about")


@pytest.mark.parametrize("mode", [0o600, 0o660])
def test_closes_its_socket_to_others(mode, serve, tmp_path):
    serve(mode=mode)
    assert (tmp_path / "k.sock").stat().st_mode & 0o777 == mode


@pytest.mark.parametrize(
    "sent",
    [
        (frames.LONGEST + 1).to_bytes(4, "big") + b"x",
        b"\x00\x00\x00\x03abc",
        b"\x00\x00\x00\x02[]",
        b"\xff" * 4096,
        (200_000).to_bytes(4, "big") + b"[" * 200_000,
    ],
)
def test_hangs_up_on_what_is_no_message_and_goes_on(sent, serve, tmp_path, open_keeper):
    asked = serve()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(10)
        peer.connect(str(tmp_path / "k.sock"))
        peer.sendall(sent)
        with suppress(ConnectionResetError):
            assert peer.recv(1) == b""
    assert asked.state()["open"]


@pytest.mark.parametrize(
    "facts",
    [
        {"items": "all"},
        {"items": [["a"]]},
        {"items": [["!", "!", 1]]},
        {"items": [["", "", True]]},
        {"items": [["", "", 1]] * (frames.MOST_ITEMS + 1)},
        {},
    ],
)
def test_refuses_malformed_questions(facts, serve, open_keeper):
    with pytest.raises(Refused, match="bad"):
        serve().ask("unwrap", **facts)


def test_refuses_unknown_questions(serve, open_keeper):
    with pytest.raises(Refused, match="unknown"):
        serve().ask("kek")


def test_makes_a_new_connection_when_the_old_one_is_stale(serve, open_keeper):
    asked = serve()
    assert asked.state()["open"]
    asked._peer().shutdown(socket.SHUT_RDWR)
    assert asked.state()["open"]


def test_leaves_the_socket_to_the_one_who_has_it(serve, keeper, tmp_path):
    serve()
    with pytest.raises(Taken):
        Server(tmp_path / "k.sock", 0o600, EVERYTHING, Answers(keeper, lambda said: None))


def test_shows_no_key_in_what_it_prints(keeper, serve, open_keeper):
    assert "•••" in repr(keeper)
    assert "Keyholder" in repr(serve())
