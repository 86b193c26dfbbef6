"""Numbers of documents: resident ID, passport, permits, licence plates.

The examples belong to nobody: ID numbers carry region codes that were never assigned (city part 99),
passports the letter O that their serials leave out, permits serials above 99 million (about fifteen million
people hold one), plates a letter that the province has not issued.
"""

import datetime
import re
from collections.abc import Mapping
from types import MappingProxyType

from stdnum.cn import ric

from kinds.base import HIDDEN, NOTHING, Invalid, Kind, covered, given, refuse_number
from kinds.dates import birth_date, today_in
from kinds.folding import compact, looks_rounded, settled
from kinds.regions import PLATE_LETTERS, PROVINCES

_FOREIGN_RESIDENT = "91"  # permanent residence card of foreigners; same build, no region
_FULL = re.compile("[0-9]{17}[0-9X]")
_LEGACY = re.compile("[0-9]{15}")
_LEGACY_BORN_BEFORE_1900 = frozenset({"996", "997", "998", "999"})


def _upgraded(number: str) -> str:
    """Return the 18 digits of a 15-digit number (all of them were given to people born from 1900 to 1999)."""
    longer = number[:6] + "19" + number[6:]
    return longer + ric.calc_check_digit(longer + "0")


def _known_region(number: str) -> bool:
    return number[:2] in PROVINCES or number[:2] == _FOREIGN_RESIDENT


class ResidentId(Kind):
    """The resident identity number, also on residence permits of people from Hong Kong, Macao and Taiwan."""

    code = "resident_id"
    comparable = True
    indexable = True
    last_four = True
    checksum = True
    weight = 100
    typical_level = 3
    views = MappingProxyType({"last_four": 2})
    derives = ("region", "birth_year", "gender")
    shows = (6, 4)
    longest = 18
    examples = ("119900199001010010", "449900198503120027", "31990019781123003X", "83990019900101001X")

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        """Return 18 characters; a 15-digit number is upgraded.

        `params`: `today` (date) is the last possible birth date.

        :raises Invalid: not_an_id_number, bad_region, bad_birth_date, bad_checksum, legacy_id_unclear,
            rounded_by_excel, foreign_digits.
        """
        number = compact(given(text, limit=self.longest))
        if _LEGACY.fullmatch(number):
            if number[12:] in _LEGACY_BORN_BEFORE_1900:
                raise Invalid("legacy_id_unclear")
            number = _upgraded(number)
        if not _FULL.fullmatch(number):
            raise refuse_number(text, "not_an_id_number")
        wrong_check = ric.calc_check_digit(number) != number[-1]
        if wrong_check and looks_rounded(number):
            raise Invalid("rounded_by_excel")
        if not _known_region(number):
            raise Invalid("bad_region")
        if birth_date(number[6:14], today=today_in(params)) is None:
            raise Invalid("bad_birth_date")
        if wrong_check:
            raise Invalid("bad_checksum")
        return number

    def normalise(self, text: str) -> str:
        number = compact(text)
        if _LEGACY.fullmatch(number) and number[12:] not in _LEGACY_BORN_BEFORE_1900:
            return _upgraded(number)
        return number

    def mask(self, value: str) -> str:
        return covered(value, 6, 4) if _FULL.fullmatch(value) else HIDDEN

    def derive(self, value: str) -> dict[str, str]:
        """Return region (province), birth year, and gender ("male" or "female")."""
        if not _FULL.fullmatch(value):
            return {}
        derived = {"birth_year": value[6:10], "gender": "male" if int(value[16]) % 2 else "female"}
        region = PROVINCES.get(value[:2])
        return {"region": region, **derived} if region else derived

    def detect(self, text: str) -> bool:
        # A wrong check digit is a typing error; the rest still is somebody's number.
        number = compact(text)
        if _LEGACY.fullmatch(number):
            number = _upgraded(number)
        return (
            _FULL.fullmatch(number) is not None
            and _known_region(number)
            and birth_date(number[6:14]) is not None
        )


def born(value: str) -> datetime.date | None:
    """Return the birth date inside a stored resident ID number."""
    return birth_date(value[6:14]) if _FULL.fullmatch(value) else None


