"""`python -m tests.live.rotations WHAT`: rotate keys of a live site as its worker; prints the KEK version that wraps.

begin    make a KEK and promote it, and data keys for more than one batch of wrapping them anew
minimum  let no version below the one that wraps unwrap any more
all      wrap anew under a further KEK, rotate all data keys, change the index epoch; nobody is waited for long
"""

import os
import sys
from datetime import timedelta
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custinfo.settings")
django.setup()

from customers.rekey import resealing  # noqa: E402
from customers.rotating import REINDEX, REKEY  # noqa: E402
from jobs import services as jobs  # noqa: E402
from tests.customers.rotating import rotate  # noqa: E402
from trail.services import clock  # noqa: E402
from vault import epochs, keks, rewrapping  # noqa: E402
from vault.keyring import make_keys  # noqa: E402

KEYS = 12_000
READERS = timedelta(seconds=2)


def begin() -> None:
    """Let a further KEK wrap."""
    make_keys([uuid4() for _ in range(KEYS)], "files", at=clock())
    promote()


def promote() -> None:
    version = keks.life().following
    keks.create(version, proposal=uuid4(), at=clock())
    keks.promote(version, proposal=uuid4(), at=clock())


def minimum() -> None:
    """End the older ones but for their destruction."""
    keks.raise_minimum(keks.now()[0], proposal=uuid4(), at=clock())


def all_of_them() -> None:
    """Rotate everything once."""
    resealing.READERS_ARE_DONE = READERS
    jobs.nudge = lambda job: None  # this process works, no other
    promote()
    while rewrapping.rewrap(at=clock(), keys=2000):
        pass
    rotate(REKEY)
    rotate(REINDEX, epoch=epochs.epoch_to_begin())


if __name__ == "__main__":
    {"begin": begin, "minimum": minimum, "all": all_of_them}[sys.argv[1]]()
    sys.stdout.write(f"{keks.now()[0]}\n")
