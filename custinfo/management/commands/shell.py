"""Django's own `shell`, refused in production."""

from django.core.management.commands.shell import Command as Original

from custinfo.commands import RefusedInProduction


class Command(RefusedInProduction, Original):
    """As Django's, outside production."""
