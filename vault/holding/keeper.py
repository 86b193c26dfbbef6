"""The state of a keyholder: shares come in, the KEK is there once enough are, and is forgotten on an order.

Shares are kept until they are enough, an hour at most, and then dropped: a changed KEK file is sealed again to the
public halves that stand in the sealed file.
"""

import threading
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from pyrage import x25519

from vault.away import Sealed
from vault.envelope import CannotOpen
from vault.holding import material, shares
from vault.holding.shares import SealedKek, read_sealed
from vault.holding.site import Site
from vault.keyfiles import BadKeyFile, KekFile
from vault.providers import FileProvider

SHARES_KEPT = 3600.0
"""Seconds after which a share that was not joined by enough others is forgotten."""


@dataclass(frozen=True, slots=True)
class State:
    """What anybody may know of a keyholder: open or sealed, how many shares are in, whose are missing."""

    open: bool
    brought: tuple[str, ...]
    missing: tuple[str, ...]
    needed: int


class ForeignKey(Exception):
    """What was opened does not open the site's data keys: it is another deployment's key, or another site's."""


class StillInUse(Exception):
    """Data keys lie under this KEK version: re-wrap them first."""


class Keeper:
    """The KEK of one host, in the memory of this process alone."""

    def __init__(self, path: Path, site: Site) -> None:
        self._path = path
        self._site = site
        self._lock = threading.RLock()
        self._brought: dict[int, tuple[x25519.Identity, float]] = {}
        self._sealed: SealedKek | None = None
        self._held: KekFile | None = None
        self._provider: FileProvider | None = None
        self._since_order = 0

    def __repr__(self) -> str:
        return "Keeper(•••)"

    def state(self) -> State:
        """Return what is in and what is missing.

        :raises vault.keyfiles.BadKeyFile: when the sealed file cannot be used.
        """
        with self._lock:
            self._drop_old_shares()
            sealed = read_sealed(self._path)
            names = {index: share.name for index, share in enumerate(sealed.shares)}
            brought = tuple(names[index] for index in sorted(self._brought) if index in names)
            missing = tuple(name for name in names.values() if name not in brought)
            return State(self._provider is not None, brought, missing, sealed.threshold)

    def provider(self) -> FileProvider:
        """Return what wraps and unwraps.

        :raises vault.away.Sealed: while too few shares are in.
        """
        with self._lock:
            if self._provider is None:
                try:
                    state = self.state()
                except BadKeyFile:  # whoever brings a share, or asks for the state, is told so
                    raise Sealed from None
                raise Sealed(len(state.brought), state.needed)
            return self._provider

    def name_of(self, identity: x25519.Identity) -> str:
        """Return whose share this is.

        :raises vault.holding.shares.WrongShare: when it is nobody's.
        """
        sealed = read_sealed(self._path)
        return sealed.shares[sealed.index_of(identity)].name

    def bring(self, identity: x25519.Identity, *, order: int) -> bool:
        """Take in a share; with enough of them the KEK is there. Return whether this share opened it.

        :param order: the newest order to seal, which this opening answers.
        :raises vault.holding.shares.WrongShare: when it is nobody's share, or the file was tampered with.
        :raises vault.away.OlderKey: when the sealed file is older than the site's data keys.
        :raises ForeignKey: when it is another deployment's.
        """
        with self._lock:
            sealed = read_sealed(self._path)
            if self._sealed is not None and self._sealed != sealed:
                self._brought.clear()  # another file came since: its shares are counted anew
            self._sealed = sealed
            self._drop_old_shares()
            self._brought[sealed.index_of(identity)] = (identity, monotonic())
            if len(self._brought) < sealed.threshold:
                return False
            together = {index: each for index, (each, _) in self._brought.items()}
            self._brought.clear()
            held = material.read(sealed.open(together))
            provider = FileProvider(held)
            insist_it_fits(provider, self._site)
            self._held, self._provider, self._since_order = held, provider, order
            return True

    def heed(self, order: int) -> bool:
        """Forget the KEK when the newest order to seal is later than its opening; return whether it was."""
        with self._lock:
            if self._provider is None or order <= self._since_order:
                return False
            self.forget()
            return True

    def forget(self) -> None:
        """Forget the KEK and every share."""
        with self._lock:
            self._held = self._provider = self._sealed = None
            self._brought.clear()

    def create_kek(self) -> int:
        """Add a KEK version and return it; it wraps nothing yet."""
        with self._lock:
            held, version = material.with_new_kek(self._open())
            self._write(held)
            return version

    def destroy_kek(self, version: int) -> None:
        """Destroy a KEK version.

        :raises StillInUse: while a data key lies under it.
        :raises ValueError: when it is the last one.
        """
        with self._lock:
            # SECURITY: whoever may ask, values cannot be lost by it.
            if self._site.lies_under(version):
                raise StillInUse
            self._write(material.without_kek(self._open(), version))

    def create_epoch(self) -> int:
        """Add an index root and return its epoch."""
        with self._lock:
            held, epoch = material.with_new_epoch(self._open())
            self._write(held)
            return epoch

    def destroy_epoch(self, epoch: int) -> None:
        """Destroy an index root.

        :raises ValueError: when it is the last one.
        """
        with self._lock:
            self._write(material.without_epoch(self._open(), epoch))

    def _open(self) -> KekFile:
        self.provider()
        if self._held is None:
            raise Sealed
        return self._held

    def _write(self, held: KekFile) -> None:
        """Seal what changed to the same shares, write it, and only then serve it."""
        if self._sealed is None:
            raise Sealed
        sealed = shares.seal(material.write(held), self._sealed.shares, self._sealed.threshold)
        shares.write_sealed(self._path, sealed)
        self._held, self._provider, self._sealed = held, FileProvider(held), sealed

    def _drop_old_shares(self) -> None:
        oldest = monotonic() - SHARES_KEPT
        self._brought = {index: each for index, each in self._brought.items() if each[1] > oldest}


def insist_it_fits(provider: FileProvider, site: Site) -> None:
    """Try the newest data key of the site. SECURITY: age tells nothing of who sealed a file.

    :raises vault.away.OlderKey: when the data key lies under a version that is not there.
    :raises ForeignKey: when it does not open.
    """
    newest = site.newest_data_key()
    if newest is None:
        return
    try:
        provider.unwrap(*newest)
    except CannotOpen:
        raise ForeignKey from None
