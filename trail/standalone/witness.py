"""Witness the trail from another place: keep every checkpoint that extends the last one, refuse all others.

    python witness.py OUTBOX KEPT --key KEYS [--every SECONDS]

Needs Python 3.11, the `cryptography` package and `verify_trail.py` beside it. OUTBOX is the directory that custinfo
leaves checkpoints in; KEPT is a directory that custinfo and its database administrators cannot write: what is kept
there finds a trail that was cut, forked or rebuilt (`verify_trail --witness KEPT/checkpoints`). KEYS are the public
keys of the trail. Without --every it looks once: exit code 0 all is well, 1 refused.

The witness signs what it keeps (C2SP tlog-cosignature) with a key of its own, KEPT/key, made the first time;
KEPT/witness.public goes to whoever verifies (`--witness-key`).

A refusal is final until a person has looked: the tree in OUTBOX is smaller than the kept one or does not begin with it.
"""

from __future__ import annotations

import argparse
import base64
import importlib
import os
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

verifier = importlib.import_module("trail.standalone.verify_trail" if __package__ else "verify_trail")

PREFIX = "PRIVATE+KEY+"


class Refused(Exception):
    """The checkpoint does not extend the kept one."""


def kept_note(kept: Path) -> str | None:
    """Return the newest note that is kept."""
    try:
        notes = list(verifier.notes_in((kept / "checkpoints").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    return notes[-1] if notes else None


def parse(text: str) -> tuple[int, list[bytes], str]:
    """Return the old size, the hashes and the note of what custinfo left.

    :raises Refused: it is not shaped so.
    """
    head, _, note = text.partition("\n\n")
    old, *hashes = head.split("\n")
    try:
        return int(old.removeprefix("old ")), [base64.b64decode(one, validate=True) for one in hashes], note
    except ValueError:
        raise Refused("what lies there is no checkpoint with its proof") from None


def extends(text: str, held: str | None, keys: Sequence[object]) -> str | None:
    """Return the note to keep from now on; None: the proof does not begin where we stand, so wait for the next.

    :raises Refused: its tree does not extend the kept one.
    """
    old, proof, note = parse(text)
    try:
        new = verifier.open_note(note, keys)
        last = None if held is None else verifier.open_note(held, keys)
    except verifier.Bad as fault:
        raise Refused(str(fault)) from None
    if last is None:
        return note
    if new.size < last.size:
        raise Refused(f"a tree of {new.size} leaves is smaller than the kept one of {last.size}")
    if new.size == last.size:
        if new.root != last.root:
            raise Refused(f"two trees of {new.size} leaves: it was forked")
        return held
    if old != last.size:
        return None
    if not verifier.consistent(last.size, last.root, new.size, new.root, proof):
        raise Refused(f"the tree of {new.size} leaves does not begin with the kept one of {last.size}")
    return note


def own_key(kept: Path) -> tuple[Any, Ed25519PrivateKey]:
    """Return the witness's public and private key; the first time they are made."""
    secret = kept / "key"
    if not secret.exists():
        name, made = f"witness.{secrets.token_hex(4)}", Ed25519PrivateKey.generate()
        public = verifier.Key(name, made.public_key().public_bytes_raw(), verifier.COSIGNATURE)
        encoded = base64.b64encode(bytes([public.kind]) + made.private_bytes_raw()).decode("ascii")
        _write(kept / "witness.public", f"{public}\n")
        _write(secret, f"{PREFIX}{name}+{public.id.hex()}+{encoded}\n", mode=0o600)
    name, _, encoded = secret.read_text(encoding="ascii").strip().removeprefix(PREFIX).split("+", 2)
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(encoded)[1:])
    return verifier.Key(name, private.public_key().public_bytes_raw(), verifier.COSIGNATURE), private


def cosign(note: str, kept: Path) -> str:
    """Return a note with the witness's signature under those that it bears."""
    public, private = own_key(kept)
    seconds = int(time.time())
    signature = private.sign(verifier.cosigned_text(note.rpartition("\n\n")[0] + "\n", seconds))
    content = base64.b64encode(public.id + seconds.to_bytes(8, "big") + signature).decode("ascii")
    return f"{note}\u2014 {public.name} {content}\n"


def look(outbox: Path, kept: Path, keys: Sequence[object]) -> bool:
    """Look once: keep and acknowledge what extends the kept checkpoint; tell whether all is well."""
    held = kept_note(kept)
    try:
        text = (outbox / "checkpoint").read_text(encoding="utf-8")
    except FileNotFoundError:
        return True
    try:
        note = extends(text, held, keys)
    except Refused as refusal:
        print(f"refused: {refusal}", flush=True)
        _write(outbox / "refused", f"{refusal}\n")
        _write(kept / "refused", text)
        return False
    if note is not None and note != held:
        held = cosign(note, kept)
        _append(kept / "checkpoints", held + "\n")
    if held is not None and _read(outbox / "acknowledged") != held:
        _write(outbox / "acknowledged", held)
    (outbox / "refused").unlink(missing_ok=True)
    return True


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    draft = path.with_name(f".{path.name}")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def main(words: Sequence[str] | None = None) -> int:
    """Read the command line and look, once or for ever."""
    parser = argparse.ArgumentParser(description="Witness the trail from another place.")
    parser.add_argument("outbox", type=Path)
    parser.add_argument("kept", type=Path)
    parser.add_argument("--key", type=Path, required=True, help="a file of public keys, one a line")
    parser.add_argument("--every", type=float, help="look again after so many seconds, for ever")
    asked = parser.parse_args(words)
    asked.kept.mkdir(parents=True, exist_ok=True)
    while True:
        keys = [verifier.Key.parse(line) for line in asked.key.read_text().split()]
        well = look(asked.outbox, asked.kept, keys)
        if asked.every is None:
            return 0 if well else 1
        time.sleep(asked.every)


if __name__ == "__main__":
    sys.exit(main())
