"""The keyholder process: shares with their events, orders to seal noticed each second, the socket."""

import ctypes
import logging
import resource
import threading
from pathlib import Path

from django.db import DatabaseError, connections

from trail import services as trail
from vault.away import OlderKey
from vault.holding.keeper import ForeignKey, Keeper
from vault.holding.server import REFUSALS, Answers, Peers, Server
from vault.holding.shares import WrongShare, read_identity
from vault.holding.site import Site
from vault.keyfiles import BadKeyFile

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
_PR_SET_DUMPABLE = 4


class Keyholder:
    """One keyholder: its keeper, its socket, and the thread that looks for orders."""

    def __init__(self, sealed: Path, path: Path, mode: int, peers: Peers, site: Site) -> None:
        """
        :param site: whose key it is.
        :raises vault.holding.server.Taken: when another keyholder answers at this socket.
        """
        self.keeper = Keeper(sealed, site)
        self._site = site
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
            self._site.record_share(self.keeper.name_of(identity), at=at)
            order = self._site.newest_order()
            opened = self.keeper.bring(identity, order=order.number)
        except (WrongShare, OlderKey, ForeignKey, BadKeyFile) as refused:
            self._site.record_refusal(REFUSALS[type(refused)], at=at)
            raise
        if opened:
            self._site.open_again(order, at=at)

    def _look_for_orders(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            try:
                if self.keeper.heed(self._site.newest_order().number):
                    log.warning("keyholder: sealed by order; the key is forgotten")
            except DatabaseError:
                # Without the site's databases nobody has wrapped keys to bring either.
                connections.close_all()


def hide_memory() -> None:
    """Leave no core dump, and let no process of the same account read this one's memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
