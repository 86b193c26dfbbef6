"""The provider of web and worker under split custody: it asks the keyholder of its host and holds no KEK.

Index keys and versions are kept for FRESH_FOR seconds, as everything that a seal order must reach.
"""

import os
import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar, cast

from vault.away import OlderKey, ProviderLost, Sealed
from vault.envelope import CannotOpen
from vault.holding import frames
from vault.holding.frames import BadFrame, Hungup, data, text
from vault.holding.peers import uid_of

FRESH_FOR = 5.0
BATCH = 1000
T = TypeVar("T")


class Refused(Exception):
    """The keyholder refused an act; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Line:
    """One connection, closed when its thread ends or it is dropped."""

    def __init__(self, peer: socket.socket) -> None:
        self.peer = peer
        self.process = os.getpid()

    def __del__(self) -> None:
        self.peer.close()


class Lines(threading.local):
    """The connection of each thread; a forked child makes its own."""

    line: Line | None = None


class KeyholderProvider:
    """Ask the keyholder at a socket."""

    def __init__(self, path: Path, uid: int) -> None:
        """
        :param uid: the account that the keyholder runs as; whoever else answers there is not believed.
        """
        self._path = path
        self._uid = uid
        self._lines = Lines()
        self._known: dict[object, tuple[float, Any]] = {}

    def __repr__(self) -> str:
        return f"KeyholderProvider({str(self._path)!r})"

    def versions(self) -> Sequence[int]:
        return self._kept("versions", lambda: [int(each) for each in self.ask("versions")["versions"]])

    def epochs(self) -> Sequence[int]:
        return self._kept("epochs", lambda: [int(each) for each in self.ask("epochs")["epochs"]])

    def wrap(self, key: bytes, about: bytes, version: int | None = None) -> tuple[int, bytes]:
        return self.wrap_all([(key, about)], version)[0]

    def wrap_all(
        self, keys: Sequence[tuple[bytes, bytes]], version: int | None = None
    ) -> list[tuple[int, bytes]]:
        wrapped: list[tuple[int, bytes]] = []
        for start in range(0, len(keys), BATCH):
            items = [[text(key), text(about)] for key, about in keys[start : start + BATCH]]
            said = self.ask("wrap", items=items, version=version)["wrapped"]
            wrapped += [(int(used), data(each)) for used, each in said]
        return wrapped

    def unwrap(self, wrapped: bytes, about: bytes, version: int) -> bytes:
        (key,) = self.unwrap_all([(wrapped, about, version)])
        if key is None:
            raise CannotOpen
        return key

    def unwrap_all(self, wrapped: Sequence[tuple[bytes, bytes, int]]) -> list[bytes | None]:
        keys: list[bytes | None] = []
        for start in range(0, len(wrapped), BATCH):
            some = wrapped[start : start + BATCH]
            items = [[text(each), text(about), version] for each, about, version in some]
            keys += [None if key is None else data(key) for key in self.ask("unwrap", items=items)["keys"]]
        return keys

    def index_key(self, about: bytes, epoch: int) -> bytes:
        return self._kept(
            (about, epoch), lambda: data(self.ask("index_key", about=text(about), epoch=epoch)["key"])
        )

    def create_kek(self) -> int:
        return int(self._change("create_kek")["version"])

    def destroy_kek(self, version: int) -> None:
        self._change("destroy_kek", version=version)

    def create_epoch(self) -> int:
        return int(self._change("create_epoch")["epoch"])

    def destroy_epoch(self, epoch: int) -> None:
        self._change("destroy_epoch", epoch=epoch)

    def reload(self) -> None:
        self._known.clear()

    def state(self) -> dict[str, Any]:
        """Return which shares are in and which are missing.

        :raises vault.away.ProviderLost: when no keyholder answers.
        """
        return self.ask("state")

    def ask(self, question: str, **facts: Any) -> dict[str, Any]:
        """Put one question; a connection that has gone stale is made anew once.

        :raises vault.away.ProviderLost: when no keyholder answers, or it does not let us in.
        :raises vault.away.Sealed: while too few shares are in.
        :raises vault.away.OlderKey: when what it serves is older than what is asked for.
        :raises CannotOpen: when it does not open.
        :raises Refused: with the code of another refusal.
        """
        message = {"ask": question, **facts}
        # An act is not asked twice: whether the first was done is not known.
        stale = self._peer() is not None and not question.startswith(("create", "destroy"))
        try:
            said = self._exchange(message)
        except ProviderLost:
            if not stale:
                raise
            said = self._exchange(message)
        return self._heard(said)

    def _heard(self, said: dict[str, Any]) -> dict[str, Any]:
        code = said.get("no")
        if code is None:
            return said
        if code == "sealed":
            self._known.clear()
            raise Sealed(int(said["brought"]), int(said["needed"]))
        if code == "older":
            raise OlderKey
        if code == "cannot_open":
            raise CannotOpen
        raise Refused(str(code))

    def _exchange(self, message: dict[str, Any]) -> dict[str, Any]:
        try:
            peer = self._peer() or self._connect()
            peer.settimeout(frames.ANSWER_SECONDS)
            frames.send(peer, message)
            return frames.receive(peer)
        except (OSError, BadFrame, Hungup):
            self._lines.line = None
            self._known.clear()
            raise ProviderLost("the keyholder does not answer") from None

    def _peer(self) -> socket.socket | None:
        line = self._lines.line
        # A parent's connection is the parent's, which goes on using it.
        return line.peer if line is not None and line.process == os.getpid() else None

    def _connect(self) -> socket.socket:
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            peer.settimeout(frames.ANSWER_SECONDS)
            peer.connect(str(self._path))
            # SECURITY: data keys are handed over to be wrapped: not to whoever put a socket there.
            if uid_of(peer) != self._uid:
                raise ConnectionRefusedError
        except OSError:
            peer.close()
            raise
        self._lines.line = Line(peer)
        return peer

    def _change(self, question: str, **facts: Any) -> dict[str, Any]:
        self._known.clear()
        return self.ask(question, **facts)

    def _kept(self, name: object, ask: Callable[[], T]) -> T:
        until, known = self._known.get(name, (0.0, None))
        if monotonic() < until:
            return cast(T, known)
        answer = ask()
        self._known[name] = (monotonic() + FRESH_FOR, answer)
        return answer
