"""The approvals app."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Proposals and signatures: the two-person rule."""

    name = "approvals"

    def ready(self) -> None:
        from approvals import events  # noqa: F401
