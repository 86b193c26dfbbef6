"""Settings, URLs, the role → permission table, schedules, embedded servers and the demo."""

from custinfo.celery import app as celery_app

__all__ = ["celery_app"]
