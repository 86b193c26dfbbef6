"""Change the KEK file: whole or not at all, and so that the bytes of the old copy do not stay behind.

The new file is written beside the old one and takes its place with one rename; then the old bytes are overwritten.
What a killed process left beside it, the next change overwrites. On a copy-on-write file system, or a disk that remaps
its blocks, older bytes may outlive that: split custody or an HSM leaves none there. Two processes that change the file
wait for each other on its directory.
"""

import fcntl
import json
import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from vault.keyfiles import KEY_BYTES, read_json, read_kek_file

Content = dict[str, Any]
Result = TypeVar("Result")


def add_kek(path: Path) -> int:
    """Put a new KEK into the file, above all others, and return its version; which one is current stays.

    :raises vault.keyfiles.BadKeyFile: when the file may not be used.
    """

    def add(content: Content) -> int:
        keys = content["kek"]["keys"]
        version = max(map(int, keys)) + 1
        keys[str(version)] = b64encode(os.urandom(KEY_BYTES)).decode("ascii")
        return version

    return change(path, add)


def remove_kek(path: Path, version: int) -> None:
    """Take a KEK out of the file; when it was the current one there, the highest that is left is.

    :raises vault.keyfiles.BadKeyFile: when the file may not be used.
    :raises ValueError: when it is the only one: without a KEK there is no KEK file.
    """

    def remove(content: Content) -> None:
        kek = content["kek"]
        if str(version) not in kek["keys"]:
            return
        if len(kek["keys"]) == 1:
            raise ValueError("The only KEK is never destroyed.")
        del kek["keys"][str(version)]
        if int(kek["current"]) == version:
            kek["current"] = max(map(int, kek["keys"]))

    change(path, remove)


def change(path: Path, act: Callable[[Content], Result]) -> Result:
    """Let `act` change the content of the KEK file, and put the changed file in the place of the old one."""
    with _alone(path.parent) as directory:
        read_kek_file(path)  # refuses what is loose, foreign or damaged
        content = read_json(path)
        result = act(content)
        _replace(path, json.dumps(content, indent=1).encode("ascii"), directory)
    return result


@contextmanager
def _alone(directory: Path) -> Iterator[int]:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _replace(path: Path, content: bytes, directory: int) -> None:
    draft, old = (path.with_name(f".{path.name}.{end}") for end in ("new", "old"))
    _wipe(draft)
    _wipe(old)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.link(path, old)
    os.replace(draft, path)
    os.fsync(directory)
    _wipe(old)


def _wipe(path: Path) -> None:
    """Overwrite a file that must not stay, and remove it. Whoever reads it just now notices the exchange."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        # SECURITY: a destroyed KEK must not wait in free blocks.
        os.write(descriptor, bytes(os.fstat(descriptor).st_size))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    path.unlink()
