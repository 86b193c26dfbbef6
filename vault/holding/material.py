"""What a KEK file holds, read from bytes, written to bytes, and changed: a key or an epoch comes or goes."""

import json
import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace

from vault.keyfiles import KEY_BYTES, BadKeyFile, KekFile, Versioned, parse_kek


def read(content: bytes) -> KekFile:
    """Return what the content of a KEK file holds.

    :raises vault.keyfiles.BadKeyFile: when it is none.
    """
    try:
        return parse_kek(json.loads(content))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadKeyFile("What was opened is not a KEK file.") from None


def write(held: KekFile) -> bytes:
    """Return the content of a KEK file."""
    content = {
        "format": 1,
        "kek": {"current": held.kek.current, "keys": _texts(held.kek.keys)},
        "index": _texts(held.index),
    }
    return json.dumps(content, indent=1).encode("ascii")


def with_new_kek(held: KekFile) -> tuple[KekFile, int]:
    """Return the file with one more KEK version, and its number. What wraps stays what it was."""
    version = max(held.kek.keys) + 1
    keys = {**held.kek.keys, version: os.urandom(KEY_BYTES)}
    return replace(held, kek=Versioned(held.kek.current, keys)), version


def without_kek(held: KekFile, version: int) -> KekFile:
    """Return the file without a KEK version; the newest of those that stay wraps when the current one goes.

    :raises ValueError: when it is the last one.
    """
    keys = {number: key for number, key in held.kek.keys.items() if number != version}
    if not keys:
        raise ValueError("The last KEK stays.")
    current = held.kek.current if held.kek.current in keys else max(keys)
    return replace(held, kek=Versioned(current, keys))


def with_new_epoch(held: KekFile) -> tuple[KekFile, int]:
    """Return the file with one more index root, and its epoch."""
    epoch = max(held.index, default=0) + 1
    return replace(held, index={**held.index, epoch: os.urandom(KEY_BYTES)}), epoch


def without_epoch(held: KekFile, epoch: int) -> KekFile:
    """Return the file without an index root.

    :raises ValueError: when it is the last one.
    """
    left = {number: root for number, root in held.index.items() if number != epoch}
    if not left:
        raise ValueError("The last epoch stays.")
    return replace(held, index=left)


def _texts(keys: Mapping[int, bytes]) -> dict[str, str]:
    return {str(number): b64encode(key).decode("ascii") for number, key in keys.items()}
