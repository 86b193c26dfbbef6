"""The KEK file sealed m-of-n, so that no custodian opens it alone.

    {"format": 1, "threshold": 2, "shares": [{"name": "an", "recipient": "age1…"}, …],
     "envelopes": [{"of": [0, 1], "sealed": "<base64>"}, …]}

For every subset of `threshold` shares there is one envelope: the KEK file encrypted with age to the last share of the
subset, that again to the one before it, and so on. At most five shares, so at most ten envelopes. The custodian's
share is an age identity; its public half stands in the file, so that a changed KEK file can be sealed again to the
same people without them.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyrage
from pyrage import IdentityError, RecipientError, x25519

from vault.keyfiles import BadKeyFile, read_closed

MOST_SHARES = 5
LONGEST_NAME = 40


class BadShares(Exception):
    """These shares or this threshold cannot be; the message says why and shows no share."""


class WrongShare(Exception):
    """What was brought is no share of this key."""


@dataclass(frozen=True, slots=True)
class Share:
    """The public half of one custodian's share."""

    name: str
    recipient: str


@dataclass(frozen=True, slots=True)
class SealedKek:
    """The sealed KEK file: opens when `threshold` of the shares come together."""

    threshold: int
    shares: tuple[Share, ...]
    envelopes: Mapping[tuple[int, ...], bytes] = field(repr=False)

    def index_of(self, identity: x25519.Identity) -> int:
        """Return which share an identity is.

        :raises WrongShare: when it is none of them.
        """
        public = str(identity.to_public())
        for index, share in enumerate(self.shares):
            if share.recipient == public:
                return index
        raise WrongShare("This is no share of the key that is sealed here.")

    def open(self, identities: Mapping[int, x25519.Identity]) -> bytes:
        """Return the KEK file's content.

        :param identities: shares by their index, at least `threshold` of them.
        :raises WrongShare: when they are too few, or the envelope does not open with them.
        """
        subset = tuple(sorted(identities)[: self.threshold])
        content = self.envelopes.get(subset)
        if content is None:
            raise WrongShare("There is no envelope for these shares.")
        try:
            for index in subset:
                content = pyrage.decrypt(content, [identities[index]])
        except pyrage.DecryptError:
            raise WrongShare("The sealed file does not open with these shares.") from None
        return bytes(content)


def seal(content: bytes, shares: Sequence[Share], threshold: int) -> SealedKek:
    """Seal a KEK file's content to its custodians.

    :raises BadShares: when there are more than five shares, two of one person, or an impossible threshold.
    """
    names = {share.name for share in shares}
    if not 1 <= len(shares) <= MOST_SHARES:
        raise BadShares(f"Between one and {MOST_SHARES} shares, not {len(shares)}.")
    if not 1 <= threshold <= len(shares):
        raise BadShares(f"Of {len(shares)} shares, {threshold} cannot be needed.")
    if len(names) < len(shares) or len({share.recipient for share in shares}) < len(shares):
        raise BadShares("Each share has its own name and its own key.")
    recipients = [_recipient(share.recipient) for share in shares]
    envelopes = {}
    for subset in combinations(range(len(shares)), threshold):
        sealed = content
        for index in reversed(subset):
            sealed = pyrage.encrypt(sealed, [recipients[index]])
        envelopes[subset] = sealed
    return SealedKek(threshold, tuple(shares), envelopes)


def read_share(path: Path) -> Share:
    """Read the public half of a custodian's share from a file; the file's name is the share's.

    :raises BadShares: when it is no age recipient.
    """
    try:
        lines = path.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadShares(f"{path} cannot be read.") from None
    keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(keys) != 1:
        raise BadShares(f"{path} must hold one public age key.")
    _recipient(keys[0])
    return Share(path.stem[:LONGEST_NAME], keys[0])


def read_identity(text: str) -> x25519.Identity:
    """Read what a custodian brought: an age identity, comment lines left out.

    :raises WrongShare: when it is none. The message shows nothing of it.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        (line,) = lines
        return x25519.Identity.from_str(line)
    except (ValueError, IdentityError):
        raise WrongShare("This is no share: an age identity begins with AGE-SECRET-KEY-1.") from None


def read_sealed(path: Path) -> SealedKek:
    """Read the sealed KEK file.

    :raises vault.keyfiles.BadKeyFile: when it is missing, loose, foreign or damaged.
    """
    try:
        content = json.loads(read_closed(path))
        if content["format"] != 1:
            raise ValueError
        shares = tuple(Share(str(share["name"]), str(share["recipient"])) for share in content["shares"])
        envelopes = {
            tuple(int(index) for index in each["of"]): b64decode(each["sealed"], validate=True)
            for each in content["envelopes"]
        }
        sealed = SealedKek(int(content["threshold"]), shares, envelopes)
        if not 1 <= sealed.threshold <= len(shares) <= MOST_SHARES:
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadKeyFile(f"{path} is not a sealed KEK file.") from None
    return sealed


def write_sealed(path: Path, sealed: SealedKek) -> None:
    """Write the sealed KEK file, mode 0600, in one step: there is always a whole one.

    The bytes of the one before are overwritten: it may hold a KEK that has just been destroyed.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump(_plain(sealed), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        with _wiped_afterwards(path):
            draft.replace(path)
            _sync_directory(path.parent)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _wiped_afterwards(path: Path) -> Iterator[None]:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        yield
        return
    try:
        yield
        os.write(descriptor, bytes(os.fstat(descriptor).st_size))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _plain(sealed: SealedKek) -> dict[str, Any]:
    return {
        "format": 1,
        "threshold": sealed.threshold,
        "shares": [{"name": share.name, "recipient": share.recipient} for share in sealed.shares],
        "envelopes": [
            {"of": list(subset), "sealed": b64encode(envelope).decode("ascii")}
            for subset, envelope in sealed.envelopes.items()
        ],
    }


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _recipient(text: str) -> x25519.Recipient:
    try:
        return x25519.Recipient.from_str(text)
    except RecipientError:
        raise BadShares("A share is a public age key: it begins with age1.") from None
