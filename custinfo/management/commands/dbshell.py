"""Django's own `dbshell`, refused in production."""

from django.core.management.commands.dbshell import Command as Original

from custinfo.commands import RefusedInProduction


class Command(RefusedInProduction, Original):
    """As Django's, outside production."""
