"""Split custody in the demo (KEK_PROVIDER=keyholder): three shares are made, two of which open the key together.

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


def is_split(names: Mapping[str, str]) -> bool:
    """Tell whether this demo is to have a keyholder."""
    return names.get("KEK_PROVIDER") == "keyholder"


def paths(place: Place) -> dict[str, str]:
    """Return what the settings want besides: where the socket and the sealed key file are."""
    return {
        "KEYHOLDER_SOCKET": str(place.sockets / "redis" / "keyholder.sock"),
        "KEK_SHARES_FILE": str(place.keys / "kek.sealed"),
    }


def split(place: Place) -> None:
    """Seal the KEK file to three shares, unless that is done; a KEK file is made where there is none."""
    sealed = Path(paths(place)["KEK_SHARES_FILE"])
    if sealed.exists():
        return
    kek = place.key_files["KEK_FILE"]
    keyfiles.make_missing({"KEK_FILE": kek})
    identities = {name: x25519.Identity.generate() for name in CUSTODIANS}
    for name, identity in identities.items():
        share = _share(place, name)
        descriptor = os.open(share, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{identity}\n")
    public = [shares.Share(name, str(identity.to_public())) for name, identity in identities.items()]
    shares.write_sealed(sealed, shares.seal(keyfiles.read_closed(kek), public, THRESHOLD))


def told(place: Place, python: str) -> list[str]:
    """Say how the shares are brought."""
    names = f"KEK_PROVIDER=keyholder KEYHOLDER_SOCKET={paths(place)['KEYHOLDER_SOCKET']}"
    bring = f"{names} {python} -m custinfo.servers -- {python} manage.py bring_share --descriptor 0"
    return [
        f"The site is sealed until {THRESHOLD} of {len(CUSTODIANS)} shares are in. Bring them in another terminal:",
        *(f"  {bring} < {_share(place, name)}" for name in CUSTODIANS[:THRESHOLD]),
    ]


def _share(place: Place, name: str) -> Path:
    return place.keys / f"{name}.share"
