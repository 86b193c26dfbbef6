"""Index roots in the KEK file: one comes with each epoch and goes with it."""

import os
from base64 import b64encode
from pathlib import Path

from vault.kek_file import Content, change
from vault.keyfiles import KEY_BYTES


def add_root(path: Path) -> int:
    """Put the index root of a new epoch into the file, above all others, and return the epoch.

    :raises vault.keyfiles.BadKeyFile: when the file may not be used.
    """

    def add(content: Content) -> int:
        epoch = max(map(int, content["index"]), default=0) + 1
        content["index"][str(epoch)] = b64encode(os.urandom(KEY_BYTES)).decode("ascii")
        return epoch

    return change(path, add)


def remove_root(path: Path, epoch: int) -> None:
    """Take the index root of an epoch out of the file; that it is gone already is no error.

    :raises vault.keyfiles.BadKeyFile: when the file may not be used.
    """

    def remove(content: Content) -> None:
        content["index"].pop(str(epoch), None)

    change(path, remove)
