"""The consent app."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    """Its kinds of event and of proposal are known to every process."""

    name = "consent"
    verbose_name = _("Notices and consents")

    def ready(self) -> None:
        from consent import deposited
        from consent import events as events

        deposited.register()
        if settings.PROCESS == "main":  # nobody proposes or signs elsewhere
            from consent import proposals

            proposals.register_kinds()
