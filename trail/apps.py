"""The trail app."""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """Set-up of trail."""

    name = "trail"
