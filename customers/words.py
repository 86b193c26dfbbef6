"""Codes of this app, of `kinds` and of `documents` in the reader's language, made when shown."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from classification.words import kind_words
from customers.digests import RECORD

VALUES: dict[str, Promise] = {
    "empty": _("There is no value."),
    "too_long": _("The value is longer than {limit} characters."),
    "foreign_digits": _("The number contains digits of another script; only 0-9 are accepted."),
    "rounded_by_excel": _(
        "A spreadsheet has rounded this number; its last digits are lost. Format the column as text and fill it"
        " in again."
    ),
    "bad_checksum": _("The check digit does not fit: at least one character is wrong."),
    "not_a_name": _("This is not a full name: letters, spaces and the middle dot, at least two characters."),
    "not_an_id_number": _("This is not a resident ID number: 18 characters, digits and perhaps a final X."),
    "bad_region": _("The ID number begins with a region code that does not exist."),
    "bad_birth_date": _("The birth date inside the ID number is not a real date in the past."),
    "legacy_id_unclear": _("This 15-digit ID number cannot be turned into 18 digits; ask for the new one."),
    "not_a_passport": _("This is not a passport number: 6 to 9 letters and digits."),
    "not_a_permit": _("This is not a permit number: H or M with 8 or 10 digits, or 8 digits."),
    "not_a_plate": _("This is not a licence plate such as 京A12345."),
    "not_a_mobile": _("This is not a mobile number: 11 digits that begin with 13 to 19."),
    "not_a_landline": _("This is not a landline number with its area code, such as 010-12345678."),
    "not_an_email": _("This is not an e-mail address."),
    "not_an_address": _("This is not a postal address: at least {minimum} characters, with letters."),
    "not_a_card": _("This is not a bank card number: 13 to 19 digits."),
    "not_a_uscc": _("This is not a unified social credit code: 18 digits and capital letters."),
    "not_a_date": _("This is not a date such as 2026-11-21."),
    "two_digit_year": _("The year needs four digits."),
    "ambiguous_date": _("Day and month cannot be told apart; write year-month-day."),
    "future_date": _("The date lies in the future."),
    "not_an_amount": _("This is not an amount such as 1,234.50."),
    "too_precise": _("The amount has more than {places} decimal places."),
    "too_large": _("The amount is too large."),
    "negative_amount": _("The amount may not be negative."),
    "not_a_choice": _("This is not one of the choices: {choices}."),
    "never_held": _("Such a value is never held, not even sealed."),
    "too_many_tags": _("There are more than {limit} tags."),
}
"""The codes of `kinds.problems`, in the same words."""

FILES: dict[str, Promise] = {
    "empty_file": _("The file is empty."),
    "no_rows": _("The file has no row with column names."),
    "too_big": _("The file is larger than {limit} bytes."),
    "too_many_rows": _("The file has more than {limit} rows."),
    "too_many_columns": _("The file has more than {limit} columns (line {line})."),
    "too_many_cells": _("The sheet spans more than {limit} cells."),
    "cell_too_long": _(
        "A cell holds more than {limit} characters (line {line}); perhaps a quote is missing."
    ),
    "inflates_too_much": _("The file unpacks to far more than its size; such files are refused."),
    "too_complex": _("The file takes more memory or time to read than is allowed."),
    "unsupported_format": _("This is a file of type {format}; only CSV, XLSX and XLS are read."),
    "encrypted": _("The file is protected by a password."),
    "damaged": _("The file is damaged or incomplete."),
    "forbidden_xml": _("The file contains document type definitions or entities; such files are refused."),
    "unsafe_archive": _("The file contains parts with forbidden or repeated names; such files are refused."),
    "wrong_encoding": _("The text is neither UTF-8, UTF-16 nor GB18030 (line {line})."),
    "nul_bytes": _("The text contains NUL bytes (line {line})."),
    "bad_quotes": _("A quotation mark is missing or misplaced (line {line})."),
    "no_such_sheet": _("There is no sheet of that name; there are: {sheets}."),
}
"""The codes of `documents.problems`, in the same words."""

OWN: dict[str, Promise] = {
    "required": _("This must be filled in."),
    "proof_missing": _(
        "Say what proves the source: values that the customer did not give need it, and the customer's agreement."
    ),
    "unknown_field": _("The catalogue has no such field."),
    "level_four": _(
        "L4 values are not entered here. They are handed over on the customer's page “Held apart (L4)”, one by one."
    ),
    "derived": _("This is computed from another field and cannot be filled in."),
    "not_asked": _("This collection scenario may not ask for this field."),
    "no_schedule": _(
        "Nobody has said how long “{field}” may be kept, so it may not be collected (PIPL 19). The data security"
        " officer proposes a retention schedule."
    ),
    "holds_higher": _(
        "This text seems to hold {kinds}. That belongs into its own field, not into a field of level L{level}."
    ),
    "number_empty": _("There is no customer number."),
    "number_too_long": _("The customer number is longer than {limit} characters."),
    "number_is_personal": _("A customer number may not be a personal number: this looks like {kind}."),
    "number_taken": _("This customer number cannot be used."),
    "number_twice": _("The same customer number stands in line {line} already."),
    "not_available": _("This customer number is not available here."),
    "erased_person": _(
        "This person's data were destroyed on {date}. They may be entered again only with new consent: use the form of"
        " a new customer and say there what the person has consented to since."
    ),
    "same_person": _("Customer {number} has the same ID number."),
    "same_person_in_file": _("Line {line} has the same ID number under another customer number."),
    "unknown_tier": _("There is no such customer tier."),
    "only_stored_floor": _(
        "A law wants this kept until {date}; it is only stored, neither shown nor changed (PIPL 47). Consent given anew"
        " lifts that with the next daily run."
    ),
    "only_stored_hold": _(
        "This is held for a legal matter until {date}; it is only stored, neither shown nor changed (PIPL 47)."
    ),
    "only_stored_stored": _(
        "The retention schedule stores this until {date}; it is neither shown nor changed (PIPL 47). Consent given"
        " anew lifts that with the next daily run."
    ),
    "dates_crossed": _("The end lies before the beginning."),
    "unknown_channel": _("There is no such channel."),
    "unknown_purpose": _("Your roles may not pick this purpose."),
    "not_a_ticket": _("A ticket is an enquiry number: letters, digits and # / - _ . only."),
    "unknown_column": _("The catalogue does not know this column."),
    "column_twice": _("Another column goes into this field already."),
    "column_holds_higher": _(
        "The values look like {kind}; they do not belong into a field of level L{level}."
    ),
    "number_column_missing": _("No column holds the customer number."),
    "by_name": _("recognised by its name"),
    "by_values": _("recognised by its values"),
    "header_missing": _(
        "The first row holds values instead of column names. Put the names of the columns above them."
    ),
    "owner_gone": _("This person does not work here now."),
    "owner_may_not": _("This person's roles do not carry imports."),
    "portfolio_not_available": _("This portfolio is not available here."),
    "file_gone": _("The file is past its term. Upload it again."),
    "file_changed": _("This is not the file that was tried out."),
    "needs_signature": _(
        "By now more than {limit} existing customers would change. Try the file out again; the department head"
        " signs such an import."
    ),
    "signature_in_workbench": _(
        "{changed} existing customers would change. More than {limit} need the department head's signature:"
        " start this import in the workbench."
    ),
    "already_rotating": _("Another rotation was started first. Start this one when it has ended."),
    "no_such_scope": _("There is no such customer or portfolio."),
    "unknown_suite": _("This program does not know cipher suite {suite}."),
    "values_unreadable": _(
        "{values} values do not open and are missing in the new epoch, so both epochs stay in use and everybody is"
        " still found. manage.py try_values names them. Bring the lost key back or enter these values anew, then"
        " propose the same epoch again."
    ),
    "not_next_epoch": _("Epoch {epoch} is not the next one."),
    "job_stopped": _("The work was stopped."),
    "too_many_attempts": _("The work was tried several times without success."),
}

RECORD_NAME = _("number, portfolio, tier or dates of the relationship")
"""The columns of a record that are told of together."""
TAMPERING: dict[str, Promise] = {
    "changed": _("changed past every act"),
    "deleted": _("deleted past every act"),
    "inserted": _("inserted past every act"),
}

SOURCES: dict[str, Promise] = {
    "customer": _("the customer, in writing"),
    "phone": _("the customer, by phone"),
    "counter": _("the customer, at the counter"),
    "online": _("the customer, online"),
    "other": _("another source"),
    "import": _("import"),
}


def problem_words(code: str, params: Mapping[str, object] | None = None) -> str:
    """Say why a value, row, column or file was refused."""
    template = OWN.get(code) or VALUES.get(code) or FILES.get(code)
    if template is None:
        return gettext("This is refused (%(code)s).") % {"code": code}
    return str(template).format_map(_Shown(params or {}))


def source_words(code: str) -> str:
    """Name where a value came from."""
    return str(SOURCES.get(code, code))


class _Shown(dict[str, str]):
    """Parameters as people read them; a missing one shows as nothing."""

    def __init__(self, params: Mapping[str, object]) -> None:
        super().__init__({name: _shown(name, value) for name, value in params.items()})

    def __missing__(self, name: str) -> str:
        return ""


def _shown(name: str, value: object) -> str:
    if isinstance(value, list | tuple):
        return "、".join(kind_words(str(one)) if name == "kinds" else str(one) for one in value)
    return kind_words(str(value)) if name == "kind" else str(value)


def tampered_field(code: str) -> str:
    """Return what was tampered with: a field by its code, the columns of the record in words."""
    return str(RECORD_NAME) if code == RECORD else code


def tampering_words(code: str) -> str:
    """Return what happened to a customer behind the application's back."""
    return str(TAMPERING.get(code, code))
