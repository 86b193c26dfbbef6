"""Codes of endings in the reader's language, made when shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from classification.models import CATEGORY, FIELD, Purpose, categories
from classification.queries import Catalogue
from retention.models.destruction import triggers, ways

COPIES: dict[str, Promise] = {
    "rows": _("Rows, index rows, histories and contacts"),
    "keys": _("Data keys of values, reasons and notes"),
    "files_of_open_values": _("Database files of open values (L1, L2)"),
    "keyring_backups": _("Backups of the keyring"),
    "data_backups": _("Backups of the data"),
    "apart": _("Values held apart (L4)"),
    "uploads_and_exports": _("Uploads and exports that still lay here"),
    "exports_handed_out": _("Exports handed out earlier"),
    "systems": _("Downstream systems"),
    "texts_sent": _("Texts mailed to the customers"),
    "evidence": _("Evidence of consent"),
    "circumstances": _("Address and device of answers to consent requests"),
    "words_of_cases": _("Words of cases and reported problems"),
    "proofs": _("Proofs of source of the fields destroyed"),
    "proofs_shared": _("Proofs of source that also prove other fields"),
    "texts": _("Reasons and notes about customers who stay"),
    "trail": _("Access trail"),
}
STATES: dict[str, Promise] = {
    "gone": _("destroyed"),
    "rewritten_on": _("rewritten on the day named"),
    "unreadable_from": _("unreadable from the day named"),
    "replayed": _("hold no key; after a restore the journal is replayed"),
    "acknowledged": _("destruction acknowledged by the restricted host"),
    "to_be_told": _("recipients are to be told"),
    "owners_to_be_told": _("their owners are to be told"),
    "with_the_customer": _("lie with the customer they were written to"),
    "kept_until": _("kept until the day named, as the law asks"),
    "proves_others": _("kept until the last value goes that it proves"),
    "ends_with_customer": _(
        "kept sealed as records of processing, destroyed with the customer at the latest"
    ),
    "pseudonymous": _("holds no value; names the customer by a random id, and from where they answered"),
}
COUNTED: dict[str, Promise] = {
    "customers": _("Customers"),
    "index_rows": _("Index rows"),
    "old_values": _("Old values"),
    "contacts": _("Contacts"),
    "keys": _("Data keys"),
}
RULES: dict[str, Promise] = {"named": _("named by an officer")}
FILES: dict[str, Promise] = {
    "customer.exported": _("masked export"),
    "customer.clear_exported": _("clear export"),
    "masked.made": _("masked data set"),
}
NOT_NOTED: dict[str, Promise] = {
    "unknown_recipient": _("The record names no such recipient."),
    "told_already": _("This recipient was told already."),
    "bad_day": _("The day lies before the destruction was proposed, or in the future."),
    "unknown_way": _("Choose how the recipient was told."),
}
NOT_ENTERED: dict[str, Promise] = {
    "listed_already": _("A system of this name stands in the register already."),
    "holds_nothing": _("Choose the categories or fields that the system holds."),
    "ended": _("This system is not in the register any more."),
}
STAGES: dict[str, Promise] = {
    "to_check": _("to be checked"),
    "to_approve": _("waits for a department head"),
    "running": _("being destroyed"),
    "failed": _("stopped; check it again"),
    "apart": _("waits for the restricted host"),
    "done": _("destroyed"),
    "kept": _("nothing destroyed: all of it is kept"),
    "lapsed": _("lapsed"),
}


def trigger_words(code: str) -> str:
    """Say why something is destroyed."""
    return str(dict(triggers()).get(code, code))


def rule_words(code: str, known: Catalogue, purposes: Mapping[str, str]) -> str:
    """Name the rule by which something falls due: an officer's word, a purpose, the schedule of a field or category."""
    scope, _sep, subject = code.partition(":")
    if code in RULES:
        return str(RULES[code])
    if scope == "purpose":
        return gettext("purpose “%(name)s”") % {"name": purposes.get(subject, subject)}
    if scope == FIELD:
        name = known.get(subject).name if subject in known else subject
        return gettext("schedule of “%(name)s”") % {"name": name}
    if scope == CATEGORY:
        return gettext("schedule of the category “%(name)s”") % {
            "name": dict(categories()).get(subject, subject)
        }
    return gettext("no rule")


def purpose_names() -> dict[str, str]:
    """Return the names of all purposes, also of those that have ended."""
    return {one.code: str(one) for one in Purpose.objects.all()}


def way_words(code: str) -> str:
    """Say how a recipient was told."""
    return str(dict(ways()).get(code, code))


def file_words(one: Mapping[str, Any]) -> str:
    """Name a file that was handed out, with the request under which that was and the number of its event."""
    kind = str(FILES.get(one["kind"], one["kind"]))
    named = {"kind": kind, "event": one["export"], "request": one["request"]}
    if one["request"]:
        return gettext("%(kind)s %(event)s (request %(request)s)") % named
    return gettext("%(kind)s %(event)s") % named
