"""The signed receipt of an answer: a page to print for the customer, and the file that anybody can check."""

from __future__ import annotations

import json
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render

from access.services import consents
from consent.models import ConsentRecord, Notice
from consent.receipts import ReceiptShown
from consent.words import ANSWERS, state_words, version_words
from desk.forms_consents import named
from desk.permission import DeskRequest, allowed


@allowed("customer.open", methods=["GET"])
def consent_receipt(request: DeskRequest, record: UUID) -> HttpResponse:
    """Show the receipt, to be printed."""
    shown = _receipt(request, record)
    notice = Notice.objects.get(code=shown.notice)
    facts = {
        "record": record,
        "notice": version_words(notice, shown.number),
        "answered_at": shown.answered_at,
        "lines": [
            (named(one.names), str(ANSWERS[one.answer]), state_words(one.state, one.since), one.until)
            for one in shown.lines
        ],
        "id": shown.document["receipt_id"],
        "sha256": shown.document["privacy_notice"]["sha256"],
        "key": shown.document["proof"]["key"],
        "document": _text(shown),
        "verify": f"{settings.PUBLIC_URL}/verify/",
    }
    return render(request, "desk/consents/receipt.html", facts)


@allowed("customer.open", methods=["GET"])
def consent_receipt_file(request: DeskRequest, record: UUID) -> HttpResponse:
    """Hand the signed receipt out as JSON; its name is random and names nobody."""
    answer = HttpResponse(_text(_receipt(request, record)), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="consent-receipt-{str(record)[:8]}.json"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _receipt(request: DeskRequest, record: UUID) -> ReceiptShown:
    try:
        return consents.receipt(record, by=request.actor, at=request.at)
    except ConsentRecord.DoesNotExist:
        raise Http404 from None


def _text(shown: ReceiptShown) -> str:
    return json.dumps(shown.document, ensure_ascii=False, indent=2)
