"""Security keys by allauth, with what its pages leave out: a refused key is an event, and is told what else counts."""

from typing import Any

from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _


class AuthenticateForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A security key at login."""

    def clean_credential(self) -> Authenticator:
        """Take the key's answer, or record that it was refused."""
        try:
            return super().clean_credential()
        except ValidationError as refused:
            raise _recorded(refused, self.user) from None


class ReauthenticateForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A security key as a step-up."""

    def clean_credential(self) -> Authenticator:
        """Take the key's answer, or record that it was refused."""
        try:
            return super().clean_credential()
        except ValidationError as refused:
            raise _recorded(refused, self.user) from None


class ReauthenticateView(ReauthenticateWebAuthnView):  # type: ignore[misc]
    """The step-up with a security key; where it is refused one stays there, with what was asked for."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say why, on the page that offers the other way as well."""
        super().form_invalid(form)  # which puts the reason among the messages
        return HttpResponseRedirect(self.passthrough_next_url(self.request.path))


reauthenticate: Any = ReauthenticateView.as_view()


def _recorded(refused: ValidationError, user: Any) -> ValidationError:
    request: HttpRequest = context.request
    signals.authentication_failed.send(sender=Authenticator, request=request, user=user)
    if refused.code != "incorrect_code":
        return refused
    words = _(
        "This security key is not one of yours, or it answered too late. Try again, or use a one-time code."
    )
    return ValidationError(words, code=refused.code)
