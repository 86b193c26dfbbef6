"""Login's surroundings: the lock screen and the step-up."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desk import kept
from desk.context import ends_in
from desk.forms import CodeForm, UnlockForm
from desk.permission import DeskRequest, allowed
from staff import step_up as freshness
from staff.services import factors, sessions


@allowed("", methods=["GET"])
def session_state(request: DeskRequest) -> HttpResponse:
    """Note that the person is active, and tell how long the session may last."""
    return JsonResponse({"ends_in": ends_in(request)})


@allowed("", methods=["GET", "POST"])
def lock(request: DeskRequest) -> HttpResponse:
    """Lock the session, or show the lock as a page of its own."""
    if request.method == "POST":
        if request.facts and request.facts.locked_at is None:
            sessions.lock(request.session, by=request.actor, at=request.at)
        return HttpResponse(status=204) if in_dialog(request) else HttpResponseRedirect(reverse("desk:lock"))
    facts = {"form": UnlockForm(), "next": next_page(request)}
    return render(request, "desk/session/lock.html", facts)


@allowed("", methods=["POST"])
def unlock(request: DeskRequest) -> HttpResponse:
    """Open the lock with the password; after too many wrong ones the login ends."""
    form = UnlockForm(request.POST)
    if form.is_valid():
        try:
            sessions.unlock(
                request.session, password=form.cleaned_data["password"], by=request.actor, at=request.at
            )
        except sessions.WrongPassword as wrong:
            if not wrong.left:
                return thrown_out(request)
            form.add_error("password", wrong_words(wrong.left))
        else:
            if in_dialog(request):
                return JsonResponse({"token": get_token(request)})
            return HttpResponseRedirect(next_page(request))
    if in_dialog(request):
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
    return render(request, "desk/session/lock.html", {"form": form, "next": next_page(request)}, status=422)


def wrong_words(left: int) -> str:
    """Return what the lock says to a wrong password."""
    return ngettext(
        "The password is not right. %d more try.", "The password is not right. %d more tries.", left
    ) % (left)


def thrown_out(request: DeskRequest) -> HttpResponse:
    """End the login after too many wrong passwords."""
    logout(request)
    page = f"{reverse('account_login')}?ended=unlocking"
    return HttpResponse(status=401) if in_dialog(request) else HttpResponseRedirect(page)


@allowed("", methods=["GET", "POST"])
def step_up(request: DeskRequest) -> HttpResponse:
    """Ask for a fresh second factor, then do what was asked for before."""
    if request.method == "GET" and not in_dialog(request) and given_since(request):
        return go_on(request)
    person = request.actor.id
    assert person is not None
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            code = form.cleaned_data["code"].replace(" ", "")
            factors.confirm_code(request.session, code=code, by=request.actor, at=request.at)
        except factors.FactorRefused as refused:
            form.add_error("code", refusal_words(refused.code))
        else:
            return HttpResponse(status=204) if in_dialog(request) else go_on(request)
    facts = {
        "form": form,
        "waiting": kept.peek(request),
        "has_totp": factors.has_totp(person),
        "has_key": factors.has_webauthn(person),
        "next": next_page(request),
        "return_to": request.get_full_path() if request.method == "GET" else reverse("desk:step_up"),
    }
    page = "desk/session/_step_up_dialog.html" if in_dialog(request) else "desk/session/step_up.html"
    return render(request, page, facts, status=422 if form.errors else 200)


def given_since(request: DeskRequest) -> bool:
    """Tell whether the second factor is fresh, and was given after the act that asked for it.

    One that is fresh already was not enough for that act: it had served another, which wants one of its own.
    """
    given, waiting = request.actor.second_factor_at, kept.peek(request)
    if given is None or not freshness.is_fresh(request.actor, at=request.at):
        return False
    return waiting is None or given.timestamp() > waiting.at


def go_on(request: DeskRequest) -> HttpResponse:
    """Send the kept form once more, or open the page that was asked for."""
    form = kept.take(request)
    if form is None:
        return HttpResponseRedirect(next_page(request))
    if form.method != "POST":
        return HttpResponseRedirect(form.path)
    return render(request, "desk/session/replay.html", {"kept": form})


def refusal_words(code: str) -> str:
    """Return why a code was not taken."""
    return {
        "too_many": _("Too many wrong codes. Wait five minutes."),
        "none": _("No authenticator app is set up for this account."),
    }.get(code, _("The code is not right, or it was used already. Wait for the next one."))


def in_dialog(request: HttpRequest) -> bool:
    """Tell whether a script asks for a part of a page rather than a page."""
    return "X-Dialog" in request.headers


def next_page(request: HttpRequest) -> str:
    """Return the page to go on with: one of our own, or the start page."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith("/")
    return asked if own else reverse("desk:home")
