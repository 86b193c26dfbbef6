"""Rows of a workbook, read by a process of its own (see `workbook_process`)."""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from documents.escaping import unescape
from documents.limits import Limits
from documents.problems import PROBLEMS, Unreadable

_PROGRAM = Path(__file__).with_name("workbook_process.py")
_INHERITED = ("LD_LIBRARY_PATH", "SYSTEMROOT")


class Workbook:
    """One sheet of a workbook while it is read. Close it: a process hangs on it."""

    def __init__(self, data: bytes, *, sheet: str, limits: Limits) -> None:
        """Open the workbook.

        :param sheet: the name of a visible sheet; empty for the first one that holds something.
        :raises Unreadable: see `documents.problems`.
        """
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _INHERITED if name in os.environ},
            cwd="/",
        )
        order = {
            "sheet": sheet,
            "rows": limits.rows,
            "columns": limits.columns,
            "memory": limits.memory,
            "seconds": limits.seconds,
        }
        try:
            self._hand_over(json.dumps(order).encode(), data)
            first = self._frame()
        except BaseException:
            self.close()
            raise
        self.sheets: tuple[str, ...] = tuple(first["sheets"])
        self.sheet: str = first["sheet"]

    def _hand_over(self, order: bytes, data: bytes) -> None:
        assert self._process.stdin is not None
        try:
            with self._process.stdin as stdin:
                stdin.write(struct.pack(">I", len(order)) + order)
                stdin.write(data)
        except BrokenPipeError:
            raise Unreadable("too_complex") from None

    def _frame(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        head = self._process.stdout.read(4)
        body = self._process.stdout.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""
        try:
            frame: dict[str, Any] = json.loads(body)
        except ValueError:  # the process ended in the middle: its bounds, or an abort
            raise Unreadable("too_complex") from None
        if "error" in frame:
            code = frame["error"] if frame["error"] in PROBLEMS else "damaged"
            raise Unreadable(code, **frame.get("params", {}))
        return frame

    def rows(self) -> Iterator[tuple[int, list[str], list[int]]]:
        """Yield line number, cells, and the columns whose number a spreadsheet has rounded."""
        try:
            while "rows" in (frame := self._frame()):
                for line, cells, rounded in frame["rows"]:
                    yield line, [unescape(cell) for cell in cells], rounded
        finally:
            self.close()

    def close(self) -> None:
        """End the process."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
