"""`manage.py keyholder`: keep the KEK in the memory of this process and answer web and worker of this host."""

import os
import signal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vault import keeping
from vault.holding.running import Keyholder, hide_memory
from vault.holding.server import Peers, Taken
from vault.holding.site import MainSite, Site


class Command(BaseCommand):
    """Run the keyholder of this host until SIGTERM or SIGINT."""

    help = "Keep the key of this host: sealed until enough custodians have brought their shares."
    requires_system_checks = []
    site: Site = MainSite()

    def handle(self, *args: Any, **options: Any) -> None:
        kept = self.site.kept
        if kept != keeping.here():
            raise CommandError("The host of L4 has restricted_keyholder, every other host keyholder.")
        if kept.get("KEK_PROVIDER") != "keyholder":
            raise CommandError(f"{kept.name('KEK_PROVIDER')} is not keyholder here.")
        hide_memory()
        os.environ["PGAPPNAME"] = (
            "custinfo.keyholder"  # who empties a database knows it from those that open values
        )
        path = Path(kept.get("KEYHOLDER_SOCKET"))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        peers = Peers(
            frozenset(kept.get("KEYHOLDER_UIDS")),
            frozenset(kept.get("KEYHOLDER_WORKER_UIDS")),
            frozenset(kept.get("KEYHOLDER_CUSTODIAN_UIDS")),
        )
        sealed, mode = Path(kept.get("KEK_SHARES_FILE")), kept.get("KEYHOLDER_SOCKET_MODE")
        try:
            keyholder = Keyholder(sealed, path, mode, peers, self.site)
        except Taken as taken:
            raise CommandError(str(taken)) from None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: keyholder.stop())
        self.stdout.write("keyholder: sealed; manage.py bring_share takes the shares in")
        keyholder.serve()
