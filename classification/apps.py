"""The classification app."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ClassificationConfig(AppConfig):
    """Set-up of the catalogue; its history is kept by auditlog, masked."""

    name = "classification"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from classification.models import (
            Field,
            FieldVersion,
            Purpose,
            PurposeVersion,
            Scenario,
            Schedule,
        )

        for model in (Field, FieldVersion, Purpose, PurposeVersion, Scenario, Schedule):
            auditlog.register(model)
        if settings.PROCESS == "main":  # nobody proposes or signs elsewhere
            from classification import proposals

            proposals.register()
