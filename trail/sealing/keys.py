"""The checkpoint key: an Ed25519 key in a file that the worker alone has, and the public half that everybody may have.

    key file        PRIVATE+KEY+<name>+<id>+<base64>, one key a line, the newest last and signing
    public file     <name>+<id>+<base64>, in the same order: older ones still verify

Both are the text forms of C2SP signed-note. The name is the origin of the tree's checkpoints; it is made at random, so
that two sites never share one. Needs no Django, so set-up can call it.
"""

from __future__ import annotations

import base64
import os
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trail.standalone.verify_trail import ED25519, Incomplete, Key

PREFIX = "PRIVATE+KEY+"
SEED_BYTES = 32
LONGEST_FILE = 64 * 1024


class BadKey(Exception):
    """A key file is missing, loose or damaged. The message names the file, never its content."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What signs checkpoints."""

    name: str
    seed: bytes = field(repr=False)

    @property
    def public(self) -> Key:
        """The half that verifies."""
        return Key(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def sign(self, text: bytes) -> bytes:
        """Return the signature of a text."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text)

    def line(self) -> str:
        """Return the line that the key file holds."""
        encoded = base64.b64encode(bytes([ED25519]) + self.seed).decode("ascii")
        return f"{PREFIX}{self.name}+{self.public.id.hex()}+{encoded}"


def make(name: str = "") -> SigningKey:
    """Return a new key; without a name, one with a new name."""
    return SigningKey(name or f"custinfo.{secrets.token_hex(4)}/trail", os.urandom(SEED_BYTES))


def make_missing(files: Mapping[str, Path]) -> list[Path]:
    """Make `TRAIL_KEY_FILE` and `TRAIL_PUBLIC_FILE` where they are missing and named; return those made.

    :raises BadKey: there is a public half without its key: the tree's checkpoints could not go on.
    """
    if "TRAIL_KEY_FILE" not in files:
        return []
    secret, public = Path(files["TRAIL_KEY_FILE"]), Path(files["TRAIL_PUBLIC_FILE"])
    if public.exists() and not secret.exists():
        raise BadKey(f"{secret} is missing, and {public} belongs to it.")
    made = [secret] if _make(secret, make().line() + "\n") else []
    halves = "".join(f"{key.public}\n" for key in read(secret))
    return made + ([public] if _make(public, halves) else [])


def add(secret: Path, public: Path) -> Key:
    """Add a key that signs from now on, under the same name; return its public half. Stop the worker first.

    :raises BadKey: a file is missing or damaged.
    """
    held, known = read(secret), read_public(public)
    fresh = make(held[-1].name)
    # The public half first: a checkpoint must never bear a signature that nobody can verify.
    for path, lines in (
        (public, [*known, fresh.public]),
        (secret, [*(key.line() for key in held), fresh.line()]),
    ):
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        _write(draft, "".join(f"{line}\n" for line in lines))
        draft.rename(path)
    return fresh.public


def read(path: Path) -> list[SigningKey]:
    """Read the keys that sign, the newest last.

    :raises BadKey: the file is missing, readable by others, or none.
    """
    found = []
    for line in _read_closed(path).split():
        try:
            name, _, encoded = line.removeprefix(PREFIX).split("+", 2)
            content = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise BadKey(f"{path} is not a checkpoint key file.") from None
        key = SigningKey(name, content[1:])
        if len(content) != SEED_BYTES + 1 or content[0] != ED25519 or key.line() != line:
            raise BadKey(f"{path} is not a checkpoint key file.")
        found.append(key)
    if not found:
        raise BadKey(f"{path} is not a checkpoint key file.")
    return found


def read_public(path: Path) -> list[Key]:
    """Read the keys that verify, the newest last.

    :raises BadKey: the file is missing, can be changed by others, or none.
    """
    try:
        found = [Key.parse(line) for line in _read_closed(path).split()]
    except Incomplete:
        found = []
    if not found:
        raise BadKey(f"{path} is not a file of public keys.")
    return found


def _make(path: Path, content: str) -> bool:
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    _write(draft, content)
    try:
        # SECURITY: a link, not a rename: whoever comes second must not replace a key that has signed.
        with suppress(FileExistsError):
            os.link(draft, path)
            return True
        return False
    finally:
        draft.unlink()


def _write(path: Path, content: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _read_closed(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise BadKey(f"{path} cannot be read: {error.strerror}.") from None
    try:
        facts = os.fstat(descriptor)
        # SECURITY: a key that others can read or replace is no key.
        if not stat.S_ISREG(facts.st_mode) or stat.S_IMODE(facts.st_mode) & 0o077:
            raise BadKey(f"{path} must be a file of mode 0600.")
        if facts.st_uid != os.geteuid():
            raise BadKey(f"{path} must belong to the account that runs this process.")
        return os.read(descriptor, LONGEST_FILE).decode("ascii", errors="replace")
    finally:
        os.close(descriptor)
