"""The jobs app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Set-up of jobs."""

    name = "jobs"
