"""`manage.py keyholder`: keep the KEK in the memory of this process and answer web and worker of this host."""

import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from vault.holding.running import Keyholder, hide_memory
from vault.holding.server import Peers, Taken


class Command(BaseCommand):
    """Run the keyholder of this host until SIGTERM or SIGINT."""

    help = "Keep the key of this host: sealed until enough custodians have brought their shares."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.KEK_PROVIDER != "keyholder":
            raise CommandError("KEK_PROVIDER is not keyholder here.")
        hide_memory()
        path = Path(settings.KEYHOLDER_SOCKET)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        peers = Peers(
            frozenset(settings.KEYHOLDER_UIDS),
            frozenset(settings.KEYHOLDER_WORKER_UIDS),
            frozenset(settings.KEYHOLDER_CUSTODIAN_UIDS),
        )
        try:
            keyholder = Keyholder(Path(settings.KEK_SHARES_FILE), path, settings.KEYHOLDER_SOCKET_MODE, peers)
        except Taken as taken:
            raise CommandError(str(taken)) from None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: keyholder.stop())
        self.stdout.write("keyholder: sealed; manage.py bring_share takes the shares in")
        keyholder.serve()
