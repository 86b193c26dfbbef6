"""Customers who do not exist and look like their neighbours: for planted decoys and for the decoy rows of exports.

Whatever identifies a person is synthetic (`kinds.synthetic`: numbers that belong to nobody). The rest is taken from
neighbours, a text only where two of them share it, so that no neighbour can be told by it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random, SystemRandom
from string import digits

from classification.queries import FieldSpec
from kinds import synthetic
from kinds.synthetic import Person

OF_KIND = {
    "full_name": "name",
    "mobile": "mobile",
    "landline": "landline",
    "email": "email",
    "address": "address",
    "resident_id": "resident_id",
    "passport": "passport",
    "permit": "permit",
    "bank_card": "bank_card",
    "plate": "plate",
}
"""Kind → what a synthetic person has of it."""
OF_FIELD = {"birth_date": "birth_date", "city": "city"}
"""Fields whose kind does not tell, and which must fit the person."""
SHARED = frozenset({"choice", "tags", "member_level", "text"})
SCRAMBLED = frozenset({"amount", "text"})
_PEOPLE = 10**8
_LAST_DIGITS = re.compile(r"([0-9]{1,18})([^0-9]*)$")
_SEEDS = 10**6


def strangers(draw: Random | None = None) -> tuple[Person, Person]:
    """Return somebody who does not exist, and one more for a second field of the same kind."""
    dice = draw or SystemRandom()
    one, other = (synthetic.person(dice.randrange(_PEOPLE), seed=dice.randrange(_SEEDS)) for _ in range(2))
    return one, other


def identity(specs: Iterable[FieldSpec], people: tuple[Person, Person]) -> dict[str, str]:
    """Return the texts that name a person, for those of the fields that hold one."""
    said: dict[str, str] = {}
    met: Counter[str] = Counter()
    for spec in specs:
        part = OF_FIELD.get(spec.code) or OF_KIND.get(spec.kind)
        if part and not spec.derived_from:
            said[spec.code] = getattr(people[min(met[part], 1)], part)
            met[part] += 1
    return said


def ordinary(kind: str, texts: Sequence[str], dice: Random) -> str:
    """Return a text such as these neighbours have in a field of this kind; nothing where it would tell who they are."""
    held = [text for text in texts if text]
    if not held:
        return ""
    counts = Counter(held)
    if kind in SHARED and (common := [text for text in held if counts[text] > 1]):
        return dice.choice(common)
    if kind in SCRAMBLED and any(letter in digits for text in held for letter in text):
        return scrambled(dice.choice(held), dice)
    return ""


def scrambled(text: str, dice: Random) -> str:
    """Return a text with other digits in the same places; the first of them is never nought."""
    out: list[str] = []
    for letter in text:
        leading = not any(one in digits for one in out)
        out.append(dice.choice(digits[1:] if leading else digits) if letter in digits else letter)
    return "".join(out)


def number_like(number: str, dice: Random, *, reach: int) -> str:
    """Return a customer number not far from this one, of the same shape; it may be somebody's: the caller finds out.

    :param reach: how far, in numbers; a far-off number would stand out.
    """
    end = _LAST_DIGITS.search(number)
    if not end:
        return f"{number}{dice.randint(1, max(reach, 9))}"
    width, held = len(end[1]), int(end[1])
    most, least = 10**width - 1, 10 ** (width - 1)
    least = least if held >= least else 1
    near = held + dice.choice((-1, 1)) * dice.randint(1, reach)
    if not least <= near <= most:
        near = dice.randint(max(least, held - reach), min(most, held + reach))
    return f"{number[: end.start()]}{near:0{width}d}{end[2]}"


def reach_of(tries: int) -> int:
    """Return how far to look after so many numbers that were somebody's: further each time."""
    return 30 << 2 * tries
