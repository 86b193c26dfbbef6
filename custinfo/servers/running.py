"""The servers of one data directory as one thing that starts, tells its addresses, and stops."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO

from custinfo.servers import credentials, roles
from custinfo.servers.place import Place
from custinfo.servers.postgres import Postgres
from custinfo.servers.redis_server import Redis
from trail.sealing import keys as trail_keys
from vault import keyfiles

BASE_DIR = Path(__file__).resolve().parents[2]


class ServersInUse(Exception):
    """Servers already run on this data directory."""


def data_dir(inside: str = "") -> Path:
    """Return the data directory, CUSTINFO_DATA_DIR or `.data`, or another one inside it."""
    return Path(os.environ.get("CUSTINFO_DATA_DIR") or BASE_DIR / ".data") / inside


class Servers:
    """Context manager: PostgreSQL and Redis run inside it, and only there.

    :raises ServersInUse: when another process runs servers on the same data directory.
    """

    def __init__(self, *, for_tests: bool = False, inside: str = "") -> None:
        """
        :param for_tests: fast and not durable, in `test`.
        :param inside: a directory inside the data directory, for another cluster beside the demo's.
        """
        self.for_tests = for_tests
        self.place = Place(data_dir(inside or ("test" if for_tests else "")))
        self._lock: IO[str] | None = None
        self._redis: Redis | None = None
        self._postgres: Postgres | None = None
        self._held: dict[str, str] = {}

    def __enter__(self) -> "Servers":
        self.place.make()
        self._take_lock()
        try:
            orphaned = self.place.server_home != self.place.data_dir and not self.place.secrets.exists()
            self._held = credentials.keep(self.place.secrets)
            if orphaned or self.place.unfinished.exists():
                self._forget()
            self._postgres = Postgres(self.place, self._held["postgres"], for_tests=self.for_tests)
            self._postgres.start()
            roles.apply(
                self._postgres.url("postgres", self._held["postgres"], "postgres"),
                {f"custinfo.{name}_password": self._held[name] for name in ROLE_PASSWORDS}
                | {"custinfo.createdb": "yes"},
            )
            self._redis = Redis(self.place, self._held["redis"])
            self._redis.start()
            _make_keys(self.place.key_files)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop Redis, then PostgreSQL, and let others have the directory."""
        if self._redis is not None:
            self._redis.stop()
        if self._postgres is not None:
            self._postgres.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables that settings.py reads, naming these servers."""
        return environment(self.place, for_tests=self.for_tests)

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Fill empty servers: when that is cut short, the next start begins from nothing again."""
        self.place.unfinished.touch()
        yield
        self.place.unfinished.unlink()

    def _forget(self) -> None:
        """Remove servers whose data directory was removed, or whose first filling was cut short."""
        for path in (self.place.postgres, self.place.redis):
            shutil.rmtree(path, ignore_errors=True)
        self.place.make()

    def _take_lock(self) -> None:
        self._lock = self.place.lock.open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            holder = self._lock.read().strip()
            self._lock.close()
            self._lock = None
            raise ServersInUse(
                f"Servers already run on {self.place.data_dir} (process {holder}). Stop them, or set "
                "CUSTINFO_DATA_DIR to another directory."
            ) from None
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()


def elsewhere(place: Place, names: Mapping[str, str]) -> dict[str, str]:
    """Return what settings.py needs beside the addresses of servers that run elsewhere and are named already.

    Only a keeper of no customers may use it: it makes keys and a secret where none are named.
    """
    place.make()
    files = {name: Path(names.get(name) or path) for name, path in place.key_files.items()}
    _make_keys(files)
    held = credentials.keep(place.secrets)
    return {name: str(path) for name, path in files.items() if name not in OFFLINE} | {
        "SECRET_KEY": names.get("SECRET_KEY") or held["secret_key"],
        "KEYRING_DATABASE_WORKER_URL": names.get("KEYRING_DATABASE_WORKER_URL")
        or names.get("KEYRING_DATABASE_OWNER_URL", ""),
    }


def _make_keys(files: Mapping[str, Path]) -> None:
    # Under split custody, or with a device, a KEK file that was destroyed stays destroyed.
    split = {
        f"{whose}KEK_FILE"
        for whose in ("", "RESTRICTED_")
        if os.environ.get(f"{whose}KEK_PROVIDER", "file") != "file"
    }
    keyfiles.make_missing({name: path for name, path in files.items() if name not in split})
    trail_keys.make_missing(files)


