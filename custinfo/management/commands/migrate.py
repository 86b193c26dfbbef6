"""`manage.py migrate`, Django's own, but for what it does with apps that live in another database."""

from django.core.management.commands import migrate

from custinfo.migrating import Executor

migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]  # the command has no other place to name it


class Command(migrate.Command):
    """Django's command."""
