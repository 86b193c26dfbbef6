"""Try whether keys open what lies under them, and say nothing of what it is."""

from vault.away import OlderKey
from vault.envelope import CannotOpen, from_text
from vault.keyring import Keys, about
from vault.models import DataKey
from vault.opening import clear
from vault.place import Place
from vault.providers import provider

SAMPLE = 20


def keys_that_do_not_open(sample: int = SAMPLE) -> int:
    """Return how many of the newest keys under each version of the KEK do not open; `sample` of each are tried."""
    kek, failed = provider(), 0
    versions = DataKey.objects.order_by().values_list("kek_version", flat=True).distinct()
    for version in list(versions):
        for key in DataKey.objects.filter(kek_version=version).order_by("-created_at")[:sample]:
            try:
                kek.unwrap(bytes(key.wrapped), about(key.subject, key.domain, key.version), version)
            except (CannotOpen, OlderKey):
                failed += 1
    return failed


def opens(sealed: str | bytes, place: Place, keys: Keys) -> bool:
    """Tell whether a sealed text, or sealed bytes, open at their place."""
    try:
        clear(from_text(sealed) if isinstance(sealed, str) else sealed, place, keys)
    except CannotOpen:
        return False
    return True
