"""The access app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Set-up of access."""

    name = "access"
