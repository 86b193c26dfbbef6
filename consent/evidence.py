"""Files that prove an answer: of a known type, of bounded size, sealed from the first byte on (S0-12, S0-18).

They lie in `files` under a subject and a domain of their own, so that they outlive the customer's data, and are
kept at least as long as the law asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from uuid import UUID

from consent.models import RECORDING, SIGNED_FILE
from consent.problems import ConsentRefused
from files import deposits
from files.models import MAX_DEPOSIT_BYTES
from files.services import put_file
from lawbook.queries import fact
from trail.actor import Actor
from vault.opening import EVIDENCE

PURPOSE = "consent.evidence"
FLOOR = "consent_evidence_keep"
SOUNDS = {"audio/mpeg": "mp3", "audio/wav": "wav", "audio/mp4": "m4a"}
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"} | SOUNDS


@dataclass(frozen=True, slots=True)
class Held:
    """A piece of evidence that lies sealed: its file, what it is, and the SHA-256 of its clear bytes, hex."""

    id: UUID
    kind: str
    sha256: str
    media_type: str
    original: bool


def media_type(content: bytes, kind: str) -> str:
    """Return the type of a file from its first bytes. Nothing is decoded, so no picture can be a bomb.

    :param kind: of evidence; a recording alone may be sound (MP3, WAV, M4A).
    :raises ConsentRefused: file_empty, file_size, file_type.
    """
    if kind == RECORDING and len(content) <= MAX_DEPOSIT_BYTES and (sound := _sound(content)):
        return sound
    try:
        return deposits.media_type(content)
    except deposits.NotAccepted as refused:
        raise ConsentRefused(f"file_{refused.code}", limit=MAX_DEPOSIT_BYTES // (1024 * 1024)) from None


def put(content: bytes, *, kind: str, subject: UUID, by: Actor, at: datetime) -> Held:
    """Seal a file; it is part of the act that it proves.

    An original (a signed paper) is L4: it is labelled so, and shown only to whoever confirms it.

    :raises ConsentRefused: as `media_type`.
    """
    found = media_type(content, kind)
    original = kind == SIGNED_FILE
    file = put_file(
        BytesIO(content),
        name=f"evidence.{ENDINGS[found]}",
        purpose=PURPOSE,
        by=by,
        at=at,
        subject=subject,
        domain=EVIDENCE,
        keep_until=fact(FLOOR, at).term.after(at),
    )
    return Held(file.id, kind, bytes(file.sha256).hex(), found, original)


def _sound(content: bytes) -> str:
    """Name the kind of sound that a file begins like; "" for no sound."""
    if content[:3] == b"ID3" or content[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "audio/wav"
    return "audio/mp4" if content[4:11] == b"ftypM4A" else ""
