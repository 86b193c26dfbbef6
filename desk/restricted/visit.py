"""Requests of the restricted host as its middleware leaves them."""

from datetime import datetime

from django.http import HttpRequest

from restricted.models import Session
from trail.actor import Actor


class Visit(HttpRequest):
    """A request of somebody, logged in here or not."""

    actor: Actor | None
    going: Session | None
    at: datetime
    client_ip: str | None


class RestrictedRequest(Visit):
    """A request of somebody who is logged in here."""

    actor: Actor
    going: Session
