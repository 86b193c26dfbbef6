"""The directory between us and a witness in another place: we leave a checkpoint with its proof, it answers.

    checkpoint      ours: `old N`, the hashes that lead from its tree of N leaves to ours, an empty line, the note
    acknowledged    the witness's: the note that it keeps as the newest
    refused         the witness's: why it does not accept what lies there

The first is the request of C2SP tlog-witness. The witness is `trail.standalone.witness`.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from trail.sealing.keys import read_public
from trail.standalone.verify_trail import Checkpoint, Key, open_note


def place() -> Path | None:
    """Return the directory; None: there is no witness in another place."""
    return Path(settings.TRAIL_OUTBOX) if settings.TRAIL_OUTBOX else None


def acknowledged() -> Checkpoint | None:
    """Return the checkpoint that the witness keeps; None: it has not answered yet.

    :raises verify_trail.Bad: it acknowledges what we never signed.
    """
    text = _read("acknowledged")
    return open_note(text, read_public(Path(settings.TRAIL_PUBLIC_FILE))) if text else None


def witness_keys() -> list[Key]:
    """Return the public keys that an answer must be signed with; none: any answer counts.

    :raises keys.BadKey: the file that is configured holds none.
    """
    file = settings.TRAIL_WITNESS_PUBLIC_FILE
    return read_public(Path(file)) if file else []


def refused() -> str:
    """Return why the witness refuses what lies there; empty when it does not."""
    return _read("refused").strip()


def leave(note: str, *, old: int, proof: Sequence[bytes]) -> None:
    """Leave a checkpoint for the witness, with the proof that it extends the tree of `old` leaves."""
    directory = place()
    assert directory is not None
    hashes = "".join(f"{base64.b64encode(one).decode('ascii')}\n" for one in proof)
    draft = directory / ".checkpoint"
    with draft.open("w", encoding="utf-8") as file:
        file.write(f"old {old}\n{hashes}\n{note}")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(directory / "checkpoint")


def _read(name: str) -> str:
    directory = place()
    if directory is None:
        return ""
    try:
        return (directory / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
