"""The receipt of an answer: shown, taken along, withdrawn in one step; and the page where anybody checks one."""

import json
import time
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent import receipts
from consent.services import answers
from desk.public.limits import limited
from desk.public.pages import device, language, moment, page, visitor
from desk.public.views.links import over

LONGEST_RECEIPT = receipts.LONGEST


@require_safe
@limited("receipt", per_address=300, per_link=120)
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was answered and what counts now, and offer to withdraw it (PIPL 15)."""
    began = time.monotonic()
    shown = receipts.shown(token, at=moment())
    if shown is None:
        return over(request, began)
    facts = {
        "receipt": shown,
        "language": language(),
        "token": token,
        "given": [line for line in shown.lines if line.state == "given"],
        "document": _dump(shown.document),
    }
    return page(request, "receipt.html", facts, form=True)


@require_safe
@limited("receipt", per_address=300, per_link=120)
def receipt_json(request: HttpRequest, token: str) -> HttpResponse:
    """Hand out the signed receipt as a file."""
    began = time.monotonic()
    shown = receipts.shown(token, at=moment())
    if shown is None:
        return over(request, began)
    headers = {"Content-Disposition": 'attachment; filename="consent-receipt.json"'}
    return HttpResponse(
        _dump(shown.document), content_type="application/json; charset=utf-8", headers=headers
    )


@require_POST
@limited("withdraw", per_address=60, per_link=20)
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Withdraw what was ticked, or everything; it counts from the next read."""
    began = time.monotonic()
    shown = receipts.shown(token, at=moment())
    if shown is None:
        return over(request, began)
    given = frozenset(line.code for line in shown.lines if line.state == "given")
    named = frozenset(request.POST.getlist("purpose")) & given
    if codes := named or (given if "everything" in request.POST else frozenset()):
        try:
            answers.withdraw(token, codes, by=visitor(request), at=moment(), device=device(request))
        except answers.LinkOver:
            return over(request, began)
    return HttpResponseRedirect(reverse("public:receipt", kwargs={"token": token}))


@require_http_methods(["GET", "HEAD", "POST"])
@limited("verify", per_address=120)
def verify(request: HttpRequest) -> HttpResponse:
    """Tell whether a receipt is one of ours and unchanged. Nothing is kept of it."""
    facts: dict[str, Any] = {"keys": receipts.public_keys(), "typed": ""}
    status = 200
    if request.method == "POST":
        uploaded = request.FILES.get("file")
        typed = request.POST.get("receipt", "")
        text = uploaded.read(LONGEST_RECEIPT + 1).decode(errors="replace") if uploaded else typed
        facts |= {"verified": receipts.verify_text(text), "typed": typed}
        status = 200 if facts["verified"].valid else 422
    return page(request, "verify.html", facts, form=True, status=status)


def _dump(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
