"""The files app."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Set-up of files."""

    name = "files"
