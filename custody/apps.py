"""The custody app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustodyConfig(AppConfig):
    """Set-up of custody: its jobs and its kinds of proposal."""

    name = "custody"
    verbose_name = _("Keys")

    def ready(self) -> None:
        from custody import acts, proposals
        from jobs.registry import register

        register(acts.KEK_JOB, "custody.tasks.act_on_kek")
        register(acts.REWRAP_JOB, "custody.tasks.rewrap")
        proposals.register()
