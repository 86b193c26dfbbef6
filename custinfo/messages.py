"""Message files without gettext's programs: Django's templatize and babel extract, polib merges and compiles.

Each app keeps its own `locale/zh_Hans/LC_MESSAGES/django.po`; English is the msgid. Compiled files are generated.
"""

import io
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

LOCALE = Path("locale", "zh_Hans", "LC_MESSAGES", "django.po")
HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "zh_Hans",
    "Plural-Forms": "nplurals=1; plural=0;",
}
_once = None
_plural = (1, 2)
_context = ((1, "c"), 2)
_context_plural = ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), _once),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), _plural),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), _context),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), _context_plural),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")

Key = tuple[str | None, str]
"""Context and msgid."""


@dataclass
class Found:
    """One message of the sources."""

    plural: str = ""
    files: dict[str, None] = field(default_factory=dict)


def our_apps(labels: Iterable[str] = ()) -> list[Path]:
    """Return the directories of the project's own apps, all or those named."""
    wanted = set(labels)
    return [
        Path(config.path)
        for config in apps.get_app_configs()
        if Path(config.path).parent == settings.BASE_DIR and (not wanted or config.label in wanted)
    ]


def found_in(app: Path) -> dict[Key, Found]:
    """Return every message that the app's Python files and templates hold, in their order."""
    messages: dict[Key, Found] = {}
    for path in _sources(app):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # templatize leaves the template's indentation, which is no Python
            text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
        lines = io.BytesIO(text.encode())
        for _line, message, _comments, context in extract("python", lines, keywords=KEYWORDS):
            singular, plural = message if isinstance(message, tuple) else (message, "")
            one = messages.setdefault((context, singular), Found())
            one.plural = one.plural or plural
            one.files[path.relative_to(app.parent).as_posix()] = None
    return messages


def _sources(app: Path) -> Iterator[Path]:
    for path in sorted(app.rglob("*")):
        inside = path.relative_to(app).parts
        if "migrations" in inside or "__pycache__" in inside:
            continue
        if path.suffix == ".py" or (path.suffix in {".html", ".txt"} and "templates" in inside):
            yield path


def merge(app: Path) -> polib.POFile:
    """Bring the app's file up to its sources: translations kept, missing ones empty, obsolete ones dropped."""
    path = app / LOCALE
    held: dict[Key, polib.POEntry] = {(entry.msgctxt, entry.msgid): entry for entry in _read(path)}
    merged = polib.POFile(wrapwidth=100)
    merged.metadata = HEADER
    for key, one in found_in(app).items():
        entry = held.get(key) or polib.POEntry(msgctxt=key[0], msgid=key[1])
        if one.plural and not entry.msgid_plural:
            entry.msgid_plural, entry.msgstr_plural = one.plural, {0: entry.msgstr}
            entry.msgstr = ""
        entry.occurrences = [(name, "") for name in one.files]
        merged.append(entry)
    if merged or path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        merged.save(str(path))
    return merged


def _read(path: Path) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete] if path.exists() else []


def compile_stale(directories: Iterable[Path]) -> int:
    """Write each compiled file that is missing or older than its source; return how many."""
    written = 0
    for directory in directories:
        source = directory / LOCALE
        target = source.with_suffix(".mo")
        if not source.exists():
            continue
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        fresh = target.with_suffix(f".{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(fresh))
        fresh.rename(target)
        written += 1
    return written


def problems(app: Path) -> list[str]:
    """Return what keeps the app's messages from being complete and fresh, in words."""
    path = app / LOCALE
    held = {(entry.msgctxt, entry.msgid): entry for entry in _read(path)}
    found = found_in(app)
    said = [f"not in the file: {key[1]!r}" for key in found if key not in held]
    said += [f"no longer in the sources: {key[1]!r}" for key in held if key not in found]
    for (_, msgid), entry in held.items():
        answers = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if entry.fuzzy or not all(answers):
            said.append(f"not translated: {msgid!r}")
        for answer in filter(None, answers):
            asked = set(PLACEHOLDER.findall(entry.msgid_plural or msgid))
            if set(PLACEHOLDER.findall(answer)) != asked:
                said.append(f"other placeholders than {msgid!r}: {answer!r}")
    compiled = path.with_suffix(".mo")
    if held and (not compiled.exists() or compiled.stat().st_mtime_ns < path.stat().st_mtime_ns):
        said.append("not compiled since it changed")
    return [f"{app.name}: {problem}" for problem in said]
