"""Ways to reach a person.

The examples reach nobody: mobile prefix 154 has not been allocated, local numbers that begin with 9 are kept
for service codes, example.com is reserved (RFC 2606), the roads do not exist.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from kinds.base import HIDDEN, NOTHING, Invalid, Kind, covered, given, refuse_number
from kinds.folding import compact, fold, readable, settled
from kinds.regions import region_of_area_code, split_address

_BRACKETS = re.compile(r"[()\[\]]")


class Mobile(Kind):
    """A mobile number of the mainland: 11 digits, the country code left out."""

    code = "mobile"
    comparable = True
    indexable = True
    last_four = True
    weight = 90
    typical_level = 3
    views = MappingProxyType({"last_four": 2})
    shows = (3, 4)
    longest = 11
    examples = ("15400000018", "+86 154-0000-0026", "008615400000034")
    _shape = re.compile("1[3-9][0-9]{9}")
    _prefix = re.compile(r"(?:\+?(?:00)?86|\+|0)(?=1[3-9][0-9]{9}\Z)")

    def normalise(self, text: str) -> str:
        if self._shape.fullmatch(text):
            return text
        bare = settled(lambda typed: _BRACKETS.sub("", compact(typed)), text)
        return self._prefix.sub("", bare, count=1)

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        number = self.normalise(given(text, limit=20))
        if not self._shape.fullmatch(number):
            raise refuse_number(text, "not_a_mobile")
        return number

    def mask(self, value: str) -> str:
        return covered(value, 3, 4) if self._shape.fullmatch(value) else HIDDEN

    def detect(self, text: str) -> bool:
        return self._shape.fullmatch(self.normalise(text)) is not None


class Landline(Kind):
    """A landline number with its area code, stored as 010-12345678 or 010-12345678-801; also 400 and 800."""

    code = "landline"
    comparable = True
    indexable = True
    last_four = True
    weight = 75
    typical_level = 3
    views = MappingProxyType({"last_four": 2})
    derives = ("region",)
    shows = (4, 4)
    longest = 20
    examples = ("010-90000018", "0755-90000026", "(0371) 9000003", "400-000-0042")
    _number = re.compile(
        r"(?:\+?(?:00)?86)?(?P<area>0?(?:10|2[0-9]|[3-9][0-9]{2}))(?P<local>[2-9][0-9]{6,7})"
        r"(?:(?:EXT\.?|转|X|#)(?P<extension>[0-9]{1,6}))?"
    )
    _service = re.compile("(?P<area>[48]00)(?P<local>[0-9]{7})")
    _stored = re.compile(r"(0[0-9]{2,3}|[48]00)-([0-9]{7,8})(?:-([0-9]{1,6}))?")

    def _parts(self, text: str) -> tuple[str, str, str] | None:
        spelt = fold(text).upper()
        stored = self._stored.fullmatch(spelt)
        bare = _BRACKETS.sub("", compact(text)).replace("分机", "转")
        if stored and self._sound(stored[1], stored[2]):
            return stored[1], stored[2], stored[3] or ""
        service = self._service.fullmatch(bare)
        if service:
            return service["area"], service["local"], ""
        found = self._number.fullmatch(bare)
        if not found:
            return None
        international = bare.startswith(("+", "86", "0086"))
        if not (found["area"].startswith("0") or international):
            return None
        area = found["area"] if found["area"].startswith("0") else "0" + found["area"]
        return (area, found["local"], found["extension"] or "") if self._sound(area, found["local"]) else None

    def _sound(self, area: str, local: str) -> bool:
        if area in ("400", "800"):
            return len(local) == 7
        short = area == "010" or area.startswith("02")
        return (
            area[1] != "0"
            and local[0] in "23456789"
            and len(area) == (3 if short else 4)
            and not (short and len(local) != 8)
        )

    def normalise(self, text: str) -> str:
        parts = self._parts(text)
        return "-".join(part for part in parts if part) if parts else compact(text)

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        if self._parts(given(text, limit=40)) is None:
            raise refuse_number(text, "not_a_landline")
        return self.normalise(text)

    def mask(self, value: str) -> str:
        parts = self._parts(value)
        return f"{parts[0]}-****{parts[1][-4:]}" if parts else HIDDEN

    def view(self, value: str, name: str) -> str:
        parts = self._parts(value) if name == "last_four" else None
        return parts[1][-4:] if parts else super().view(value, name)

    def derive(self, value: str) -> dict[str, str]:
        parts = self._parts(value)
        region = region_of_area_code(parts[0]) if parts and parts[0].startswith("0") else ""
        return {"region": region} if region else {}

    def detect(self, text: str) -> bool:
        return self._parts(text) is not None


class Email(Kind):
    """An e-mail address, stored in lower case."""

    code = "email"
    comparable = True
    indexable = True
    weight = 90
    typical_level = 3
    views = MappingProxyType({"domain": 2})
    shows = (1, 0)  # and the domain
    longest = 254
    examples = ("a.nobody@example.com", "Nobody+orders@Example.org")
    _shape = re.compile(
        r"(?=[^@]{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
        r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
    )

    def normalise(self, text: str) -> str:
        return settled(self._bare, text).removeprefix("mailto:")

    def _bare(self, text: str) -> str:
        return fold(text).replace(" ", "").lower()

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        address = self.normalise(given(text, limit=self.longest))
        if len(address) > self.longest:
            raise Invalid("too_long", limit=self.longest)
        if not self._shape.fullmatch(address):
            raise Invalid("not_an_email")
        return address

    def mask(self, value: str) -> str:
        local, _, domain = value.rpartition("@")
        if not self._shape.fullmatch(value):
            return HIDDEN
        return f"{local[0] if len(local) > 2 else ''}***@{domain}"

    def _view(self, value: str, name: str) -> str:
        return value.rpartition("@")[2] if self._shape.fullmatch(value) else HIDDEN

    def detect(self, text: str) -> bool:
        return len(text) <= self.longest and self._shape.fullmatch(self.normalise(text)) is not None


class Address(Kind):
    """A postal address in one line. Its mask keeps province and city."""

    code = "address"
    weight = 60
    typical_level = 3
    views = MappingProxyType({"region": 2})
    derives = ("region", "city")
    longest = 300
    minimum = 4
    examples = ("广东省深圳市南山区示例路0号", "北京市朝阳区示例街0号院0号楼000室")
    pattern = re.compile(
        "[\u4e00-\u9fff]{1,8}(?:市|区|县|旗|镇|乡)[\u4e00-\u9fffA-Za-z0-9]{1,20}"
        "(?:路|街|道|巷|弄|村|里|苑|园|城|厦|院|小区)"
        "[\u4e00-\u9fffA-Za-z0-9() -]{0,20}[0-9一二三四五六七八九十]+ ?(?:号|弄|栋|幢|座|单元|室|楼|层|组)"
    )

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        address = readable(given(text, limit=self.longest))
        if len(address) > self.longest:
            raise Invalid("too_long", limit=self.longest)
        if len(address) < self.minimum or sum(map(str.isalpha, address)) < 2:
            raise Invalid("not_an_address", minimum=self.minimum)
        return address

    def normalise(self, text: str) -> str:
        return settled(lambda spelt: fold(spelt).casefold().replace(" ", ""), text)

    def mask(self, value: str) -> str:
        region = self._view(value, "region")
        return HIDDEN if len(region) >= len(value) else region.removesuffix(HIDDEN) + HIDDEN

    def _view(self, value: str, name: str) -> str:
        return "".join(split_address(fold(value))) or HIDDEN

    def derive(self, value: str) -> dict[str, str]:
        region, city = split_address(fold(value))
        return {name: part for name, part in (("region", region), ("city", city)) if part}

    def detect(self, text: str) -> bool:
        return len(text) <= self.longest and self.pattern.search(fold(text).replace(" ", "")) is not None
