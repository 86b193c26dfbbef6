"""Static files from npm, by an explicit list: nothing of a package is served that is not named here."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage
from django.core.files.storage import Storage as AnyStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

VENDOR = {
    "vendor/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/chart.umd.min.js": "chart.js/dist/chart.umd.min.js",
}
"""Name in templates → file under node_modules."""


class NpmFinder(BaseFinder):
    """Find the files of `VENDOR`."""

    storage = FileSystemStorage(location=str(settings.BASE_DIR / "node_modules"))

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        missing = [path for path in VENDOR.values() if not self.storage.exists(path)]
        if not missing:
            return []
        return [
            Error(f"npm files are missing: {', '.join(missing)}.", hint="Run npm ci.", id="custinfo.E001")
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = self.storage.path(VENDOR[path]) if path in VENDOR else None
        if found is not None and not Path(found).exists():
            found = None
        if find_all:
            return [found] if found else []
        return found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, AnyStorage]]:
        for name, path in VENDOR.items():
            yield name, _Renamed(self.storage, name, path)


class _Renamed(AnyStorage):
    """One file under the name that templates use."""

    prefix = ""

    def __init__(self, storage: FileSystemStorage, name: str, path: str) -> None:
        self.wrapped, self.name, self.file = storage, name, path

    def open(self, name: str, mode: str = "rb") -> Any:
        return self.wrapped.open(self.file, mode)

    def path(self, name: str) -> str:
        return self.wrapped.path(self.file)

    def get_modified_time(self, name: str) -> Any:
        return self.wrapped.get_modified_time(self.file)


class Storage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed names. Source maps are left out: minified files name maps that are not shipped."""

    patterns = tuple(
        (
            extension,
            tuple(
                pattern
                for pattern in patterns
                if "sourceMappingURL" not in (pattern if isinstance(pattern, str) else pattern[0])
            ),
        )
        for extension, patterns in CompressedManifestStaticFilesStorage.patterns
    )
