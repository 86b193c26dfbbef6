"""The restricted app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RestrictedConfig(AppConfig):
    """L4 values and what lets them out; its models live in the `restricted` database."""

    name = "restricted"
    verbose_name = _("L4, held apart")

    def ready(self) -> None:
        from restricted import events  # noqa: F401
