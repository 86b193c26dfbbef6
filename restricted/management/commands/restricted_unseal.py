"""Open the restricted host again after it was sealed."""

from os import urandom
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from restricted.services import sealing
from trail import services as trail
from trail.actor import Actor
from vault.apart import held_keks
from vault.away import KeysAway
from vault.envelope import CannotOpen
from vault.keyfiles import KEY_BYTES, BadKeyFile


class Command(BaseCommand):
    """`manage.py restricted_unseal`, on the restricted host, by whoever has its key file or its device's PIN."""

    help = "Open the sealed restricted host again (file or pkcs11); with a keyholder, bring_share does."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.RESTRICTED_KEK_PROVIDER == "keyholder":
            raise CommandError("Custodians open this host: manage.py bring_share.")
        try:
            held_keks().wrap(urandom(KEY_BYTES), b"check")
            order = sealing.unseal(by=Actor.system("restricted.unseal"), at=trail.clock())
        except (BadKeyFile, KeysAway, CannotOpen) as fault:
            raise CommandError(f"The key is not there: {fault}") from None
        except sealing.NotSealed:
            raise CommandError("The restricted host is not sealed.") from None
        self.stdout.write(f"open: order {order} is lifted, L4 values can be opened again")
