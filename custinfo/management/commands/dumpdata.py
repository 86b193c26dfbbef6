"""Django's own `dumpdata`, refused in production."""

from django.core.management.commands.dumpdata import Command as Original

from custinfo.commands import RefusedInProduction


class Command(RefusedInProduction, Original):
    """As Django's, outside production."""
