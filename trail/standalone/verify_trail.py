"""Verify the trail without custinfo: an export, the proof of one event, or the proof between two checkpoints.

    python verify_trail.py FILE [--key KEYS] [--witness NOTES [--witness-key KEYS]]

Needs Python 3.11 and the `cryptography` package. FILE is NDJSON: a header, events, checkpoints (C2SP signed notes with
origin, size and root), and the hashes that tie the events to the newest checkpoint (RFC 6962).
KEYS holds the public keys that you were given before; without it the key that FILE names is used, which tells damage
from wholeness, but not the true trail from one rebuilt by a thief of the signing key. NOTES are checkpoints that a
witness kept: with them a rebuilt, forked or cut trail is found too. With the witness's public keys only those notes
count that bear its signature (C2SP tlog-cosignature), whoever handed them over.

Exit code: 0 whole, 1 tampered, 2 incomplete (cut short, events not sealed yet, unreadable).

A leaf is SHA-256(0x00 | row), a node SHA-256(0x01 | left | right). A row is the number of its columns and then, for
each column, a tag (25, text), the length in bytes (-1: no value), and the text in UTF-8; numbers have 4 bytes, the
highest first. The last column of an event is SHA-256, in hex, over the rows of its exposures.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import struct
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WHOLE, TAMPERED, INCOMPLETE = 0, 1, 2
ED25519, COSIGNATURE = 1, 4
TEXT = 25
MOST_NAMED = 20
LATE = timedelta(hours=1)
"""An event recorded longer than this before a checkpoint that does not hold it was put in afterwards."""
EVENT = (
    *("id", "at", "recorded_at", "leaf_version", "actor_id", "actor_number", "actor_name", "roles"),
    *("department", "site", "site_region", "acting_as", "mode", "kind", "facts", "decision", "rule"),
    *("rule_version", "purpose", "contact", "request", "zone", "ip", "session_hash"),
)
EXPOSURE = (
    *("id", "at", "event_id", "actor_id", "customer", "portfolio", "portfolio_region", "clear", "masked"),
    *("level", "act", "digest"),
)


class Bad(Exception):
    """What was given does not hold together."""


class Incomplete(Exception):
    """What was given is cut short or cannot be read."""


# --- hashes ----------------------------------------------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def row_bytes(values: Sequence[str | None]) -> bytes:
    """Return the canonical bytes of a row of texts."""
    parts = [struct.pack(">i", len(values))]
    for value in values:
        if value is None:
            parts.append(struct.pack(">Ii", TEXT, -1))
        else:
            text = value.encode()
            parts += (struct.pack(">Ii", TEXT, len(text)), text)
    return b"".join(parts)


def event_leaf(event: Mapping[str, Any], exposures: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the leaf of an event with its exposures, each a mapping of columns to texts.

    :raises Bad: a column is missing or too many, or the leaf version is unknown.
    """
    if event.keys() != set(EVENT) or any(one.keys() != set(EXPOSURE) for one in exposures):
        raise Bad("its columns are not those of an event and its exposures")
    if event["leaf_version"] != "1":
        raise Bad(f"its leaf version {event['leaf_version']!r} is unknown")
    shown = hashlib.sha256(b"".join(row_bytes([one[name] for name in EXPOSURE]) for one in exposures))
    return leaf_hash(row_bytes([*(event[name] for name in EVENT), shown.hexdigest()]))


