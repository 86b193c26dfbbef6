"""Seal the site at once: one page, one button, a second factor; and how far it is from being open again."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from custody.services import sealing
from desk.permission import DeskRequest, allowed
from vault.holding.condition import condition


@allowed("keys.seal", methods=["GET", "POST"])
def seal_site(request: DeskRequest) -> HttpResponse:
    """Show how the site stands; seal it."""
    if request.method == "POST":
        sealing.seal_site(by=request.actor, at=request.at)
        messages.success(request, _("The site is sealed. Within 5 seconds no value opens any more."))
        return HttpResponseRedirect(reverse("desk:seal_site"))
    return render(request, "desk/keys/seal.html", {"site": condition()})
