"""The two key files: what they hold, how they are made and read. Needs no Django, so set-up can call it.

    KEK file    {"format": 1, "kek": {"current": 1, "keys": {"1": "<base64>"}}, "index": {"1": "<base64>"}}
    login file  {"format": 1, "login": {"current": 1, "keys": {"1": "<base64>"}}}

Keys are 256 random bits. The KEK wraps data keys; an index root of an epoch gives the blind index its keys;
the login key seals second factors and sessions, so that a sealed site can still be logged into.
"""

import json
import os
import stat
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

KEY_BYTES = 32


class BadKeyFile(Exception):
    """The key file is missing, loose, foreign or damaged. The message names the file, never its content."""


@dataclass(frozen=True, slots=True)
class Versioned:
    """Keys by version, and the one that seals from now on."""

    current: int
    keys: Mapping[int, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class KekFile:
    """What the KEK file holds: KEKs by version, index roots by epoch."""

    kek: Versioned
    index: Mapping[int, bytes] = field(repr=False)


def make_missing(kek_path: Path, login_path: Path) -> list[Path]:
    """Make whichever of the two files is missing, mode 0600; an existing file is never touched.

    Return the files that were made.
    """
    contents: dict[Path, dict[str, Any]] = {
        Path(kek_path): {"format": 1, "kek": _first(), "index": {"1": _random()}},
        Path(login_path): {"format": 1, "login": _first()},
    }
    return [path for path, content in contents.items() if _make(path, content)]


def read_kek_file(path: Path) -> KekFile:
    """Read the KEK file.

    :raises BadKeyFile: when it is missing, readable by others, owned by someone else or damaged.
    """
    content = _read(path)
    try:
        return KekFile(
            _versioned(content["kek"]), {int(epoch): _key(root) for epoch, root in content["index"].items()}
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadKeyFile(f"{path} is not a KEK file.") from None


def read_login_file(path: Path) -> Versioned:
    """Read the login key file.

    :raises BadKeyFile: as `read_kek_file`.
    """
    content = _read(path)
    try:
        return _versioned(content["login"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadKeyFile(f"{path} is not a login key file.") from None


def _random() -> str:
    return b64encode(os.urandom(KEY_BYTES)).decode("ascii")


def _first() -> dict[str, Any]:
    return {"current": 1, "keys": {"1": _random()}}


def _key(text: str) -> bytes:
    key = b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("A key has 32 bytes.")
    return key


def _versioned(content: Mapping[str, Any]) -> Versioned:
    keys = {int(version): _key(text) for version, text in content["keys"].items()}
    current = int(content["current"])
    if current not in keys:
        raise ValueError("The current key is not there.")
    return Versioned(current, keys)


def _make(path: Path, content: Mapping[str, Any]) -> bool:
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        # SECURITY: a link, not a rename: whoever comes second must not replace keys that already seal values.
        with suppress(FileExistsError):
            os.link(draft, path)
            return True
        return False
    finally:
        draft.unlink()


def _read(path: Path) -> dict[str, Any]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise BadKeyFile(f"{path} cannot be read: {error.strerror}.") from None
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(file.fileno())
        # SECURITY: a key that others can read or replace is no key.
        if not stat.S_ISREG(facts.st_mode) or stat.S_IMODE(facts.st_mode) & 0o077:
            raise BadKeyFile(f"{path} must be a file of mode 0600.")
        if facts.st_uid != os.geteuid():
            raise BadKeyFile(f"{path} must belong to the account that runs this process.")
        try:
            content = json.loads(file.read())
        except ValueError:
            raise BadKeyFile(f"{path} is damaged.") from None
    if not isinstance(content, dict) or content.get("format") != 1:
        raise BadKeyFile(f"{path} has an unknown format.")
    return content
