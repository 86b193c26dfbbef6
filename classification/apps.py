"""The classification app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClassificationConfig(AppConfig):
    """Set-up of the catalogue; its history is kept by auditlog, masked."""

    name = "classification"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from classification import proposals
        from classification.models import Field, FieldVersion, Purpose, PurposeVersion, Scenario

        for model in (Field, FieldVersion, Purpose, PurposeVersion, Scenario):
            auditlog.register(model)
        proposals.register()
