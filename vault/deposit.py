"""What a process hands over that it cannot read back: sealed with age (X25519) to the worker's public key."""

from pathlib import Path

import pyrage

from vault.envelope import CannotOpen
from vault.keyfiles import read_deposit_file, read_recipient_file

AGE = b"age-encryption.org/v1\n"
"""How every age file begins."""
OVERHEAD = 1024
"""More than an age file with one recipient adds, beside its tags."""
TAG_PER = 16 / (64 * 1024)


def longest_sealed(size: int) -> int:
    """Return how long a sealed deposit of `size` bytes can be at most."""
    return size + int(size * TAG_PER) + OVERHEAD


def seal_deposit(content: bytes, recipient: Path) -> bytes:
    """Seal bytes to the public key in this file; nobody in this process can open them again.

    :raises vault.keyfiles.BadKeyFile: when the file holds no usable key.
    """
    sealed: bytes = pyrage.encrypt(content, [read_recipient_file(recipient)])
    return sealed


def open_deposit(sealed: bytes, identities: Path) -> bytes:
    """Open a deposit with the identities in this file. Imported by `files` only, run by the worker only.

    :raises CannotOpen: when it was not sealed to one of them, or was changed.
    :raises vault.keyfiles.BadKeyFile: when the file holds no usable key.
    """
    held = read_deposit_file(identities)
    try:
        content: bytes = pyrage.decrypt(sealed, held)
    except pyrage.DecryptError:
        raise CannotOpen from None
    return content
