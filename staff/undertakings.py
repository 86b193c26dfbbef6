"""The texts of the confidentiality undertaking (保密承诺书), shipped as data: each version in both languages.

The hash binds what was read: version, titles and paragraphs of every language. A new version is a new entry of
`data/undertakings.json`; from its first moment on everybody is asked again (S1-20, S4-53).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.utils import timezone

SHIPPED = Path(__file__).parent / "data" / "undertakings.json"
OTHERWISE = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One version of the text."""

    version: str
    since: datetime
    hash: str
    titles: Mapping[str, str]
    paragraphs: Mapping[str, tuple[str, ...]]

    def title(self, language: str) -> str:
        """Return the heading in a language."""
        return self.titles.get(language, self.titles[OTHERWISE])

    def said(self, language: str) -> tuple[str, ...]:
        """Return the paragraphs in a language."""
        return self.paragraphs.get(language, self.paragraphs[OTHERWISE])


@cache
def texts() -> tuple[Text, ...]:
    """Return every version, oldest first."""
    entries = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return tuple(sorted((_text(entry) for entry in entries), key=lambda text: text.since))


def in_force(at: datetime) -> Text:
    """Return the version that is to be signed at `at`."""
    return next(text for text in reversed(texts()) if text.since <= at)


def of_version(version: str) -> Text:
    """Return one version.

    :raises LookupError: there is none of this name.
    """
    found = next((text for text in texts() if text.version == version), None)
    if found is None:
        raise LookupError(version)
    return found


def hash_of(entry: Mapping[str, object]) -> str:
    """Return the SHA-256, in hex, of everything that a person reads."""
    read = {name: entry[name] for name in ("version", "title", "paragraphs")}
    plain = json.dumps(read, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(plain.encode()).hexdigest()


def _text(entry: Mapping[str, object]) -> Text:
    titles, paragraphs = entry["title"], entry["paragraphs"]
    assert isinstance(titles, dict)
    assert isinstance(paragraphs, dict)
    return Text(
        version=str(entry["version"]),
        since=timezone.make_aware(datetime.fromisoformat(str(entry["since"]))),
        hash=hash_of(entry),
        titles=titles,
        paragraphs={language: tuple(said) for language, said in paragraphs.items()},
    )
