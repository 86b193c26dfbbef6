"""Upkeep of messages to staff by Celery."""

from celery import shared_task

from staff.services.mailing import mail_waiting
from trail.actor import Actor
from trail.services import clock


@shared_task
def mail_notifications() -> None:
    """Mail the notifications that wait."""
    mail_waiting(by=Actor.system("staff.mail"), at=clock())
