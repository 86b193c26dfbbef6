"""The key files: what they hold, how they are made and read. Needs no Django, so set-up can call it.

    KEK file        {"format": 1, "kek": {"current": 1, "keys": {"1": "<base64>"}}, "index": {"1": "<base64>"}}
    login file      {"format": 1, "login": {"current": 1, "keys": {"1": "<base64>"}}}
    receipt file    {"format": 1, "receipts": {"current": 1, "keys": {"1": "<base64>"}}}
    deposit file    AGE-SECRET-KEY-1…, one identity a line, the newest last; the worker's alone
    recipient file  age1…, the public half of the newest identity

The restricted host has files of its own in the same formats: a KEK file without index roots (L4 is never indexed), a
login file, and an identity whose public half the main site has.

Keys are 256 random bits. The KEK wraps data keys; an index root of an epoch gives the blind index its keys;
the login key seals second factors and sessions, so that a sealed site can still be logged into; the receipt key
(the seed of an Ed25519 key) signs consent receipts; what is deposited is sealed with age to the recipient.
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

from pyrage import IdentityError, RecipientError, x25519

KEY_BYTES = 32
IDENTITIES = {
    "DEPOSIT_KEY_FILE": "DEPOSIT_RECIPIENT_FILE",
    "RESTRICTED_KEY_FILE": "RESTRICTED_RECIPIENT_FILE",
    "BACKUP_KEY_FILE": "BACKUP_RECIPIENT_FILE",
    "KEYRING_BACKUP_KEY_FILE": "KEYRING_BACKUP_RECIPIENT_FILE",
    "RESTRICTED_BACKUP_KEY_FILE": "RESTRICTED_BACKUP_RECIPIENT_FILE",
    "RESTRICTED_KEYS_BACKUP_KEY_FILE": "RESTRICTED_KEYS_BACKUP_RECIPIENT_FILE",
}
"""Settings of files that open deposits and backups, and of their public halves."""
LONGEST_KEY_FILE = 64 * 1024


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


def make_missing(files: Mapping[str, Path]) -> list[Path]:
    """Make whichever key files are missing, mode 0600; an existing file is never touched.

    :param files: paths by the settings that name them (`KEK_FILE`, `LOGIN_KEY_FILE`, `RECEIPT_KEY_FILE`,
        `DEPOSIT_KEY_FILE` with `DEPOSIT_RECIPIENT_FILE`, and those of the restricted host); only those named are
        made. Return those that were.
    :raises BadKeyFile: when there is a recipient without its identity: what is sealed to it opens no more.
    """
    contents: dict[str, dict[str, Any]] = {
        "KEK_FILE": {"format": 1, "kek": _first(), "index": {"1": _random()}},
        "LOGIN_KEY_FILE": {"format": 1, "login": _first()},
        "RECEIPT_KEY_FILE": {"format": 1, "receipts": _first()},
        "RESTRICTED_KEK_FILE": {"format": 1, "kek": _first(), "index": {}},
        "RESTRICTED_LOGIN_KEY_FILE": {"format": 1, "login": _first()},
    }
    made = [
        Path(files[name])
        for name, content in contents.items()
        if name in files and _make(Path(files[name]), json.dumps(content, indent=1))
    ]
    for identity, recipient in IDENTITIES.items():
        if identity in files:
            made += _make_deposit_keys(Path(files[identity]), Path(files[recipient]))
    return made


def _make_deposit_keys(identity: Path, recipient: Path) -> list[Path]:
    if recipient.exists() and not identity.exists():
        raise BadKeyFile(f"{identity} is missing, and {recipient} belongs to it.")
    made = [identity] if _make(identity, f"{x25519.Identity.generate()}\n") else []
    public = read_deposit_file(identity)[-1].to_public()
    return made + ([recipient] if _make(recipient, f"{public}\n") else [])


def read_kek_file(path: Path) -> KekFile:
    """Read the KEK file.

    :raises BadKeyFile: when it is missing, readable by others, owned by someone else or damaged.
    """
    content = read_json(path)
    try:
        return parse_kek(content)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadKeyFile(f"{path} is not a KEK file.") from None


def parse_kek(content: Mapping[str, Any]) -> KekFile:
    """Return what the content of a KEK file holds; whatever it raises means that it is none."""
    return KekFile(
        _versioned(content["kek"]), {int(epoch): _key(root) for epoch, root in content["index"].items()}
    )


def read_login_file(path: Path) -> Versioned:
    """Read the login key file.

    :raises BadKeyFile: as `read_kek_file`.
    """
    content = read_json(path)
    try:
        return _versioned(content["login"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadKeyFile(f"{path} is not a login key file.") from None


def read_receipt_file(path: Path) -> Versioned:
    """Read the seeds of the keys that sign receipts; older ones still verify.

    :raises BadKeyFile: as `read_kek_file`.
    """
    content = read_json(path)
    try:
        return _versioned(content["receipts"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadKeyFile(f"{path} is not a receipt key file.") from None


def read_deposit_file(path: Path) -> list[x25519.Identity]:
    """Read the identities that open deposits, the newest last.

    :raises BadKeyFile: as `read_kek_file`.
    """
    try:
        found = [x25519.Identity.from_str(line) for line in read_closed(path).decode("ascii").split()]
    except (IdentityError, UnicodeDecodeError):
        found = []
    if not found:
        raise BadKeyFile(f"{path} is not a deposit key file.")
    return found


def read_recipient_file(path: Path) -> x25519.Recipient:
    """Read to whom deposits are sealed. It is no secret, but who could replace it could read what comes.

    :raises BadKeyFile: as `read_kek_file`.
    """
    try:
        return x25519.Recipient.from_str(read_closed(path).decode("ascii").strip())
    except (RecipientError, UnicodeDecodeError):
        raise BadKeyFile(f"{path} is not a recipient file.") from None


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


def _make(path: Path, content: str) -> bool:
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # SECURITY: a link, not a rename: whoever comes second must not replace keys that already seal values.
        with suppress(FileExistsError):
            os.link(draft, path)
            return True
        return False
    finally:
        draft.unlink()


def read_json(path: Path) -> dict[str, Any]:
    """Read a key file of format 1 as it is written.

    :raises BadKeyFile: as `read_kek_file`.
    """
    try:
        content = json.loads(read_closed(path))
    except ValueError:
        raise BadKeyFile(f"{path} is damaged.") from None
    if not isinstance(content, dict) or content.get("format") != 1:
        raise BadKeyFile(f"{path} has an unknown format.")
    return content


def read_closed(path: Path) -> bytes:
    """Return the bytes of a file that this account alone may read.

    :raises BadKeyFile: when it is missing, readable by others or owned by someone else.
    """
    content, replaced = _read_once(path)
    while replaced:
        # The file was exchanged while it was read, and what was read may have been overwritten since.
        content, replaced = _read_once(path)
    return content


def _read_once(path: Path) -> tuple[bytes, bool]:
    """Return the content, and whether another file has taken its place meanwhile."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise BadKeyFile(f"{path} cannot be read: {error.strerror}.") from None
    try:
        facts = os.fstat(descriptor)
        # SECURITY: a key that others can read or replace is no key.
        if not stat.S_ISREG(facts.st_mode) or stat.S_IMODE(facts.st_mode) & 0o077:
            raise BadKeyFile(f"{path} must be a file of mode 0600.")
        if facts.st_uid != os.geteuid():
            raise BadKeyFile(f"{path} must belong to the account that runs this process.")
        content = os.read(descriptor, LONGEST_KEY_FILE)
        return content, _inode(path) not in (None, facts.st_ino)
    finally:
        os.close(descriptor)


def _inode(path: Path) -> int | None:
    try:
        return os.stat(path, follow_symlinks=False).st_ino
    except FileNotFoundError:
        return None
