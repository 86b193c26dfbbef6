"""Work on the next pieces on the other cores while this process is busy with one.

A helper is a fork that only computes: it gets pieces through a pipe and has one at a time, touches no database
connection, and ends with the pipe: also when this process is killed.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def ahead(
    pieces: Iterable[Piece], work: Callable[[Piece], Result], *, helpers: int | None = None
) -> Iterator[Result]:
    """Yield the result of each piece, in order; what a helper cannot do is done here.

    :param work: a pure function; what it takes and returns can be pickled.
    :param helpers: how many forks; one less than there are cores when left out.
    """
    count = (os.cpu_count() or 1) - 1 if helpers is None else helpers
    busy: deque[_Helper[Piece, Result]] = deque()
    try:
        for piece in pieces if count else ():
            if len(busy) < count:
                busy.append(_Helper(work, [one.pipe for one in busy]))
                busy[-1].give(piece)
            else:
                result = busy[0].result()
                busy[0].give(piece)
                busy.rotate(-1)
                yield result
        for _ in range(len(busy)):
            result = busy[0].result()
            busy.popleft().end()
            yield result
        yield from map(work, pieces if not count else ())
    finally:
        for helper in busy:
            helper.end()


class _Helper(Generic[Piece, Result]):
    """One fork."""

    def __init__(self, work: Callable[[Piece], Result], others: list[Connection]) -> None:
        self.pipe, theirs = Pipe()
        self._work = work
        self._piece: Piece
        self._pid = os.fork()
        if not self._pid:
            try:
                for one in (self.pipe, *others):
                    one.close()  # or a helper would keep another's pipe open after this process is gone
                _serve(theirs, work)
            finally:
                os._exit(0)  # no clean-up of what belongs to the process that forked
        theirs.close()

    def give(self, piece: Piece) -> None:
        """Hand over a piece."""
        self._piece = piece
        with suppress(OSError):  # it is gone: `result` finds out
            self.pipe.send(piece)

    def result(self) -> Result:
        """Wait for the result of the piece that was given."""
        try:
            done, result = self.pipe.recv()
        except (EOFError, OSError):
            done = False
        return result if done else self._work(self._piece)

    def end(self) -> None:
        """Let the fork go."""
        self.pipe.close()
        os.waitpid(self._pid, 0)


def _serve(pipe: Connection, work: Callable[[Piece], Result]) -> None:
    while True:
        try:
            piece = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = (True, work(piece))
        except Exception:  # noqa: BLE001  whatever it is, it is met again where it can be told
            answer = (False, None)
        pipe.send(answer)