class Fold:
    """A tree grown from the left: whole subtrees come in, the root of what has come can be asked."""

    def __init__(self) -> None:
        self.nodes: list[tuple[int, int, bytes]] = []
        self.end = 0

    def add(self, level: int, index: int, digest: bytes) -> list[tuple[int, int, bytes]]:
        """Add the subtree over leaves [index, index + 1) * 2**level; return it and those it completes.

        :raises Bad: it does not begin where the last one ended.
        """
        if index << level != self.end:
            raise Bad(f"leaf {self.end} is not followed by its neighbour")
        made = [(level, index, digest)]
        self.end += 1 << level
        while self.nodes and index % 2 and self.nodes[-1][0] == level:
            digest = node_hash(self.nodes.pop()[2], digest)
            level, index = level + 1, index // 2
            made.append((level, index, digest))
        self.nodes.append(made[-1])
        return made

    def root(self) -> bytes:
        """Return the root over all that has come (RFC 6962 §2.1)."""
        if not self.nodes:
            return hashlib.sha256().digest()
        digest = self.nodes[-1][2]
        for _, _, left in reversed(self.nodes[:-1]):
            digest = node_hash(left, digest)
        return digest


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a leaf lies at an index of the tree of this size and root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    first, last, digest = index, size - 1, leaf
    for one in proof:
        if last == 0:
            return False
        if first % 2 or first == last:
            digest = node_hash(one, digest)
            while first % 2 == 0 and first:
                first, last = first >> 1, last >> 1
        else:
            digest = node_hash(digest, one)
        first, last = first >> 1, last >> 1
    return last == 0 and digest == root


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether the newer tree begins with the older one (RFC 9162 §2.1.4.2)."""
    if old == new:
        return old_root == new_root and not proof
    if not 0 < old < new or not proof:
        return old == 0 and not proof
    rest = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    first, last = old - 1, new - 1
    while first % 2:
        first, last = first >> 1, last >> 1
    older = newer = rest[0]
    for one in rest[1:]:
        if last == 0:
            return False
        if first % 2 or first == last:
            older, newer = node_hash(one, older), node_hash(one, newer)
            while first % 2 == 0 and first:
                first, last = first >> 1, last >> 1
        else:
            newer = node_hash(newer, one)
        first, last = first >> 1, last >> 1
    return last == 0 and older == old_root and newer == new_root


# --- signed notes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """A public key: `name+id+base64` (C2SP signed-note)."""

    name: str
    public: bytes
    kind: int = ED25519
    """COSIGNATURE: a witness's key (C2SP tlog-cosignature)."""

    @property
    def id(self) -> bytes:
        """The four bytes that mark its signatures."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Key:
        """Return the key of one line.

        :raises Incomplete: it is none.
        """
        name, _, rest = text.strip().partition("+")
        digest, _, encoded = rest.partition("+")
        try:
            content = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            content = b""
        key = cls(name, content[1:], content[0] if content else 0)
        if len(content) != 33 or key.kind not in (ED25519, COSIGNATURE) or not name or key.id.hex() != digest:
            raise Incomplete(f"{text.strip()[:80]!r} is no public key")
        return key


@dataclass(frozen=True)
class Checkpoint:
    """What a signed note says of a tree (C2SP tlog-checkpoint). `at` and `partial` are extension lines of ours."""

    origin: str
    size: int
    root: bytes
    at: datetime
    partial: bool
    """Older events were still waiting, so one that is not under it is no stranger."""
    note: str = field(repr=False)


def open_note(note: str, keys: Sequence[Key]) -> Checkpoint:
    """Return what a note says, if one of the keys signed it.

    :raises Bad: nobody of them did, or it is no checkpoint.
    """
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not any(_signed(text + "\n", line, keys) for line in signatures.splitlines()):
        raise Bad("a checkpoint is not signed by the key of this trail")
    try:
        origin, size, root, *more = text.split("\n")
        (at,) = (line.removeprefix("at ") for line in more if line.startswith("at "))
        digest, when = base64.b64decode(root, validate=True), datetime.fromisoformat(at)
        return Checkpoint(origin, int(size), digest, when, "partial" in more, note)
    except ValueError:
        raise Bad("a signed note is no checkpoint") from None


def cosigned_text(text: str, seconds: int) -> bytes:
    """Return what a witness signs of a note's text at a time since 1970 (C2SP tlog-cosignature v1)."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosigned(note: str, keys: Sequence[Key]) -> bool:
    """Tell whether one of these witnesses signed a note."""
    text, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        for key, content in _marked(line, keys, COSIGNATURE):
            signed = cosigned_text(text + "\n", int.from_bytes(content[:8], "big"))
            if _verifies(key, content[8:], signed):
                return True
    return False


def _signed(text: str, line: str, keys: Sequence[Key]) -> bool:
    return any(_verifies(key, content, text.encode()) for key, content in _marked(line, keys, ED25519))


def _marked(line: str, keys: Sequence[Key], kind: int) -> Iterator[tuple[Key, bytes]]:
    """Yield the keys of a kind that a line of signatures names, with what they are said to have signed."""
    mark, _, rest = line.partition(" ")
    name, _, encoded = rest.rpartition(" ")
    try:
        content = base64.b64decode(encoded, validate=True)
    except ValueError:
        return
    for key in keys:
        if mark == "\u2014" and key.kind == kind and name == key.name and content[:4] == key.id:
            yield key, content[4:]


