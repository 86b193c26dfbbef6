"""The desk app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Set-up of desk."""

    name = "desk"
