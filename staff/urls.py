"""The pages of allauth that this house keeps, under `accounts/`. What would break law 8 answers 404.

Names that allauth's own code looks up exist, but lead nowhere: sign-up, password by mail, mail addresses, removal of
factors. Adding a security key, recovery codes and a new password want a step-up first, which allauth's own check
(a password is enough for it) is not.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.webauthn import views as keys
from allauth.usersessions import views as sessions
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path

from staff import security_keys, step_up

View = Callable[..., HttpResponse]


def gone(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Answer as if nothing were there."""
    raise Http404


def step_up_required(view: View) -> View:
    """Want a fresh TOTP or WebAuthn factor before a page; the password alone never counts.

    :raises StepUpNeeded: the desk's middleware shows the step-up page and comes back.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = getattr(request, "actor", None)
        if actor is not None:
            step_up.require(actor, at=request.at)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return guarded


urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/change/", step_up_required(account.password_change), name="account_change_password"),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("2fa/", factors.index, name="mfa_index"),
    path("2fa/authenticate/", factors.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/webauthn/", keys.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", step_up_required(keys.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/webauthn/reauthenticate/", security_keys.reauthenticate, name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", step_up_required(keys.edit_webauthn), name="mfa_edit_webauthn"),
    path("2fa/recovery-codes/", step_up_required(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        step_up_required(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        step_up_required(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    # SECURITY: looked up by name in allauth, closed here.
    *(
        path(f"closed/{name}/", gone, name=name)
        for name in (
            "account_signup",
            "account_reauthenticate",
            "account_email",
            "account_email_verification_sent",
            "account_set_password",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key_done",
            "account_confirm_login_code",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
        )
    ),
    re_path(r"^closed/confirm/(?P<key>[-:\w]+)/$", gone, name="account_confirm_email"),
    path("closed/webauthn/<int:pk>/", gone, name="mfa_remove_webauthn"),
]
