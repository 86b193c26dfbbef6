"""Enrolment: a person sets password and second factor through a link of one use.

The token travels behind `#` and is posted, so no log holds it. Between the steps token, code, new password and new
secret lie in the visitor's session, whose payload is sealed, for fifteen minutes at most.
"""

from base64 import b64encode
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from desk.forms import FactorForm, LinkForm, NewPasswordForm
from staff import acting
from staff.models import Person
from staff.services import enrolments
from staff.services.enrolments import Begun, EnrolmentRefused
from staff.words import enrolment_words
from trail.actor import Actor

PLACE = "enrolment"
LONGEST_SECONDS = 900


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Take the link, and the code where there is one."""
    form = LinkForm(request.POST if request.method == "POST" else None)
    asks_code = False
    if form.is_valid():
        token, code = form.cleaned_data["token"].rpartition("#")[2].strip(), form.cleaned_data["code"]
        try:
            begun = enrolments.begin(token, code=code, by=visitor(request), at=now(request))
        except EnrolmentRefused as refused:
            asks_code = refused.code in {"code_missing", "wrong_code"}
            if not (refused.code == "code_missing" and "asked" not in request.POST):
                form.add_error("code" if asks_code else None, enrolment_words(refused.code))
        else:
            if request.user.is_authenticated:
                logout(request)
            request.session[PLACE] = facts_of(begun, token, code, now(request))
            return HttpResponseRedirect(reverse("desk:enrol_set"))
    form.fields["code"].required = asks_code
    facts = {"form": form, "asks_code": asks_code}
    return render(request, "desk/session/enrol.html", facts, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def enrol_set(request: HttpRequest) -> HttpResponse:
    """Take the new password, then a code of the new authenticator app."""
    held = request.session.get(PLACE)
    if not held or now(request).timestamp() - held["at"] > LONGEST_SECONDS:
        request.session.pop(PLACE, None)
        messages.warning(request, _("Open the link again; fifteen minutes are over."))
        return HttpResponseRedirect(reverse("desk:enrol"))
    if held["sets_password"] and "password" not in held:
        return new_password(request, held)
    return new_factor(request, held)


def new_password(request: HttpRequest, held: dict[str, Any]) -> HttpResponse:
    """Step one: the password."""
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            validate_password(form.cleaned_data["password"], Person(number=held["number"], name=held["name"]))
        except ValidationError as weak:
            form.add_error("password", weak)
        else:
            request.session[PLACE] = held = {**held, "password": form.cleaned_data["password"]}
            if held["sets_factor"] or held["asks_factor"]:
                return HttpResponseRedirect(reverse("desk:enrol_set"))
            return complete(request, held, FactorForm({"code": ""}))
    facts = {"form": form, "held": held}
    return render(request, "desk/session/enrol_password.html", facts, status=422 if form.errors else 200)


def new_factor(request: HttpRequest, held: dict[str, Any]) -> HttpResponse:
    """Step two: the authenticator app."""
    form = FactorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return complete(request, held, form)
    facts = {"form": form, "held": held}
    return render(request, "desk/session/enrol_factor.html", facts, status=422 if form.errors else 200)


def complete(request: HttpRequest, held: dict[str, Any], form: FactorForm) -> HttpResponse:
    """Set what the person chose, once."""
    try:
        enrolments.complete(
            held["token"],
            code=held["code"],
            password=held.get("password") or form.data.get("password", ""),
            secret=held["secret"],
            totp=form.data.get("code", "").replace(" ", ""),
            by=visitor(request),
            at=now(request),
        )
    except EnrolmentRefused as refused:
        form.is_valid()
        field = {"wrong_totp": "code", "wrong_password": "password"}.get(refused.code)
        form.add_error(field, enrolment_words(refused.code))
        facts = {"form": form, "held": held}
        return render(request, "desk/session/enrol_factor.html", facts, status=422)
    except ValidationError as weak:
        request.session[PLACE] = {name: value for name, value in held.items() if name != "password"}
        messages.error(request, " ".join(weak.messages))
        return HttpResponseRedirect(reverse("desk:enrol_set"))
    request.session.flush()
    messages.success(request, _("Done. Log in with your staff number and the new password."))
    return HttpResponseRedirect(reverse("account_login"))


def facts_of(begun: Begun, token: str, code: str, at: datetime) -> dict[str, Any]:
    """Return what the next steps need, as the session keeps it."""
    return {
        "at": at.timestamp(),
        "token": token,
        "code": code,
        "number": begun.number,
        "name": begun.name,
        "sets_password": begun.sets_password,
        "sets_factor": begun.sets_factor,
        "asks_password": begun.asks_password,
        "asks_factor": begun.asks_factor,
        "secret": begun.secret,
        "picture": as_image(begun.picture),
    }


def as_image(svg: str) -> str:
    """Return a drawing as an address that an image may have under the content security policy."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}" if svg else ""


def visitor(request: HttpRequest) -> Actor:
    """Return the actor of somebody who is not logged in."""
    return acting.visitor(getattr(request, "client_ip", None))


def now(request: HttpRequest) -> datetime:
    """Return the database's time of this request."""
    at: datetime = request.at  # type: ignore[attr-defined]
    return at
