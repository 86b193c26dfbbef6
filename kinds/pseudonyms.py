"""Values that look like another value, pass its kind's checks and belong to nobody, for testing environments (S1-10).

A pseudonym is worked out from a digest, so the same digest gives the same one. The value itself lends its shape only:
how long it is, whether it has an extension, how many digits an amount has. Numbers lie in the ranges of
`kinds.synthetic`, which nobody was given.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from random import Random

from stdnum import luhn
from stdnum.cn import ric

from kinds import registry
from kinds.base import NOTHING
from kinds.regions import PROVINCES
from kinds.synthetic import company_code, person

PEOPLE = 50_000
"""How many people `kinds.synthetic` tells apart."""
DRAWN = frozenset({"choice", "member_level", "tags", "text", "note"})
"""Kinds whose pseudonyms say nothing of the value, not even that two are alike: they are drawn, whatever it is."""
_MAINLAND = [code for code in PROVINCES if code < "70"]
_BIRTHS = (datetime.date(1945, 1, 1), datetime.date(2004, 12, 31))
_PLATES = "琼宁青藏"


def pseudonym(kind: str, value: str, digest: bytes, params: Mapping[str, object] = NOTHING) -> str:
    """Return the pseudonym of a value under a digest; it is another value than the one given, unless it is drawn.

    :raises KeyError: there is no such kind.
    """
    registry.get(kind)
    draw = Random(digest)  # noqa: S311  (the digest is keyed; this only spreads it)
    if kind in DRAWN:
        return _drawn(kind, draw, params)
    found = _MADE[kind](draw, value)
    return pseudonym(kind, value, sha256(digest).digest(), params) if found == value else found


def _digits(draw: Random, count: int) -> str:
    return "".join(draw.choices("0123456789", k=count))


def _date(draw: Random) -> datetime.date:
    first, last = _BIRTHS
    return first + datetime.timedelta(days=draw.randrange((last - first).days))


def _identity(draw: Random, province: str) -> str:
    bare = f"{province}99{_digits(draw, 2)}{_date(draw):%Y%m%d}{_digits(draw, 3)}"
    return bare + ric.calc_check_digit(bare + "0")


def _resident_id(draw: Random, value: str) -> str:
    return _identity(draw, draw.choice(_MAINLAND))


def _permit(draw: Random, value: str) -> str:
    if len(value) == 18:
        return _identity(draw, value[:2])
    head = draw.choice("HM") if value[:1] in "HM" else ""
    return f"{head}99{_digits(draw, len(value) - len(head) - 2)}"


def _mobile(draw: Random, value: str) -> str:
    return f"154{_digits(draw, 8)}"


def _landline(draw: Random, value: str) -> str:
    area, local, *extension = value.split("-")
    if area in ("400", "800"):
        return f"{area}-000{_digits(draw, 4)}"
    while len(found := person(draw.randrange(PEOPLE)).landline.split("-")[0]) != len(area):
        pass
    # Short area codes have eight digits; the others keep as many as the value has.
    count = 8 if len(area) == 3 else len(local)
    return "-".join([found, f"9{_digits(draw, count - 1)}", *(_digits(draw, len(one)) for one in extension)])


def _email(draw: Random, value: str) -> str:
    local, _, domain = person(draw.randrange(PEOPLE)).email.partition("@")
    return f"{local.split('.')[0]}.{_digits(draw, 10)}@{domain}"


def _bank_card(draw: Random, value: str) -> str:
    bare = f"999999{_digits(draw, len(value) - 7)}"
    return bare + luhn.calc_check_digit(bare)


def _plate(draw: Random, value: str) -> str:
    return f"{draw.choice(_PLATES)}X{_digits(draw, len(value) - 2)}"


def _amount(draw: Random, value: str) -> str:
    whole = value.lstrip("-").split(".")[0]
    first = draw.choice("123456789") if len(whole) > 1 else draw.choice("0123456789")
    return f"{first}{_digits(draw, len(whole) - 1)}.{_digits(draw, 2)}"


_MADE: Mapping[str, Callable[[Random, str], str]] = {
    "full_name": lambda draw, value: person(draw.randrange(PEOPLE)).name,
    "address": lambda draw, value: person(draw.randrange(PEOPLE)).address,
    "mobile": _mobile,
    "landline": _landline,
    "email": _email,
    "resident_id": _resident_id,
    "passport": lambda draw, value: f"EO{_digits(draw, 7)}",
    "permit": _permit,
    "bank_card": _bank_card,
    "uscc": lambda draw, value: company_code(draw.randrange(10**7)),
    "plate": _plate,
    "date": lambda draw, value: _date(draw).isoformat(),
    "amount": _amount,
}


def _drawn(kind: str, draw: Random, params: Mapping[str, object]) -> str:
    options = params.get("options") or getattr(registry.get(kind), "named", ())
    if isinstance(options, Iterable) and (held := [str(option) for option in options]):
        return draw.choice(held)
    made = {"tags": "示例标签", "note": "示例备注"}.get(kind, "示例文本") + _digits(draw, 6)
    limit = params.get("max_length")
    return made[:limit] if isinstance(limit, int) else made
