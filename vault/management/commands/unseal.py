"""`manage.py unseal`: open a sealed site again where a file or a device keeps the KEK."""

from os import urandom
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from trail import services as trail
from trail.actor import Actor
from vault import events
from vault.away import KeysAway
from vault.envelope import CannotOpen
from vault.holding import sealing
from vault.keyfiles import KEY_BYTES, BadKeyFile
from vault.providers import provider


class Command(BaseCommand):
    """Whoever has the key file or the device's PIN at the host brings the keys again; with a keyholder, shares do."""

    help = "Open the sealed site again (KEK_PROVIDER=file or pkcs11); with a keyholder, bring_share does."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.KEK_PROVIDER == "keyholder":
            raise CommandError("Custodians open the site: manage.py bring_share.")
        order = sealing.newest_order()
        if not order.holds:
            raise CommandError("The site is not sealed.")
        try:
            provider().wrap(urandom(KEY_BYTES), b"check")
        except (BadKeyFile, KeysAway, CannotOpen) as fault:
            raise CommandError(f"The key is not there: {fault}") from None
        at = trail.clock()
        by = Actor.system("vault.unseal")
        trail.record(events.SITE_UNSEALED, by=by, at=at, facts={"provider": settings.KEK_PROVIDER})
        sealing.lift(order.number, at=at)
        self.stdout.write("open: values can be opened again")
