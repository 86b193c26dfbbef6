"""`manage.py bring_share`: a custodian brings a share to the keyholder of this host."""

import os
import sys
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vault import keeping
from vault.away import KeysAway, ProviderLost
from vault.holding.client import KeyholderProvider, Refused

LONGEST = 4096
SAID = {
    "wrong_share": "This is no share of the key that is sealed on this host.",
    "foreign": "These shares open another deployment's key, or another host's. Nothing was taken in.",
    "bad_file": "The sealed key file cannot be used; see {prefix}KEK_SHARES_FILE.",
    "refused": "The keyholder takes shares from other accounts only ({prefix}KEYHOLDER_CUSTODIAN_UIDS).",
    "unavailable": "The trail or the database of the data keys does not answer, so nothing was taken in.",
}


class Command(BaseCommand):
    """Read an age identity from a prompt or a file descriptor, and hand it over; on the host of L4 one of L4's."""

    help = "Bring a share of the key to this host's keyholder; never given as an argument. Says which are missing."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--descriptor", type=int, metavar="N", help="read the share from this file descriptor (0: input)"
        )
        parser.add_argument("--state", action="store_true", help="bring nothing, say what is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        kept = keeping.here()
        if kept.get("KEK_PROVIDER") != "keyholder":
            raise CommandError(
                f"{kept.name('KEK_PROVIDER')} is not keyholder here: there is nobody to bring it to."
            )
        socket = Path(kept.get("KEYHOLDER_SOCKET"))
        keyholder = KeyholderProvider(socket, kept.get("KEYHOLDER_UID"))
        try:
            if not options["state"]:
                keyholder.ask("share", share=_share(options["descriptor"]))
            self._say(keyholder.state())
        except ProviderLost:
            raise CommandError(f"No keyholder answers at {socket}.") from None
        except KeysAway:
            words = "The sealed key file is older than the data keys: bring the newest copy to this host."
            raise CommandError(words) from None
        except Refused as refused:
            words = SAID.get(refused.code, refused.code)
            raise CommandError(words.format(prefix=kept.prefix)) from None

    def _say(self, state: dict[str, Any]) -> None:
        if state["open"]:
            self.stdout.write("open: the key is there")
            return
        brought, missing = state["brought"], state["missing"]
        self.stdout.write(f"sealed: {len(brought)} of {state['needed']} shares are in")
        if brought:
            self.stdout.write(f"in: {', '.join(brought)}")
        self.stdout.write(f"not yet in: {', '.join(missing)}")


def _share(descriptor: int | None) -> str:
    if descriptor is not None:
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(LONGEST).decode("ascii", "replace")
    if not sys.stdin.isatty():
        raise CommandError("There is nobody to ask; give a descriptor: --descriptor 0 < share.key")
    return getpass("Share (AGE-SECRET-KEY-1…, nothing is shown): ")
