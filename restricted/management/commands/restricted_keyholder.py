"""`manage.py restricted_keyholder`: keep the KEK of L4 in the memory of this process, for the restricted host alone."""

from restricted.keyholding import RestrictedSite
from vault.management.commands import keyholder


class Command(keyholder.Command):
    """Run the keyholder of the restricted host until SIGTERM or SIGINT."""

    help = (
        "Keep the key of L4: sealed until enough of its custodians have brought their shares (bring_share)."
    )
    site = RestrictedSite()
