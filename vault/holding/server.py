"""The keyholder's socket: who is let in, what each may ask, and an answer in words that show nothing.

versions, epochs, state                                   whoever is let in
wrap, unwrap, index_key                                   KEYHOLDER_UIDS: web and worker
create_kek, destroy_kek, create_epoch, destroy_epoch      KEYHOLDER_WORKER_UIDS: the worker
share                                                     KEYHOLDER_CUSTODIAN_UIDS: custodians at the host
"""

import logging
import os
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.db import DatabaseError, connections

from trail.services import TrailUnavailable
from vault.away import OlderKey, Sealed
from vault.envelope import CannotOpen
from vault.holding import frames
from vault.holding.frames import BadFrame, data, text
from vault.holding.keeper import ForeignKey, Keeper, StillInUse
from vault.holding.peers import uid_of
from vault.holding.shares import WrongShare
from vault.keyfiles import BadKeyFile

log = logging.getLogger(__name__)

IDLE_SECONDS = 300.0
"""How long a connection may say nothing."""
MOST_PEERS = 128
"""Connections at a time."""
SHARES = "share"
CHANGES = frozenset({"create_kek", "destroy_kek", "create_epoch", "destroy_epoch"})
ANYBODYS = frozenset({"state", "versions", "epochs"})

Asked = Mapping[str, Any]
T = TypeVar("T")


class Taken(Exception):
    """Another keyholder answers at this socket."""


@dataclass(frozen=True, slots=True)
class Peers:
    """Accounts by what they may ask."""

    users: Collection[int]
    workers: Collection[int]
    custodians: Collection[int]

    def may(self, uid: int, ask: str) -> bool:
        """Tell whether this account may ask this."""
        if ask == SHARES:
            return uid in self.custodians
        if ask in CHANGES:
            return uid in self.workers
        if ask in ANYBODYS:
            return self.knows(uid)
        return uid in self.users

    def knows(self, uid: int) -> bool:
        """Tell whether this account may connect at all."""
        return uid in self.users or uid in self.workers or uid in self.custodians


class Answers:
    """What the keyholder does for each question."""

    def __init__(self, keeper: Keeper, bring: Callable[[str], None]) -> None:
        """
        :param bring: takes in a share, with its events; the keeper alone knows neither trail nor keyring.
        """
        self._keeper = keeper
        self._asks: dict[str, Callable[[Asked], dict[str, Any]]] = {
            "state": lambda asked: asdict(keeper.state()),
            "versions": lambda asked: {"versions": list(keeper.provider().versions())},
            "epochs": lambda asked: {"epochs": list(keeper.provider().epochs())},
            "wrap": self._wrap,
            "unwrap": self._unwrap,
            "index_key": self._index_key,
            "create_kek": lambda asked: {"version": keeper.create_kek()},
            "destroy_kek": lambda asked: _do(keeper.destroy_kek, _number(asked, "version")),
            "create_epoch": lambda asked: {"epoch": keeper.create_epoch()},
            "destroy_epoch": lambda asked: _do(keeper.destroy_epoch, _number(asked, "epoch")),
            SHARES: lambda asked: _do(bring, _said(asked, "share")),
        }

    def to(self, asked: Asked) -> dict[str, Any]:
        """Answer a question; what is refused is said by a code."""
        answer = self._asks.get(str(asked.get("ask")))
        try:
            return {"no": "unknown"} if answer is None else answer(asked)
        except Sealed as sealed:
            return {"no": "sealed", "brought": sealed.brought, "needed": sealed.needed}
        except (TrailUnavailable, DatabaseError):
            return {"no": "unavailable"}
        except tuple(REFUSALS) as refused:
            return {"no": REFUSALS[type(refused)]}
        finally:
            connections.close_all()

    def _wrap(self, asked: Asked) -> dict[str, Any]:
        provider = self._keeper.provider()
        version = None if asked.get("version") is None else _number(asked, "version")
        wrapped = [provider.wrap(data(key), data(about), version) for key, about in _items(asked, 2)]
        return {"wrapped": [[version, text(each)] for version, each in wrapped]}

    def _unwrap(self, asked: Asked) -> dict[str, Any]:
        provider = self._keeper.provider()
        keys: list[str | None] = []
        for wrapped, about, version in _items(asked, 3):
            try:
                keys.append(text(provider.unwrap(data(wrapped), data(about), version)))
            except CannotOpen:
                keys.append(None)
        return {"keys": keys}

    def _index_key(self, asked: Asked) -> dict[str, Any]:
        about = data(asked.get("about"))
        return {"key": text(self._keeper.provider().index_key(about, _number(asked, "epoch")))}


REFUSALS: dict[type[Exception], str] = {
    OlderKey: "older",
    ForeignKey: "foreign",
    CannotOpen: "cannot_open",
    StillInUse: "in_use",
    WrongShare: "wrong_share",
    BadKeyFile: "bad_file",
    ValueError: "last",
    BadFrame: "bad",
}


def _do(act: Callable[[T], None], about: T) -> dict[str, Any]:
    act(about)
    return {}


def _number(asked: Asked, name: str) -> int:
    number = asked.get(name)
    if not isinstance(number, int) or isinstance(number, bool):
        raise BadFrame
    return number


def _said(asked: Asked, name: str) -> str:
    said = asked.get(name)
    if not isinstance(said, str):
        raise BadFrame
    return said


def _items(asked: Asked, length: int) -> list[list[Any]]:
    items = asked.get("items")
    if not isinstance(items, list) or len(items) > frames.MOST_ITEMS:
        raise BadFrame
    for item in items:
        if not isinstance(item, list) or len(item) != length:
            raise BadFrame
        if length == 3 and (not isinstance(item[2], int) or isinstance(item[2], bool)):
            raise BadFrame
    return items


class _Handler(socketserver.BaseRequestHandler):
    server: "Server"
    request: socket.socket

    def handle(self) -> None:
        uid = uid_of(self.request)
        # SECURITY: the kernel names the account; whoever is not let in learns nothing, not even the state.
        if not self.server.peers.knows(uid):
            log.warning("keyholder: account %s was not let in", uid)
            return
        with suppress(frames.Hungup, BadFrame, OSError):
            while True:
                self.request.settimeout(IDLE_SECONDS)
                asked = frames.receive(self.request)
                allowed = self.server.peers.may(uid, str(asked.get("ask")))
                answer = self.server.answers.to(asked) if allowed else {"no": "refused"}
                frames.send(self.request, answer)

    def finish(self) -> None:
        self.server.places.release()


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """The socket of a keyholder."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, path: Path, mode: int, peers: Peers, answers: Answers) -> None:
        """
        :raises Taken: when another keyholder answers there.
        """
        self.peers = peers
        self.answers = answers
        self.places = threading.BoundedSemaphore(MOST_PEERS)
        _clear_stale(path)
        mask = os.umask(0o177)  # SECURITY: closed from its first instant
        try:
            super().__init__(str(path), _Handler)
        finally:
            os.umask(mask)
        path.chmod(mode)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Take a connection while there is a place; a flood waits outside."""
        return self.places.acquire(blocking=False)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """SECURITY: the type alone: a traceback may carry what was asked."""
        log.error("keyholder: %s", type(sys.exc_info()[1]).__name__)


def _clear_stale(path: Path) -> None:
    """Remove the socket that a keyholder which is no more left behind.

    :raises Taken: when one answers.
    """
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
        else:
            raise Taken(f"Another keyholder answers at {path}.")
