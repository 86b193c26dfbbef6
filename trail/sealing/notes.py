"""Checkpoints as signed notes (C2SP signed-note and tlog-checkpoint): written here, opened by the verifier."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from trail.sealing.keys import SigningKey


def checkpoint(*, size: int, root: bytes, at: datetime, key: SigningKey, partial: bool = False) -> str:
    """Return the signed note that says: the tree had this size and root at that time.

    :param partial: older events are still waiting, so an event that is not under it is no stranger.
    """
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    text = f"{key.name}\n{size}\n{base64.b64encode(root).decode('ascii')}\nat {when}\n"
    if partial:
        text += "partial\n"
    signature = base64.b64encode(key.public.id + key.sign(text.encode())).decode("ascii")
    return f"{text}\n\u2014 {key.name} {signature}\n"
