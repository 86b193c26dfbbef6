"""Every way in which a value can be refused: stable code -> English template (a message id higher up)."""

from collections.abc import Mapping
from types import MappingProxyType

PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "empty": "There is no value.",
        "too_long": "The value is longer than {limit} characters.",
        "foreign_digits": "The number contains digits of another script; only 0-9 are accepted.",
        "rounded_by_excel": "A spreadsheet has rounded this number; its last digits are lost. "
        "Format the column as text and fill it in again.",
        "bad_checksum": "The check digit does not fit: at least one character is wrong.",
        "not_a_name": "This is not a full name: letters, spaces and the middle dot, at least two characters.",
        "not_an_id_number": "This is not a resident ID number: 18 characters, digits and perhaps a final X.",
        "bad_region": "The ID number begins with a region code that does not exist.",
        "bad_birth_date": "The birth date inside the ID number is not a real date in the past.",
        "legacy_id_unclear": "This 15-digit ID number cannot be turned into 18 digits; ask for the new one.",
        "not_a_passport": "This is not a passport number: 6 to 9 letters and digits.",
        "not_a_permit": "This is not a permit number: H or M with 8 or 10 digits, or 8 digits.",
        "not_a_plate": "This is not a licence plate such as 京A12345.",
        "not_a_mobile": "This is not a mobile number: 11 digits that begin with 13 to 19.",
        "not_a_landline": "This is not a landline number with its area code, such as 010-12345678.",
        "not_an_email": "This is not an e-mail address.",
        "not_an_address": "This is not a postal address: at least {minimum} characters, with letters.",
        "not_a_card": "This is not a bank card number: 13 to 19 digits.",
        "not_a_uscc": "This is not a unified social credit code: 18 digits and capital letters.",
        "not_a_date": "This is not a date such as 2026-11-21.",
        "two_digit_year": "The year needs four digits.",
        "ambiguous_date": "Day and month cannot be told apart; write year-month-day.",
        "future_date": "The date lies in the future.",
        "not_an_amount": "This is not an amount such as 1,234.50.",
        "too_precise": "The amount has more than {places} decimal places.",
        "too_large": "The amount is too large.",
        "negative_amount": "The amount may not be negative.",
        "not_a_choice": "This is not one of the choices: {choices}.",
        "never_held": "Such a value is never held, not even sealed.",
        "too_many_tags": "There are more than {limit} tags.",
    }
)
