"""Codes of endings in the reader's language, made when shown."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from retention.models.destruction import triggers

COPIES: dict[str, Promise] = {
    "rows": _("Rows, index rows, histories and contacts"),
    "keys": _("Data keys of values, reasons and notes"),
    "files_of_open_values": _("Database files of open values (L1, L2)"),
    "keyring_backups": _("Backups of the keyring"),
    "data_backups": _("Backups of the data"),
    "apart": _("Values held apart (L4)"),
    "uploads_and_exports": _("Uploads and exports that still lay here"),
    "exports_handed_out": _("Exports handed out earlier"),
    "evidence": _("Evidence of consent"),
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
    "kept_until": _("kept until the day named, as the law asks"),
    "proves_others": _("kept until the last value goes that it proves"),
    "ends_with_customer": _("kept sealed; no floor of a law, destroyed with the customer at the latest"),
    "pseudonymous": _("holds no value; names the customer by a random id only"),
}
COUNTED: dict[str, Promise] = {
    "customers": _("Customers"),
    "index_rows": _("Index rows"),
    "old_values": _("Old values"),
    "contacts": _("Contacts"),
    "keys": _("Data keys"),
}
RULES: dict[str, Promise] = {"named": _("named by an officer")}
STAGES: dict[str, Promise] = {
    "to_check": _("to be checked"),
    "to_approve": _("waits for a department head"),
    "running": _("being destroyed"),
    "failed": _("stopped; check it again"),
    "apart": _("waits for the restricted host"),
    "done": _("destroyed"),
    "lapsed": _("lapsed"),
}


def trigger_words(code: str) -> str:
    """Say why something is destroyed."""
    return str(dict(triggers()).get(code, code))


def rule_words(code: str) -> str:
    """Say by which rule something falls due; schedules are named by their codes."""
    return str(RULES.get(code, code))
