"""The offline identities that open backups, from files or an open descriptor; never from a command line's words."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

import pyrage

from vault.dumps import Identities
from vault.keyfiles import LONGEST_KEY_FILE, read_deposit_file


class NoIdentity(Exception):
    """None was given, or what was given is none."""


def add_arguments(parser: ArgumentParser) -> None:
    """Let a command ask for identities."""
    parser.add_argument(
        "--identity",
        type=Path,
        action="append",
        default=[],
        help="file with the age identity of the backups' recipient (mode 0600); may be given twice",
    )
    parser.add_argument(
        "--identity-fd", type=int, help="descriptor from which identities are read, one a line"
    )


def read(files: Sequence[Path], descriptor: int | None) -> Identities:
    """Return the identities given.

    :raises NoIdentity: none was given, or what came by the descriptor is none.
    :raises vault.keyfiles.BadKeyFile: a file holds none, or others may read it.
    """
    found = [one for path in files for one in read_deposit_file(path)]
    if descriptor is not None:
        with os.fdopen(descriptor, "rb") as given:
            lines = given.read(LONGEST_KEY_FILE).decode("ascii", errors="replace").split()
        try:
            found += [pyrage.x25519.Identity.from_str(line) for line in lines]
        except pyrage.IdentityError:
            raise NoIdentity from None
    if not found:
        raise NoIdentity
    return found
