"""Split custody in the demo (KEK_PROVIDER=keyholder): three shares are made, two of which open the key together; and
three others for L4, whose key is another.

On a real site each custodian makes and takes away a share, and the KEK file is destroyed (docs/keys.md). Here all of it
stays in the data directory, so that one person can try it.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from pyrage import x25519

from custinfo.servers.place import Place
from vault import keyfiles
from vault.holding import shares

CUSTODIANS = ("K1001", "K1002", "K1003")
THRESHOLD = 2
WHOSE = ("", "RESTRICTED_")
"""The main site and L4: what stands before the names of their settings."""


def is_split(names: Mapping[str, str]) -> bool:
    """Tell whether this demo is to have a keyholder."""
    return names.get("KEK_PROVIDER") == "keyholder"


def settings_of(place: Place) -> dict[str, str]:
    """Return what the settings want besides: L4 is kept likewise; where the sockets and the sealed key files are."""
    sockets = place.sockets / "redis"
    return {
        "KEYHOLDER_SOCKET": str(sockets / "keyholder.sock"),
        "KEK_SHARES_FILE": str(place.keys / "kek.sealed"),
        "RESTRICTED_KEK_PROVIDER": "keyholder",
        "RESTRICTED_KEYHOLDER_SOCKET": str(sockets / "restricted.sock"),
        "RESTRICTED_KEK_SHARES_FILE": str(place.keys / "restricted-kek.sealed"),
    }


def split(place: Place) -> None:
    """Seal each KEK file to three shares, unless that is done; a KEK file is made where there is none."""
    for whose in WHOSE:
        sealed = Path(settings_of(place)[f"{whose}KEK_SHARES_FILE"])
        if not sealed.exists():
            _split(place, whose, sealed)


def _split(place: Place, whose: str, sealed: Path) -> None:
    name = f"{whose}KEK_FILE"
    kek = place.key_files[name]
    keyfiles.make_missing({name: kek})
    identities = {each: x25519.Identity.generate() for each in CUSTODIANS}
    for each, identity in identities.items():
        share = _share(place, whose, each)
        descriptor = os.open(share, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{identity}\n")
    public = [shares.Share(each, str(identity.to_public())) for each, identity in identities.items()]
    shares.write_sealed(sealed, shares.seal(keyfiles.read_closed(kek), public, THRESHOLD))


def told(place: Place, python: str) -> list[str]:
    """Say how the shares are brought."""
    return [
        f"Both sites are sealed until {THRESHOLD} of {len(CUSTODIANS)} shares of each are in. In another terminal:",
        *(line for whose in WHOSE for line in _brought(place, whose, python)),
    ]


def _brought(place: Place, whose: str, python: str) -> list[str]:
    process = "CUSTINFO_PROCESS=restricted " if whose else ""
    socket = f"{whose}KEYHOLDER_SOCKET"
    names = f"{process}{whose}KEK_PROVIDER=keyholder {socket}={settings_of(place)[socket]}"
    bring = f"{names} {python} -m custinfo.servers -- {python} manage.py bring_share --descriptor 0"
    return [f"  {bring} < {_share(place, whose, name)}" for name in CUSTODIANS[:THRESHOLD]]


def _share(place: Place, whose: str, name: str) -> Path:
    return place.keys / f"{whose.lower().replace('_', '-')}{name}.share"
