"""Django's own `loaddata`, refused in production."""

from django.core.management.commands.loaddata import Command as Original

from custinfo.commands import RefusedInProduction


class Command(RefusedInProduction, Original):
    """As Django's, outside production."""
