"""Money and those who deal in it.

The examples belong to nobody: card numbers begin with 9999 (ISO/IEC 7812: 9 means a national scheme and the
country code follows; 999 is no country), company codes carry region 000000.
"""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from types import MappingProxyType

from stdnum import luhn
from stdnum.cn import uscc

from kinds.base import HIDDEN, NOTHING, Invalid, Kind, covered, given, refuse_number
from kinds.folding import compact, fold, looks_rounded


class BankCard(Kind):
    """A bank card number, 13 to 19 digits with a Luhn check digit. Its last four are not L3 (S0-17)."""

    code = "bank_card"
    comparable = True
    indexable = True
    last_four = True
    checksum = True
    weight = 85
    typical_level = 3
    views = MappingProxyType({"last_four": 2})
    shows = (0, 4)
    longest = 19
    examples = ("9999990000000014", "9999 9900 0000 0000 261")
    _shape = re.compile("[0-9]{13,19}")
    _looks = re.compile("(?:[3-6]|2[2-7]|9)[0-9]{14,18}")

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        number = compact(given(text, limit=self.longest))
        if not self._shape.fullmatch(number):
            raise refuse_number(text, "not_a_card")
        if not luhn.is_valid(number):
            raise Invalid("rounded_by_excel" if looks_rounded(number) else "bad_checksum")
        return number

    def normalise(self, text: str) -> str:
        return compact(text)

    def mask(self, value: str) -> str:
        return covered(value, 0, 4, stars=4, at_least=9) if self._shape.fullmatch(value) else HIDDEN

    def detect(self, text: str) -> bool:
        number = compact(text)
        return self._looks.fullmatch(number) is not None and luhn.is_valid(number)


class Uscc(Kind):
    """The unified social credit code of an organisation, 18 characters with a check character."""

    code = "uscc"
    comparable = True
    indexable = True
    checksum = True
    weight = 95
    typical_level = 2
    shows = (2, 4)
    longest = 18
    examples = ("91000000MA0000001R",)
    _shape = re.compile("[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{10}")

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        number = compact(given(text, limit=self.longest))
        if not self._shape.fullmatch(number):
            raise refuse_number(text, "not_a_uscc")
        if uscc.calc_check_digit(number[:-1]) != number[-1]:
            raise Invalid("rounded_by_excel" if looks_rounded(number) else "bad_checksum")
        return number

    def normalise(self, text: str) -> str:
        return compact(text)

    def mask(self, value: str) -> str:
        return covered(value, 2, 4) if self._shape.fullmatch(value) else HIDDEN

    def detect(self, text: str) -> bool:
        number = compact(text)
        return self._shape.fullmatch(number) is not None and uscc.calc_check_digit(number[:-1]) == number[-1]


class Amount(Kind):
    """An amount of money in yuan, stored as plain digits with two places: 1234.50.

    `params`: `negative` (true allows amounts below zero).
    """

    code = "amount"
    weight = 40
    typical_level = 2
    longest = 20
    examples = ("1,234.50", "¥88.00", "1234.5元", "1.2万元")
    places = 2
    _unit = Decimal("0.01")
    _limit = Decimal(10) ** 13  # more digits than a spreadsheet keeps
    _shape = re.compile(
        r"(?P<sign>[-+])?(?:¥|CNY|RMB|人民币)?(?P<sign2>[-+])?"
        r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<fraction>\.[0-9]*)?(?P<times>[万亿])?(?:元整?|圆|CNY|RMB)?"
    )
    _times = MappingProxyType({None: Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)})

    def _match(self, text: str) -> re.Match[str] | None:
        spelt = fold(text).upper().replace(" ", "").replace("\u2212", "-").replace("\u2013", "-")
        return self._shape.fullmatch(spelt)

    def _value(self, found: re.Match[str]) -> Decimal:
        number = Decimal(found["number"].replace(",", "") + (found["fraction"] or "").rstrip("."))
        negative = "-" in (found["sign"] or "") + (found["sign2"] or "")
        return (-number if negative else number) * self._times[found["times"]]

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        found = self._match(given(text, limit=40))
        if not found or (found["sign"] and found["sign2"]):
            raise refuse_number(text, "not_an_amount")
        value = self._value(found)
        if abs(value) >= self._limit:
            raise Invalid("too_large")
        if value != value.quantize(self._unit, rounding=ROUND_HALF_EVEN):
            raise Invalid("too_precise", places=self.places)
        if value < 0 and not params.get("negative"):
            raise Invalid("negative_amount")
        return f"{value.quantize(self._unit) + 0:f}"

    def normalise(self, text: str) -> str:
        found = self._match(text)
        if not found or len(text) > 40:
            return super().normalise(text)
        try:
            return f"{self._value(found).quantize(self._unit, rounding=ROUND_HALF_EVEN) + 0:f}"
        except InvalidOperation:
            return super().normalise(text)

    def mask(self, value: str) -> str:
        return HIDDEN

    def detect(self, text: str) -> bool:
        # A bare whole number may be a count, an age or a customer number: it takes a sign of money.
        found = self._match(text)
        if not found or len(text) > 40:
            return False
        return "," in found["number"] or 2 <= len(found["fraction"] or "") <= 3 or not found[0].isascii()
