"""Where the servers of one data directory live, also for root, in odd paths and in very long ones."""

import hashlib
import os
import pwd
import stat
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

LONGEST_SOCKET = 107
SHARED = Path("/var/lib/custinfo")
"""For root only: what `nobody` could not reach where it lies."""
SOCKET_ROOM = len("/pg/.s.PGSQL.5432")


class PlaceRefused(Exception):
    """The data directory cannot be used as it stands."""


@dataclass(frozen=True)
class User:
    """The account that PostgreSQL runs as when we are root; it refuses to run as root itself."""

    uid: int
    gid: int

    @classmethod
    def for_postgres(cls) -> "User | None":
        """Return `nobody` when we are root, otherwise nothing: we start it as ourselves."""
        if os.geteuid() != 0:
            return None
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    def give(self, path: Path) -> None:
        """Make this account the owner of one path."""
        os.chown(path, self.uid, self.gid)


def others_may_pass(path: Path) -> bool:
    """Tell whether an unrelated account reaches this path: every parent has o+x."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents if parent.exists())


class Place:
    """The paths of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.user = User.for_postgres()
        self.digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:12]

    @property
    def lock(self) -> Path:
        return self.data_dir / "lock"

    @property
    def unfinished(self) -> Path:
        """There while the first filling is under way; see `Servers.filling`."""
        return self.data_dir / "unfinished"

    @property
    def secrets(self) -> Path:
        return self.data_dir / "secrets.json"

    @property
    def keys(self) -> Path:
        return self.data_dir / "keys"

    @property
    def key_files(self) -> dict[str, Path]:
        """The key files of `vault` and `trail` by the settings that name them."""
        names = {
            "KEK_FILE": "kek.json",
            "LOGIN_KEY_FILE": "login.json",
            "RECEIPT_KEY_FILE": "receipt.json",
            "DEPOSIT_KEY_FILE": "deposit.key",
            "DEPOSIT_RECIPIENT_FILE": "deposit.recipient",
            "TRAIL_KEY_FILE": "trail.key",
            "TRAIL_PUBLIC_FILE": "trail.public",
            "RESTRICTED_KEK_FILE": "restricted-kek.json",
            "RESTRICTED_LOGIN_KEY_FILE": "restricted-login.json",
            "RESTRICTED_KEY_FILE": "restricted.key",
            "RESTRICTED_RECIPIENT_FILE": "restricted.recipient",
            "BACKUP_KEY_FILE": "backup.key",
            "BACKUP_RECIPIENT_FILE": "backup.recipient",
            "KEYRING_BACKUP_KEY_FILE": "keyring-backup.key",
            "KEYRING_BACKUP_RECIPIENT_FILE": "keyring-backup.recipient",
            "RESTRICTED_BACKUP_KEY_FILE": "restricted-backup.key",
            "RESTRICTED_BACKUP_RECIPIENT_FILE": "restricted-backup.recipient",
            "RESTRICTED_KEYS_BACKUP_KEY_FILE": "restricted-keys-backup.key",
            "RESTRICTED_KEYS_BACKUP_RECIPIENT_FILE": "restricted-keys-backup.recipient",
        }
        return {setting: self.keys / name for setting, name in names.items()}

    @property
    def backups(self) -> Path:
        return self.data_dir / "backups"

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"

    @property
    def redis(self) -> Path:
        return self.data_dir / "redis"

    @cached_property
    def server_home(self) -> Path:
        """The directory that PostgreSQL reaches: the data directory, or one in /var/lib for root."""
        if self.user is None or others_may_pass(self.data_dir / "postgres"):
            return self.data_dir
        return SHARED / self.digest

    @property
    def postgres(self) -> Path:
        return self.server_home / "postgres"

    @cached_property
    def sockets(self) -> Path:
        """The directory above the socket directories; a short one in /tmp where a path is long or odd."""
        home = self.server_home
        too_long = len(os.fsencode(home)) + SOCKET_ROOM > LONGEST_SOCKET
        if too_long or any(odd in str(home) for odd in ',"'):
            return Path(tempfile.gettempdir()) / f"custinfo-{self.digest}"
        return home

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / "pg"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis" / "redis.sock"

    def make(self) -> None:
        """Create the directories with the narrowest modes that work.

        :raises PlaceRefused: when a directory belongs to somebody else.
        """
        passing = 0o711 if self.user else 0o700
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if SHARED in self.server_home.parents:
            SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        for path in dict.fromkeys([self.data_dir, self.server_home, self.sockets]):
            path.mkdir(mode=passing, parents=True, exist_ok=True)
            if path.stat().st_uid != os.geteuid():
                # SECURITY: a directory in /tmp that somebody else made could serve us a false socket.
                raise PlaceRefused(f"{path} belongs to another account; choose another CUSTINFO_DATA_DIR.")
            path.chmod(passing)
        for path in (self.keys, self.logs, self.redis, self.redis_socket.parent, self.postgres_socket):
            path.mkdir(mode=0o700, exist_ok=True)
            path.chmod(0o700)
        if self.user:
            self.user.give(self.postgres_socket)
