"""The approvals app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    """Proposals and signatures: the two-person rule."""

    name = "approvals"
    verbose_name = _("Proposals")

    def ready(self) -> None:
        from approvals import events  # noqa: F401
