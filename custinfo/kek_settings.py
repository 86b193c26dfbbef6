"""Who keeps a master key: settings of the main site and, with RESTRICTED_ before each, of the host of L4."""

import os
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

PROVIDERS = frozenset({"file", "keyholder", "pkcs11"})


def kek_settings(env: environ.Env, prefix: str = "") -> dict[str, Any]:
    """Return the settings of one master key; those of a provider are there only where it is the one (docs/keys.md).

    KEK_PROVIDER            `file`, the `keyholder` of this host (split custody), or a `pkcs11` device
    KEK_SHARES_FILE         the KEK file sealed to its custodians: read and written by the keyholder alone
    KEYHOLDER_UID           the account that the keyholder runs as
    KEYHOLDER_UIDS, KEYHOLDER_WORKER_UIDS, KEYHOLDER_CUSTODIAN_UIDS
                            accounts that may have keys wrapped and unwrapped; make and destroy keys; bring shares
    :raises ImproperlyConfigured: what is named is no provider, or lacks what it needs.
    """
    stated = env.str(f"{prefix}KEK_PROVIDER", default="")
    provider = stated or "file"
    if provider not in PROVIDERS:
        raise ImproperlyConfigured(f"{prefix}KEK_PROVIDER is {provider!r}; it is file, keyholder or pkcs11.")
    held = {
        "KEK_PROVIDER": provider,
        "KEK_PROVIDER_IS_STATED": bool(stated),
        "KEK_SHARES_FILE": env.str(f"{prefix}KEK_SHARES_FILE", default=""),
    }
    return {f"{prefix}{name}": value for name, value in (held | _READ[provider](env, prefix)).items()}


def _of_a_file(env: environ.Env, prefix: str) -> dict[str, Any]:
    return {"KEK_FILE": Path(env.str(f"{prefix}KEK_FILE"))}


def _of_a_keyholder(env: environ.Env, prefix: str) -> dict[str, Any]:
    mode = int(env.str(f"{prefix}KEYHOLDER_SOCKET_MODE", default="0600"), 8)
    if mode not in {0o600, 0o660}:
        raise ImproperlyConfigured(f"{prefix}KEYHOLDER_SOCKET_MODE is 0600 or 0660.")
    own = os.geteuid()
    users = env.list(f"{prefix}KEYHOLDER_UIDS", cast=int, default=[own])
    return {
        "KEYHOLDER_SOCKET": env.str(f"{prefix}KEYHOLDER_SOCKET"),
        "KEYHOLDER_SOCKET_MODE": mode,
        "KEYHOLDER_UID": env.int(f"{prefix}KEYHOLDER_UID", default=own),
        "KEYHOLDER_UIDS": users,
        "KEYHOLDER_WORKER_UIDS": env.list(f"{prefix}KEYHOLDER_WORKER_UIDS", cast=int, default=users),
        "KEYHOLDER_CUSTODIAN_UIDS": env.list(f"{prefix}KEYHOLDER_CUSTODIAN_UIDS", cast=int, default=[0, own]),
    }


def _of_a_device(env: environ.Env, prefix: str) -> dict[str, Any]:
    return {name: env.str(f"{prefix}{name}") for name in ("PKCS11_MODULE", "PKCS11_TOKEN", "PKCS11_PIN_FILE")}


_READ = {"file": _of_a_file, "keyholder": _of_a_keyholder, "pkcs11": _of_a_device}