OFFLINE = (
    *("BACKUP_KEY_FILE", "KEYRING_BACKUP_KEY_FILE"),
    *("RESTRICTED_BACKUP_KEY_FILE", "RESTRICTED_KEYS_BACKUP_KEY_FILE"),
)
"""What opens backups: the files lie in `keys` beside the others, and no process is told of them."""
RESTRICTED_ONLY = (
    *("RESTRICTED_DATABASE_URL", "RESTRICTED_DATABASE_OWNER_URL", "RESTRICTED_MAIN_DATABASE_URL"),
    *("RESTRICTED_SECRET_KEY", "RESTRICTED_KEK_FILE", "RESTRICTED_LOGIN_KEY_FILE", "RESTRICTED_KEY_FILE"),
    *("RESTRICTED_KEK_SHARES_FILE", "RESTRICTED_KEYHOLDER_SOCKET", "RESTRICTED_PKCS11_PIN_FILE"),
    *("RESTRICTED_BACKUP_DIR", "RESTRICTED_BACKUP_RECIPIENT_FILE"),
    *("RESTRICTED_KEYS_BACKUP_DIR", "RESTRICTED_KEYS_BACKUP_RECIPIENT_FILE"),
)
"""What only the restricted host may have: with it L4 opens, or its copies are made."""
BACKUPS = ("BACKUP_DATABASE_URL", "BACKUP_DIR", "KEYRING_BACKUP_DIR")
NEVER_PUBLIC = (
    *(
        "KEK_FILE",
        "LOGIN_KEY_FILE",
        "DEPOSIT_KEY_FILE",
        "TRAIL_KEY_FILE",
        "KEK_SHARES_FILE",
        "KEYHOLDER_SOCKET",
        "PKCS11_PIN_FILE",
        "KEYRING_DATABASE_URL",
        "KEYRING_DATABASE_WORKER_URL",
    ),
    *("DATABASE_OWNER_URL", "KEYRING_DATABASE_OWNER_URL", "REDIS_URL", "CELERY_BROKER_URL"),
    *BACKUPS,
    *RESTRICTED_ONLY,
)
NEVER_RESTRICTED = (
    *("KEK_FILE", "LOGIN_KEY_FILE", "RECEIPT_KEY_FILE", "DEPOSIT_KEY_FILE", "DEPOSIT_RECIPIENT_FILE"),
    *("TRAIL_KEY_FILE", "KEK_SHARES_FILE", "KEYHOLDER_SOCKET", "PKCS11_PIN_FILE"),
    *("KEYRING_DATABASE_URL", "KEYRING_DATABASE_WORKER_URL", "KEYRING_DATABASE_OWNER_URL"),
    *("DATABASE_OWNER_URL", "PUBLIC_DATABASE_URL", "PUBLIC_SECRET_KEY", "REDIS_URL", "CELERY_BROKER_URL"),
    *BACKUPS,
)


def public_environment(names: Mapping[str, str]) -> dict[str, str]:
    """Return what the public process gets of the variables of these servers: no key, no queue, its own login."""
    kept = {name: value for name, value in names.items() if name not in NEVER_PUBLIC}
    return kept | {
        "CUSTINFO_PROCESS": "public",
        "DATABASE_URL": kept.pop("PUBLIC_DATABASE_URL"),
        "SECRET_KEY": kept.pop("PUBLIC_SECRET_KEY"),
    }


def restricted_environment(names: Mapping[str, str]) -> dict[str, str]:
    """Return what the restricted host gets of the variables of these servers: its own keys and logins, no others."""
    kept = {name: value for name, value in names.items() if name not in NEVER_RESTRICTED}
    return kept | {
        "CUSTINFO_PROCESS": "restricted",
        "DATABASE_URL": kept.pop("RESTRICTED_MAIN_DATABASE_URL"),
        "SECRET_KEY": kept.pop("RESTRICTED_SECRET_KEY"),
    }


ROLE_PASSWORDS = (
    *("owner", "app", "public", "keyring_owner", "keyring_web", "keyring_worker"),
    *("restricted_owner", "restricted", "restricted_main", "backup"),
)


def environment(place: Place, *, for_tests: bool) -> dict[str, str]:
    """Return the variables that settings.py reads for the servers of a place, running or not."""
    from custinfo.servers.postgres import address

    held = credentials.keep(place.secrets)

    def url(role: str, database: str) -> str:
        return address(place.postgres_socket, f"custinfo_{role}", held[role], database)

    names = {
        "DATABASE_URL": url("app", "custinfo"),
        "DATABASE_OWNER_URL": url("owner", "custinfo"),
        "PUBLIC_DATABASE_URL": url("public", "custinfo"),
        "KEYRING_DATABASE_URL": url("keyring_web", "custinfo_keyring"),
        "KEYRING_DATABASE_WORKER_URL": url("keyring_worker", "custinfo_keyring"),
        "KEYRING_DATABASE_OWNER_URL": url("keyring_owner", "custinfo_keyring"),
        "RESTRICTED_DATABASE_URL": url("restricted", "custinfo_restricted"),
        "RESTRICTED_DATABASE_OWNER_URL": url("restricted_owner", "custinfo_restricted"),
        "RESTRICTED_MAIN_DATABASE_URL": url("restricted_main", "custinfo"),
        "BACKUP_DATABASE_URL": url("backup", "custinfo"),
        "BACKUP_DIR": str(place.backups / "data"),
        "KEYRING_BACKUP_DIR": str(place.backups / "keyring"),
        "REDIS_URL": Redis(place, held["redis"]).url,
        "SECRET_KEY": held["secret_key"],
        "PUBLIC_SECRET_KEY": held["public_secret_key"],
        "RESTRICTED_SECRET_KEY": held["restricted_secret_key"],
        "CUSTINFO_EMBEDDED": str(place.postgres_socket),
    }
    names |= {name: str(path) for name, path in place.key_files.items() if name not in OFFLINE}
    if for_tests:
        names["CUSTINFO_MODE"] = "test"
    else:  # each test that backs L4 up says where to
        names["RESTRICTED_BACKUP_DIR"] = str(place.backups / "restricted")
        names["RESTRICTED_KEYS_BACKUP_DIR"] = str(place.backups / "restricted-keys")
        if "CUSTINFO_MODE" not in os.environ:
            names["CUSTINFO_MODE"] = "demo"
    return names
