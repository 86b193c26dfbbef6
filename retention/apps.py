"""The retention app."""

from datetime import timedelta

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class RetentionConfig(AppConfig):
    """Set-up of retention: its jobs and its kinds of proposal."""

    name = "retention"
    verbose_name = _("Retention")

    def ready(self) -> None:
        from access.proposals.apart import keepers
        from jobs.registry import register
        from retention.destroying import DESTROY
        from retention.proposals import destruction, holds
        from retention.queries.held import keeps

        # A step may be the rewriting of a whole table.
        register(DESTROY, "retention.tasks.destroy", lease=timedelta(minutes=5))
        if settings.PROCESS == "main":  # nobody proposes or signs elsewhere
            destruction.register_kinds()
            holds.register_kinds()
            keepers.append(keeps)
