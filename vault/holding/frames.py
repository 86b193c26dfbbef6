"""Messages between the keyholder and those who ask it: four bytes of length, big-endian, then JSON; bytes as base64."""

import json
from base64 import b64decode, b64encode
from socket import socket
from typing import Any

LONGEST = 1024 * 1024
"""Bytes of one message. Whoever announces more is not listened to."""
MOST_ITEMS = 2000
"""Keys wrapped or unwrapped by one message."""
ANSWER_SECONDS = 10.0
"""How long the rest of a message, or an answer, may take."""


class BadFrame(Exception):
    """What came is no message of ours, or it is too long."""


class Hungup(Exception):
    """The other side closed the connection between two messages."""


def send(peer: socket, message: dict[str, Any]) -> None:
    """Send one message.

    :raises BadFrame: when it is too long.
    """
    content = json.dumps(message, separators=(",", ":")).encode("ascii")
    if len(content) > LONGEST:
        raise BadFrame
    peer.sendall(len(content).to_bytes(4, "big") + content)


def receive(peer: socket) -> dict[str, Any]:
    """Wait for one message and return it.

    :raises Hungup: when the other side is gone.
    :raises BadFrame: when it is too long, cut off or no message.
    :raises TimeoutError: when it does not come in time.
    """
    head = _exactly(peer, 4)
    peer.settimeout(ANSWER_SECONDS)
    length = int.from_bytes(head, "big")
    # SECURITY: nothing is read, or kept in memory, on a stranger's word.
    if length > LONGEST:
        raise BadFrame
    try:
        message = json.loads(_exactly(peer, length))
    except (ValueError, RecursionError, Hungup):
        raise BadFrame from None
    if not isinstance(message, dict):
        raise BadFrame
    return message


def text(data: bytes) -> str:
    """Return bytes as a message carries them."""
    return b64encode(data).decode("ascii")


def data(text: object) -> bytes:
    """Return the bytes that a message carries.

    :raises BadFrame: when it carries none there.
    """
    if not isinstance(text, str):
        raise BadFrame
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise BadFrame from None


def _exactly(peer: socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = peer.recv(min(length - len(parts), 65536))
        if not part:
            raise Hungup
        parts += part
    return bytes(parts)
