"""The classification app."""

from django.apps import AppConfig


class ClassificationConfig(AppConfig):
    """Set-up of classification."""

    name = "classification"
