"""Open the restricted host again after it was sealed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from restricted.services import sealing
from trail import services as trail
from trail.actor import Actor
from vault.apart import held_keks
from vault.keyfiles import BadKeyFile


class Command(BaseCommand):
    """`manage.py restricted_unseal`, on the restricted host, by whoever has its key file."""

    help = "Open the sealed restricted host again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            held_keks()
            order = sealing.unseal(by=Actor.system("restricted.unseal"), at=trail.clock())
        except BadKeyFile as bad:
            raise CommandError(f"The key is not there: {bad}") from None
        except sealing.NotSealed:
            raise CommandError("The restricted host is not sealed.") from None
        self.stdout.write(f"open: order {order} is lifted, L4 values can be opened again")
