"""Passwords of the embedded servers and the SECRET_KEY, made once, kept in a file that only we may read."""

import json
import os
import secrets
from pathlib import Path

NAMES = (
    *("postgres", "owner", "app", "public", "keyring_owner", "keyring_web", "keyring_worker", "redis"),
    *("restricted_owner", "restricted", "restricted_main", "backup"),
    *("secret_key", "public_secret_key", "restricted_secret_key"),
)


def keep(path: Path) -> dict[str, str]:
    """Return the credentials in `path`, making those that are missing."""
    held: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in NAMES if name not in held]
    if missing:
        held |= {name: secrets.token_urlsafe(48) for name in missing}
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(held, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    return held