class Passport(Kind):
    """A passport number, Chinese or foreign."""

    code = "passport"
    comparable = True
    indexable = True
    last_four = True
    weight = 70
    typical_level = 3
    views = MappingProxyType({"last_four": 2})
    shows = (1, 3)
    longest = 9
    examples = ("EO0000018", "EO0000026", "GO0000034")
    _any = re.compile("(?=[A-Z]*[0-9])[A-Z0-9]{6,9}")
    _chinese = re.compile("(?:[DEGPS][0-9]{8}|[DEGPS][A-Z][0-9]{7})")

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        number = compact(given(text, limit=self.longest))
        if not self._any.fullmatch(number):
            raise refuse_number(text, "not_a_passport")
        return number

    def normalise(self, text: str) -> str:
        return compact(text)

    def mask(self, value: str) -> str:
        return covered(value, 1, 3) if self._any.fullmatch(value) else HIDDEN

    def detect(self, text: str) -> bool:
        return self._chinese.fullmatch(compact(text)) is not None


class Permit(Kind):
    """A travel permit of somebody from Hong Kong or Macao (H or M with 8 or 10 digits) or Taiwan (8 digits),
    or the residence permit of one (18 characters, as a resident ID)."""

    code = "permit"
    comparable = True
    indexable = True
    last_four = True
    weight = 80
    typical_level = 3
    views = MappingProxyType({"last_four": 2})
    shows = (1, 4)
    longest = 18
    examples = ("H99000018", "M9900002600")
    _travel = re.compile("[HM][0-9]{8}(?:[0-9]{2})?|T?[0-9]{8}")
    _renewed = re.compile("[HM][0-9]{10}")
    _looks = re.compile("[HM][0-9]{8}(?:[0-9]{2})?")

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        number = compact(given(text, limit=self.longest))
        if _FULL.fullmatch(number) and number[:2] in ("81", "82", "83"):
            return ResidentId().clean(number, params)
        if not self._travel.fullmatch(number):
            raise refuse_number(text, "not_a_permit")
        return number.removeprefix("T")

    def normalise(self, text: str) -> str:
        # The last two of 10 digits count renewals: the same permit, the same person.
        number = compact(text)
        if self._renewed.fullmatch(number):
            return number[:9]
        return number.removeprefix("T") if self._travel.fullmatch(number) else number

    def mask(self, value: str) -> str:
        if _FULL.fullmatch(value):
            return covered(value, 1, 4)
        return (
            covered(value, 1 if value[:1] in ("H", "M") else 0, 4)
            if self._travel.fullmatch(value)
            else HIDDEN
        )

    def detect(self, text: str) -> bool:
        # Eight bare digits are as often a customer number or a date, so they are not taken for a permit.
        return self._looks.fullmatch(compact(text)) is not None


_ISSUING = "".join(PLATE_LETTERS)


class Plate(Kind):
    """A licence plate of the mainland, with 7 characters or 8 (new energy)."""

    code = "plate"
    comparable = True
    indexable = True
    weight = 80
    typical_level = 3
    derives = ("region",)
    shows = (2, 2)
    longest = 8
    examples = ("琼X00007", "宁XD00015", "青X0001警")
    _shape = re.compile(f"[{_ISSUING}][A-Z](?:[A-HJ-NP-Z0-9]{{5,6}}|[A-HJ-NP-Z0-9]{{4}}[警学挂港澳领试超])")

    def _bare(self, text: str) -> str:
        return settled(lambda typed: re.sub("[·•‧・.]", "", compact(typed)), text)

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        plate = self._bare(given(text, limit=self.longest))
        if not self._shape.fullmatch(plate) or not any("0" <= character <= "9" for character in plate):
            raise refuse_number(text, "not_a_plate")
        return plate

    def normalise(self, text: str) -> str:
        return self._bare(text)

    def mask(self, value: str) -> str:
        return covered(value, 2, 2) if self._shape.fullmatch(value) else HIDDEN

    def derive(self, value: str) -> dict[str, str]:
        return {"region": PLATE_LETTERS[value[0]]} if self._shape.fullmatch(value) else {}

    def detect(self, text: str) -> bool:
        plate = self._bare(text)
        return self._shape.fullmatch(plate) is not None and any(c in "0123456789" for c in plate)
