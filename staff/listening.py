"""What allauth and Django tell us by signal, turned into facts of the session and events. Only others' signals."""

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from staff import acting
from staff.events import FACTOR_ADDED, PASSWORD_CHANGED, RECOVERY_CODES_MADE, STEP_UP, STEP_UP_REFUSED
from staff.models import Person
from staff.queries import standing
from trail import services as trail
from trail.actor import Actor


def acts(request: HttpRequest, person: Person) -> Actor:
    """Return the actor for a person whom the request is about to become, or is."""
    at = request_time(request)
    found = standing(person.pk, at)
    ip = getattr(request, "client_ip", None)
    if found is None:
        return acting.visitor(ip)
    return acting.actor_of(found, ip=ip, facts=acting.facts_of(request.session, person))


def request_time(request: HttpRequest) -> Any:
    """Return the time that this request was given, or the database's."""
    return getattr(request, "at", None) or trail.clock()


@receiver(user_logged_in, dispatch_uid="staff.login_facts")
def login_facts(sender: Any, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Write the facts of the session once a login is complete."""
    acting.begin(request.session, user, at=request_time(request))


@receiver(factors.authenticator_used, dispatch_uid="staff.factor_used")
def factor_used(request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    """Note a factor in the session; inside a session it is a step-up, and the session gets a new key."""
    at = request_time(request)
    if kwargs.get("reauthenticated"):
        trail.record(STEP_UP, by=acts(request, user), at=at, facts={"method": authenticator.type})
        request.session.cycle_key()
    acting.give_factor(request.session, user, method=authenticator.type, at=at)


@receiver(factors.authentication_failed, dispatch_uid="staff.factor_refused")
def factor_refused(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Record a wrong code."""
    trail.record(STEP_UP_REFUSED, by=acts(request, user), at=request_time(request))


@receiver(factors.authenticator_added, dispatch_uid="staff.factor_added")
def factor_added(request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    """Record a new security key."""
    facts = {"person": str(user.pk), "method": authenticator.type}
    trail.record(FACTOR_ADDED, by=acts(request, user), at=request_time(request), facts=facts)


@receiver(factors.authenticator_reset, dispatch_uid="staff.recovery_codes_made")
def recovery_codes_made(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Record new recovery codes."""
    facts = {"person": str(user.pk)}
    trail.record(RECOVERY_CODES_MADE, by=acts(request, user), at=request_time(request), facts=facts)


@receiver(password_changed, dispatch_uid="staff.password_changed")
def password_was_changed(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Record a changed password and its date (S4-26)."""
    at = request_time(request)
    user.password_set_at = at
    user.save(update_fields=["password_set_at"])
    trail.record(PASSWORD_CHANGED, by=acts(request, user), at=at, facts={"person": str(user.pk)})
