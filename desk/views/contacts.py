"""The contact strip: channel, purpose and ticket changed in place, closing with one line."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.contacts import current
from customers.problems import Refused
from customers.services import contacts
from customers.words import problem_words
from desk.permission import DeskRequest, allowed
from desk.views.customers import fetch, strip


@allowed("contact.start", methods=["POST"])
def contact_change(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Change the open contact in place and show the strip again."""
    found = fetch(request, ref)
    contact = current(request.actor.id, ref, request.at) if request.actor.id else None
    if contact is None:
        raise Http404
    problems: list[str] = []
    try:
        contact = contacts.change(
            id=contact.pk,
            by=request.actor,
            at=request.at,
            channel=request.POST.get("channel"),
            purpose=request.POST.get("purpose"),
            ticket=request.POST.get("ticket"),
        )
    except Refused as refused:
        problems = [problem_words(one.code, one.params) for one in refused.problems]
    facts = {"ref": found.ref, "problems": problems, "saved": not problems, **strip(request, contact)}
    if request.htmx:
        status = 422 if problems else 200
        return render(request, "desk/customers/_contact.html", facts, status=status)
    for problem in problems:
        messages.error(request, problem)
    return HttpResponseRedirect(reverse("desk:customer", args=[ref]))


@allowed("contact.start", methods=["POST"])
def contact_close(request: DeskRequest, id: UUID) -> HttpResponse:
    """Close a contact with one line and go back to the search box."""
    try:
        contacts.close(id=id, line=request.POST.get("line", ""), by=request.actor, at=request.at)
    except contacts.NotFound:
        raise Http404 from None
    except Refused as refused:
        for one in refused.problems:
            messages.error(request, problem_words(one.code, one.params))
        back = request.POST.get("ref", "")
        return HttpResponseRedirect(_customer_page(back))
    messages.success(request, _("The contact is closed."))
    return HttpResponseRedirect(reverse("desk:search"))


def _customer_page(ref: str) -> str:
    """Return the page that the closing came from; SECURITY: only ever a page of ours."""
    try:
        return reverse("desk:customer", args=[UUID(ref)])
    except ValueError:
        return reverse("desk:search")