def _verifies(key: Key, signature: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def vouched(notes: Sequence[str], witnesses: Sequence[Key], verdict: Verdict) -> list[str]:
    """Return the notes that a witness signed; without keys of witnesses, all of them."""
    kept = [note for note in notes if not witnesses or cosigned(note, witnesses)]
    if len(kept) < len(notes):
        verdict.missing.append(f"{len(notes) - len(kept)} of the notes do not bear the witness's signature")
    return kept


def notes_in(text: str) -> Iterator[str]:
    """Return the notes of a file that holds one after another."""
    body: list[str] = []
    signed = False
    for line in text.splitlines():
        if signed and not line.startswith("\u2014 "):
            yield "\n".join(body).strip("\n") + "\n"
            body, signed = [], False
        signed = signed or line.startswith("\u2014 ")
        body.append(line)
    if signed:
        yield "\n".join(body).strip("\n") + "\n"


# --- files -----------------------------------------------------------------------------------------------


@dataclass
class Verdict:
    """What was found. The first thing in `bad` is the first bad event, where one can be named."""

    said: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def code(self) -> int:
        """The exit code."""
        return TAMPERED if self.bad else INCOMPLETE if self.missing else WHOLE

    def lines(self) -> Iterator[str]:
        """Return what to print."""
        yield from self.said
        for number, text in enumerate(self.bad[:MOST_NAMED]):
            yield f"{'FIRST BAD' if number == 0 else 'BAD'}: {text}"
        if len(self.bad) > MOST_NAMED:
            yield f"... and {len(self.bad) - MOST_NAMED} more"
        yield from (f"MISSING: {text}" for text in self.missing)
        yield {WHOLE: "WHOLE", TAMPERED: "TAMPERED", INCOMPLETE: "INCOMPLETE"}[self.code]


@dataclass
class Roots:
    """The checkpoints that a growing tree is compared with, and where it stood when it last agreed."""

    points: list[tuple[Checkpoint, bool]]
    """Each with whether a witness kept it: who holds the signing key can make others that fit a rebuilt tree."""
    good: dict[bool, int] = field(default_factory=lambda: {False: 0, True: 0})
    compared: int = 0

    def __post_init__(self) -> None:
        self.points.sort(key=lambda point: point[0].size)
        self._whole = [(point.size, point.at) for point, _ in self.points if not point.partial]
        self._next = 0
        self._broken: set[bool] = set()

    @property
    def size(self) -> int | None:
        """The size at which the next comparison falls due."""
        return self.points[self._next][0].size if self._next < len(self.points) else None

    def compare(self, size: int, root: bytes | None) -> Iterator[str]:
        """Compare with all checkpoints of this size; None: the root cannot be told there."""
        while self.size is not None and self.size <= size:
            point, kept = self.points[self._next]
            self._next += 1
            if root is None or point.size < size:
                continue
            self.compared += 1
            if point.root == root:
                self.good[kept] = size
            elif kept not in self._broken:
                self._broken.add(kept)
                start = self.good[True] if kept else max(self.good.values())
                whose = "a witness kept" if kept else "was signed"
                yield f"leaf {start} to {size - 1}: the tree is not the one that {whose} with size {size}"

    def too_late(self, index: int, recorded_at: datetime) -> bool:
        """Tell whether an event claims to be older than a checkpoint that does not hold it."""
        place = bisect_right(self._whole, index, key=lambda one: one[0])
        return place > 0 and recorded_at < self._whole[place - 1][1] - LATE


def named(index: int | None, event: Mapping[str, Any]) -> str:
    """Return how a report calls an event."""
    return f"event {event['id']} of {event['at']} (leaf {index})"


class File:
    """One NDJSON file: what it holds beside events is read first, so that events can be streamed."""

    def __init__(self, path: Path, keys: Sequence[Key]) -> None:
        self.path = path
        self.parts: dict[str, list[dict[str, Any]]] = {}
        for line in self._lines():
            if not line.startswith(b'{"type" : "event"'):
                part = _read(line)
                if part.get("type") != "event":
                    self.parts.setdefault(str(part.get("type")), []).append(part)
        header = self.one("header")
        self.keys = list(keys) or [Key.parse(key) for key in header["keys"]]
        self.checkpoints = [open_note(part["note"], self.keys) for part in self.parts.get("checkpoint", ())]

    def _lines(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            yield from file

    def one(self, type: str) -> dict[str, Any]:
        """Return the one part of a type.

        :raises Incomplete: there is none, or several.
        """
        found = self.parts.get(type, [])
        if len(found) != 1:
            raise Incomplete(f"the file has {len(found)} parts called {type!r} where one should be")
        return found[0]

    def events(self) -> Iterator[dict[str, Any]]:
        """Return the events in the order of the file."""
        for line in self._lines():
            part = _read(line)
            if part.get("type") == "event":
                yield part


def _read(line: bytes) -> dict[str, Any]:
    try:
        part = json.loads(line)
    except ValueError:
        part = None
    if not isinstance(part, dict):
        raise Incomplete("a line cannot be read; the file is cut short or damaged")
    return part


def check_leaf(part: Mapping[str, Any]) -> bytes:
    """Return the leaf of an event's line.

    :raises Bad: the event is not the one that was sealed.
    """
    if part["exposures"] is None:
        raise Bad("it was removed after it was sealed")
    leaf = event_leaf(part["event"], part["exposures"])
    if leaf.hex() != part["leaf"]:
        raise Bad("it was changed after it was sealed")
    return leaf


@dataclass
class Held:
    """The numbers of the leaves that a file holds, as runs without a gap."""

    runs: list[list[int]] = field(default_factory=list)

    def add(self, index: int) -> None:
        """Add the leaf that follows those before."""
        if self.runs and self.runs[-1][1] == index:
            self.runs[-1][1] = index + 1
        else:
            self.runs.append([index, index + 1])

    def gap(self, start: int, end: int) -> int | None:
        """Return the first leaf of [start, end) that is not held; None: all are."""
        for first, last in self.runs:
            if first <= start < last:
                start = last
        return start if start < end else None


def completeness(file: File, held: Held, size: int) -> str:
    """Say whether the file proves that it holds every event of its period.

    It does when no leaf is missing between the last checkpoint that was signed before the period and the first one that
    was signed after it. A checkpoint that somebody left out makes the stretch longer, never shorter.
    """
    since, until = (datetime.fromisoformat(file.one("header")[name]) for name in ("since", "until"))
    start = max((point.size for point in file.checkpoints if point.at <= since), default=0)
    after = [point for point in file.checkpoints if point.at >= until and not point.partial]
    end = min((point.size for point in after), default=size)
    missing = held.gap(start, end)
    if missing is not None:
        return f"not proven to be complete: leaf {missing} was sealed about then and is not in the file"
    if not after:
        return f"complete as far as it was sealed: no leaf is missing from {start} to {end - 1}; the period goes on"
    when = min(after, key=lambda point: point.size).at
    return f"complete: no leaf is missing from {start} to {end - 1}, all that was on record at {when.isoformat()}"


def verify_export(file: File, witnessed: Sequence[Checkpoint], verdict: Verdict) -> None:
    """Verify an export: every leaf anew, and the tree against every checkpoint."""
    end, proof = file.one("end"), file.one("proof")
    size = int(proof["size"])
    roots = Roots([(point, False) for point in file.checkpoints] + [(point, True) for point in witnessed])
    if size and not any(point.size == size for point in file.checkpoints):
        raise Incomplete("the checkpoint that the proof ends in is missing")
    nodes = [(int(level), int(index), bytes.fromhex(digest)) for level, index, digest in proof["nodes"]]
    nodes.sort(key=lambda node: node[1] << node[0])
    fold, place, count, unsealed = Fold(), 0, 0, 0
    held = Held()

    def add(level: int, index: int, digest: bytes) -> None:
        fold.add(level, index, digest)
        due = roots.size
        if due is not None and due <= fold.end:
            verdict.bad.extend(roots.compare(fold.end, fold.root()))

    for part in file.events():
        index, event = part["index"], part["event"]
        count += 1
        if index is None:
            unsealed += 1
            continue
        try:
            leaf = check_leaf(part)
        except Bad as fault:
            verdict.bad.append(f"{named(index, event)}: {fault}")
            leaf = bytes.fromhex(part["leaf"])
        if "recorded_at" in event and roots.too_late(index, datetime.fromisoformat(event["recorded_at"])):
            verdict.bad.append(f"{named(index, event)}: it was put in afterwards")
        try:
            while place < len(nodes) and nodes[place][1] << nodes[place][0] < index:
                add(*nodes[place])
                place += 1
            add(0, index, leaf)
            held.add(index)
        except Bad:
            verdict.bad.append(f"{named(index, event)}: leaf {fold.end} is missing, doubled or moved")
            return
    try:
        for node in nodes[place:]:
            add(*node)
    except Bad as fault:
        verdict.bad.append(str(fault))
    if fold.end != size:
        verdict.bad.append(f"leaf {fold.end} to {size - 1}: they are missing from the export")
    if count != end["events"]:
        verdict.bad.append(f"the export should hold {end['events']} events and holds {count}")
    if unsealed:
        verdict.missing.append(f"{unsealed} events have not been sealed yet; export again later")
    verdict.said.append(
        f"{count} events of {file.one('header')['since']} to {file.one('header')['until']},"
        f" {roots.compared} checkpoints compared, the newest of size {size}"
    )
    if not verdict.bad:
        verdict.said.append(completeness(file, held, size))
    beyond = [point.size for point in witnessed if point.size > size]
    if beyond:
        verdict.bad.append(
            f"a witness has seen a tree of {max(beyond)} leaves; this one has {size}: it was cut"
        )


def verify_inclusion(file: File, verdict: Verdict) -> None:
    """Verify that one event lies in the tree of a checkpoint."""
    (part,) = file.events()
    proof = file.one("inclusion")
    (point,) = file.checkpoints
    where = named(part["index"], part["event"])
    try:
        leaf = check_leaf(part)
    except Bad as fault:
        verdict.bad.append(f"{where}: {fault}")
        return
    hashes = [bytes.fromhex(one) for one in proof["hashes"]]
    if not included(leaf, part["index"], point.size, hashes, point.root):
        verdict.bad.append(f"{where}: the proof does not lead to the checkpoint")
    verdict.said.append(f"{where} in the tree of size {point.size}, sealed at {point.at.isoformat()}")


def verify_consistency(file: File, verdict: Verdict) -> None:
    """Verify that one checkpoint's tree begins with another's."""
    if len(file.checkpoints) != 2:
        raise Incomplete("two checkpoints are needed")
    old, new = file.checkpoints
    hashes = [bytes.fromhex(one) for one in file.one("consistency")["hashes"]]
    if not consistent(old.size, old.root, new.size, new.root, hashes):
        verdict.bad.append(f"the tree of size {new.size} does not begin with the tree of size {old.size}")
    verdict.said.append(f"from size {old.size} to size {new.size}")


def verify_file(
    path: Path, *, keys: Sequence[Key] = (), witnessed: Sequence[str] = (), witnesses: Sequence[Key] = ()
) -> Verdict:
    """Verify one file of any kind."""
    verdict = Verdict()
    try:
        file = File(path, keys)
        kind = file.one("header")["kind"]
        if not keys:
            verdict.said.append(f"key taken from the file itself: {', '.join(map(str, file.keys))}")
        seen = [open_note(note, file.keys) for note in vouched(witnessed, witnesses, verdict)]
        if kind == "export":
            verify_export(file, seen, verdict)
        elif kind == "inclusion":
            verify_inclusion(file, verdict)
        elif kind == "consistency":
            verify_consistency(file, verdict)
        else:
            raise Incomplete(f"the file is of an unknown kind, {kind!r}")
    except Bad as fault:
        verdict.bad.append(str(fault))
    except (Incomplete, OSError) as fault:
        verdict.missing.append(str(fault))
    except (KeyError, TypeError, ValueError) as fault:
        verdict.missing.append(f"the file is not shaped as it should be ({type(fault).__name__}: {fault})")
    return verdict


def main(words: Sequence[str] | None = None) -> int:
    """Read the command line, verify, print."""
    parser = argparse.ArgumentParser(description="Verify an export or a proof of the trail.")
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--key", type=Path, help="a file of public keys, one a line, that you were given before"
    )
    parser.add_argument(
        "--witness", type=Path, action="append", default=[], help="checkpoints a witness kept"
    )
    parser.add_argument("--witness-key", type=Path, help="the public keys of the witness")
    asked = parser.parse_args(words)
    try:
        keys, witnesses = (
            [Key.parse(line) for line in path.read_text().split()] if path else []
            for path in (asked.key, asked.witness_key)
        )
        notes = [note for path in asked.witness for note in notes_in(path.read_text())]
    except (Incomplete, OSError) as fault:
        print(f"MISSING: {fault}\nINCOMPLETE")
        return INCOMPLETE
    verdict = verify_file(asked.file, keys=keys, witnessed=notes, witnesses=witnesses)
    print(*verdict.lines(), sep="\n")
    return verdict.code


if __name__ == "__main__":
    sys.exit(main())
