"""How allauth is bent to the laws of this house: no sign-up, no self-service of rights, sealed secrets, events."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from staff import acting
from staff.events import LOGIN, LOGIN_REFUSED, LOGOUT, OTHERS_ENDED
from staff.models import Person
from staff.queries import WORKING, roles_of, standing
from trail import services as trail
from vault.opening import open_login
from vault.sealing import seal_login

ABOUT_FACTORS = "second factor"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Login by staff number, refused to whoever may not work now; every outcome is an event."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people are proposed and signed for."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that `staff.address.client_address` has settled."""
        return getattr(request, "client_ip", None) or "::"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep the rate limits, and record whom they stop."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            refused(request, credentials.get("username"), "too_many")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a wrong password."""
        refused(request, credentials.get("username"), "password")

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        """Stop who has left, run out or been frozen, and who lacks a factor that their role demands."""
        at = _at(request)
        found = standing(user.pk, at)
        why = "left" if found is None else "" if found.state == WORKING else found.state
        if found is not None and not why and acting.factor_demanded(found.roles) and not has_factor(user):
            why = "no_factor"
        if why:
            refused(request, user.number, why)
            clear_login(request)
            stopped: HttpResponse = self.respond_user_inactive(request, user)
            return stopped
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def get_login_stages(self) -> list[str]:
        """Ask for the factor by role, not of everybody who has one."""
        stages: list[str] = super().get_login_stages()
        ours = f"{FactorStage.__module__}.{FactorStage.__qualname__}"
        theirs = f"{AuthenticateStage.__module__}.{AuthenticateStage.__qualname__}"
        return [ours if stage == theirs else stage for stage in stages]

    def login(self, request: HttpRequest, user: Person) -> None:
        """Record the login, then make it; the session gets a new key and its facts."""
        at = _at(request)
        found = standing(user.pk, at)
        if found is None:
            raise Person.DoesNotExist
        factor = acting.given_factor(request.session, user)
        actor = acting.actor_of(found, ip=getattr(request, "client_ip", None))
        trail.record(LOGIN, by=actor, at=at, facts={"second_factor": factor})
        super().login(request, user)

    def logout(self, request: HttpRequest) -> None:
        """Record the logout, then make it."""
        if getattr(request, "actor", None) is not None:
            trail.record(LOGOUT, by=request.actor, at=_at(request))  # type: ignore[attr-defined]
        super().logout(request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the ways to give a second factor again: allauth's first, the password, is closed here."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"] != "reauthenticate"]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Never by allauth, which would take a password: `staff.urls` asks for a step-up instead."""
        return False


class FactorStage(AuthenticateStage):  # type: ignore[misc]
    """The second factor at login, demanded of every role except agent (a setting extends it to all)."""

    def _should_handle(self, request: HttpRequest) -> bool:
        person = self.login.user
        return (
            isinstance(person, Person)
            and acting.factor_demanded(roles_of(person, _at(request)))
            and bool(super()._should_handle(request))
        )


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: sealed secrets, never removed by oneself, keys bound to the configured host."""

    def encrypt(self, text: str) -> str:
        """Seal a secret under the login key."""
        return seal_login(text, about=ABOUT_FACTORS)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return open_login(encrypted_text, about=ABOUT_FACTORS)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """SECURITY: nobody removes a factor; a reset is proposed and signed."""
        return False

    def get_totp_label(self, user: Person) -> str:
        """Return the staff number: the app shows no mail address."""
        return user.number

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the host that security keys are bound to."""
        return {"id": settings.WEBAUTHN_RP_ID, "name": settings.MFA_TOTP_ISSUER}


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]
    """The person's own sessions elsewhere, ended by the person."""

    def end_sessions(self, sessions: list[UserSession]) -> None:
        """Record how many are ended, then end them."""
        if not sessions:
            return
        request = context.request
        facts = {"sessions": len(sessions)}
        trail.record(OTHERS_ENDED, by=request.actor, at=_at(request), facts=facts)
        super().end_sessions(sessions)


def has_factor(person: Person) -> bool:
    """Return whether this person has an authenticator app or a security key."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user=person, type__in=kinds).exists())


def refused(request: HttpRequest | None, said: str | None, why: str) -> None:
    """Record a refused login. Only the number of somebody who exists is kept: people mistype passwords there."""
    request = request or context.request
    known = Person.objects.filter(number__iexact=said or "").values_list("number", flat=True).first()
    actor = acting.visitor(getattr(request, "client_ip", None))
    trail.record(LOGIN_REFUSED, by=actor, at=_at(request), facts={"number": known or "", "why": why})


def _at(request: HttpRequest | None) -> Any:
    return getattr(request, "at", None) or trail.clock()
