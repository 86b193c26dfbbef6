"""The keyholder process: shares with their events, orders to seal noticed each second, the socket."""

import ctypes
import logging
import resource
import threading
from pathlib import Path

from django.db import DatabaseError, connections

from trail import services as trail
from trail.actor import Actor
from vault import events
from vault.away import OlderKey
from vault.holding import sealing
from vault.holding.keeper import ForeignKey, Keeper
from vault.holding.server import REFUSALS, Answers, Peers, Server
from vault.holding.shares import WrongShare, read_identity
from vault.keyfiles import BadKeyFile

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
BY = Actor.system("vault.keyholder")
_PR_SET_DUMPABLE = 4


class Keyholder:
    """One keyholder: its keeper, its socket, and the thread that looks for orders."""

    def __init__(self, sealed: Path, path: Path, mode: int, peers: Peers) -> None:
        """
        :raises vault.holding.server.Taken: when another keyholder answers at this socket.
        """
        self.keeper = Keeper(sealed)
        self._over = threading.Event()
        self._path = path
        self._server = Server(path, mode, peers, Answers(self.keeper, self.bring))
        self._watch = threading.Thread(target=self._look_for_orders, name="orders", daemon=True)

    def serve(self) -> None:
        """Answer until `stop`."""
        self._watch.start()
        try:
            self._server.serve_forever(poll_interval=0.2)
        finally:
            self._over.set()
            self.keeper.forget()
            self._server.server_close()
            self._path.unlink(missing_ok=True)

    def stop(self) -> None:
        """Let `serve` end; from another thread, or from a signal's."""
        threading.Thread(target=self._server.shutdown, daemon=True).start()

    def bring(self, said: str) -> None:
        """Take in a share: first what was brought is on record, then it counts.

        :raises vault.holding.shares.WrongShare: as `Keeper.bring`, and its other refusals.
        """
        at = trail.clock()
        try:
            identity = read_identity(said)
            trail.record(events.SHARE_BROUGHT, by=BY, at=at, facts={"share": self.keeper.name_of(identity)})
            order = sealing.newest_order()
            opened = self.keeper.bring(identity, order=order.number)
        except (WrongShare, OlderKey, ForeignKey, BadKeyFile) as refused:
            trail.record(events.SHARE_REFUSED, by=BY, at=at, facts={"why": REFUSALS[type(refused)]})
            raise
        if opened:
            if order.holds:
                sealing.lift(order.number, at=at)
            trail.record(events.SITE_UNSEALED, by=BY, at=at, facts={"provider": "keyholder"})

    def _look_for_orders(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            try:
                if self.keeper.heed(sealing.newest_order().number):
                    log.warning("keyholder: sealed by order; the key is forgotten")
            except DatabaseError:
                # Without the keyring nobody has wrapped keys to bring either.
                connections["keyring"].close()


def hide_memory() -> None:
    """Leave no core dump, and let no process of the same account read this one's memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
