"""The approvals app."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Set-up of approvals."""

    name = "approvals"
