"""The retention app."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class RetentionConfig(AppConfig):
    """Set-up of retention."""

    name = "retention"
    verbose_name = _("Retention")

    def ready(self) -> None:
        from retention import events  # noqa: F401  declares the vocabulary

        if settings.PROCESS == "main":  # nobody proposes or signs elsewhere
            from retention.proposals import holds

            holds.register_kinds()
