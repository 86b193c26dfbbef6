"""Keys of this deployment itself, one per domain: for digests that are recognised longer than an index epoch lives.

They lie in the keyring as data keys of the deployment's id, so that they are wrapped anew with all others. They seal
nothing and are never rotated: the texts that were digested are kept nowhere.
"""

from datetime import datetime

from vault.keyring import about, deployment_id, make_keys
from vault.models import DataKey
from vault.providers import provider


def own_key(domain: str) -> bytes | None:
    """Return the key of a domain, 32 bytes; None before anything was digested there."""
    subject = deployment_id()
    held = DataKey.objects.filter(subject=subject, domain=domain, version=1).first()
    if held is None:
        return None
    return provider().unwrap(bytes(held.wrapped), about(subject, domain, 1), held.kek_version)


def made_own_key(domain: str, *, at: datetime) -> bytes:
    """Return the key of a domain, made and committed now where there was none."""
    key = own_key(domain)
    if key is None:
        make_keys([deployment_id()], domain, at=at)
        key = own_key(domain)
    assert key is not None
    return key
