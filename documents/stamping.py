"""Copies of strangers' pictures and PDFs that say who looks at them, made by a process of its own (`stamp_process`).

The copy of a picture is upright and without what a camera wrote beside it; the copy of a PDF is pages and their forms,
without scripts, attached files or links of its own. The face of neither is covered: the foot is added under it.
"""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

from documents.fonts import Fonts, faces
from documents.limits import STANDARD, Limits
from documents.problems import PROBLEMS, Unreadable

STAMPED = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""Types of which a stamped copy can be made."""
_PROGRAM = Path(__file__).with_name("stamp_process.py")
_INHERITED = ("LD_LIBRARY_PATH", "SYSTEMROOT")


def stamp(
    content: bytes, media_type: str, *, words: str, foot: str, fonts: Fonts, limits: Limits = STANDARD
) -> bytes:
    """Return a copy with `words` across every face and `foot` under it; the type stays.

    :param media_type: one of `STAMPED`.
    :raises Unreadable: encrypted, damaged, too_complex.
    """
    if media_type not in STAMPED:
        raise ValueError(f"no stamp for {media_type}")
    face, _ = faces(fonts)
    order = {
        "type": media_type,
        "words": face.printable(words),
        "foot": face.printable(foot),
        "font": os.fspath(fonts.regular),
        "pixels": limits.pixels,
        "pages": limits.pages,
        "memory": limits.memory,
        "seconds": limits.stamp_seconds,
    }
    asked = json.dumps(order).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", str(_PROGRAM)],
            input=struct.pack(">I", len(asked)) + asked + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _INHERITED if name in os.environ},
            cwd="/",
            timeout=4 * limits.stamp_seconds,
            check=False,
        )
    except (subprocess.TimeoutExpired, BrokenPipeError):
        raise Unreadable("too_complex") from None
    said, _, copy = done.stdout.partition(b"\n")
    if said == b"stamped" and not done.returncode:
        return copy
    # A process that ended in the middle met its bounds, or aborted.
    code = said.decode("ascii", "replace") if not done.returncode else "too_complex"
    raise Unreadable(code if code in PROBLEMS else "damaged")
