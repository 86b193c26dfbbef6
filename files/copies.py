"""Copies of files that somebody else brought, stamped with who looks and when: what a person gets, never the original.

The digest of the original stands on the copy. A file without a face, such as sound, carries the number of its look in
its name instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.fonts import Fonts
from documents.problems import Unreadable as Unreadable
from documents.stamping import STAMPED as STAMPED
from documents.stamping import stamp
from files import deposits
from trail.actor import Actor

FACELESS = "application/octet-stream"
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy on its way to a person. Its name names nobody and says which event the look is."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


def stamped(content: bytes, *, name: str, by: Actor, at: datetime, event: int, ending: str = "bin") -> Copy:
    """Return the copy of a file that was opened; its type is told by its first bytes.

    :param name: what it is, such as "evidence".
    :param ending: of its name where it has no face.
    :raises Unreadable: no stamped copy can be made of it, so nothing is shown.
    """
    try:
        media_type = deposits.media_type(content)
    except deposits.NotAccepted:
        return Copy(name=f"{name}-{event}.{ending}", media_type=FACELESS, content=content)
    fonts, words = Fonts(**settings.PDF_FONTS), f"{by.name} {by.number} {_written(at)}"
    # SECURITY: what cannot be stamped is not shown; there is no way round.
    copy = stamp(content, media_type, words=words, foot=_foot(content, by, at, event), fonts=fonts)
    return Copy(name=f"{name}-{event}.{ENDINGS[media_type]}", media_type=media_type, content=copy)


def _foot(content: bytes, by: Actor, at: datetime, event: int) -> str:
    words = _(
        "Stamped copy for %(name)s (%(number)s), %(at)s, event %(event)s. SHA-256 of the original: %(digest)s"
    )
    return words % {
        "name": by.name,
        "number": by.number,
        "at": _written(at),
        "event": event,
        "digest": sha256(content).hexdigest(),
    }


def _written(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
