"""Who is at the other end of a Unix socket: the kernel's word, which no process can forge."""

import socket
import struct

CREDENTIALS = struct.Struct("3i")


def uid_of(peer: socket.socket) -> int:
    """Return the account of the process at the other end (SO_PEERCRED)."""
    said = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    _, uid, _ = CREDENTIALS.unpack(said)
    return int(uid)
