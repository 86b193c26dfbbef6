"""Codes of this app in the reader's language, made when shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from classification.models import in_active_language
from consent.models import (
    CALL,
    CHECKBOX,
    DECISION,
    DESK,
    GIVEN,
    IMPORT,
    LINK,
    PAPER,
    POPUP,
    RECORDING,
    REFUSED,
    REVOKED,
    SCREENSHOT,
    SIGNED_FILE,
    SYSTEM_LOG,
    WITHDRAWN,
    Notice,
)
from consent.queries.states import EXPIRED, RENEW

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ANSWERS: Mapping[str, StrPromise] = {
    GIVEN: _("given"),
    REFUSED: _("refused"),
    WITHDRAWN: _("withdrawn by the customer"),
    REVOKED: _("ended by us"),
}
STATES: Mapping[str, StrPromise] = {
    "": _("never asked"),
    GIVEN: _("given on %(date)s"),
    REFUSED: _("refused on %(date)s"),
    WITHDRAWN: _("withdrawn by the customer on %(date)s"),
    REVOKED: _("ended by us on %(date)s"),
    EXPIRED: _("expired on %(date)s"),
    RENEW: _("to be renewed: the notice changed on %(date)s"),
}
METHODS: Mapping[str, StrPromise] = {
    PAPER: _("signed paper"),
    CHECKBOX: _("checkbox"),
    POPUP: _("pop-up window"),
    CALL: _("recorded call"),
    DECISION: _("told to us"),
}
SOURCES: Mapping[str, StrPromise] = {
    DESK: _("recorded at the desk"),
    LINK: _("answered through a link"),
    IMPORT: _("imported"),
}
EVIDENCE: Mapping[str, StrPromise] = {
    SIGNED_FILE: _("signed file"),
    SCREENSHOT: _("screenshot"),
    RECORDING: _("record of the call"),
    SYSTEM_LOG: _("system log"),
}
REFUSALS: Mapping[str, StrPromise] = {
    "no_answer": _("Choose an answer for at least one purpose."),
    "unknown_purpose": _("This version of the notice does not ask for one of these purposes."),
    "several_notices": _("These purposes stand in different notices; ask for them one after the other."),
    "unknown_language": _("The notice is not written in this language."),
    "unknown_method": _("Choose how the customer answered."),
    "too_late": _("The customer cannot have answered later than now."),
    "too_early": _("An answer that is more than ten years old is not recorded."),
    "before_notice": _(
        "This version of the notice was published on %(date)s; the customer cannot have answered it earlier."
    ),
    "evidence_missing": _(
        "A yes counts only with its evidence: attach the signed paper, the recording of the call, or a screenshot of "
        "the tick or the window."
    ),
    "file_empty": _("The file is empty. Choose it again."),
    "file_size": _("The file is larger than %(limit)s MB. Scan it in grey or at a lower resolution."),
    "file_type": _("Only PDF, PNG and JPEG files are taken; of a call, MP3, WAV and M4A as well."),
    "guardian_missing": _(
        "The customer may be under 14: write down who consents as the guardian, and how they are related."
    ),
    "guardian_too_long": _("Say who the guardian is in at most %(limit)s characters."),
    "refused_lately": _(
        "The customer said no to “%(purpose)s”. Nobody asks again before %(until)s (regulation 790, article 22)."
    ),
    "nothing_given": _("There is no consent in force to end; perhaps somebody has just ended it."),
    "reason_missing": _("Give a reason."),
    "own_record": _("You captured this answer yourself; somebody else has to look at the evidence."),
    "confirmed_already": _("You have answered on this evidence already."),
    "storage_only": _(
        "The term of this address is over: it is kept for storage only and not used (PIPL 47)."
    ),
    "no_address": _(
        "No e-mail address is held for this customer. Print the link instead, or add the address."
    ),
    "nothing_to_check": _(
        "No value is held by which the customer could be recognised on the page. Record a signed paper instead."
    ),
    "minor_by_link": _(
        "The customer may be under 14, so the guardian has to consent in person: record a signed paper instead."
    ),
}

BRINGING: Mapping[str, StrPromise] = {
    "number_missing": _("There is no customer number."),
    "not_available": _("This customer number is not available here."),
    "unknown_purpose": _("This notice asks for no such purpose. Write its code or its name."),
    "unknown_answer": _("This is not an answer. Write: given, refused or withdrawn."),
    "unknown_method": _(
        "This is not a way to answer. Write: signed paper, checkbox, pop-up or recorded call."
    ),
    "unknown_separate": _("Write yes, no, or nothing."),
    "not_a_date": _("This is not a date such as 2026-11-21."),
    "two_digit_year": _("The year needs four digits."),
    "ambiguous_date": _("Day and month cannot be told apart; write year-month-day."),
    "valid_before": _("The consent would end before it began."),
    "too_late": _("The customer cannot have answered later than now."),
    "too_early": _("An answer that is more than ten years old is not recorded."),
}
"""Why one row of a file of consents is refused."""


def bringing_words(code: str) -> str:
    """Say why a row of a file of consents is refused; its code where nobody knows it any more."""
    return str(BRINGING.get(code, code))


def day(at: datetime) -> str:
    """Return the local day as the house writes it."""
    return timezone.localtime(at).strftime("%Y-%m-%d")


def refusal_words(code: str, params: Mapping[str, object] | None = None) -> str:
    """Say why nothing was recorded, and what to do.

    :param params: as `ConsentRefused.params`; a `purpose` may have been replaced by its name.
    """
    said = {
        name: day(value) if isinstance(value, datetime) else value for name, value in (params or {}).items()
    }
    return str(REFUSALS[code]) % said


def state_words(state: str, since: datetime | None) -> str:
    """Say what a consent is now, and since when; "" is a customer who was never asked."""
    return str(STATES[state]) % {"date": day(since) if since else ""}


def version_words(notice: Notice, number: int) -> str:
    """Name one version of a notice."""
    name = in_active_language(notice.name_zh, notice.name_en)
    return gettext("%(notice)s, version %(number)s") % {"notice": name, "number": number}
