"""What people and programs add to a number without meaning anything by it."""

from hypothesis import strategies as st

from kinds.base import Kind
from kinds.registry import every_kind, get
from kinds.synthetic import Person, company_code, person

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u0000\u0007\u007f"
SEPARATORS = " \u3000\u00a0\t-\u2010\u2013\u2212\uff0d"
FIELDS = {
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
    "date": "birth_date",
    "amount": "balance",
    "member_level": "member_level",
}
NUMBERS = ("mobile", "resident_id", "passport", "permit", "bank_card", "uscc", "plate")
CODES = [kind.code for kind in every_kind() if kind.kept]


def value_of(code: str, who: Person) -> str:
    """Return a clean value of the kind."""
    if code == "uscc":
        return company_code(who.number)
    if code in FIELDS:
        return str(getattr(who, FIELDS[code]))
    kind: Kind = get(code)
    return kind.clean(kind.examples[who.number % len(kind.examples)], kind.example_params)


people = st.integers(0, 2_000_000).map(person)


def full_width(text: str) -> str:
    """Return the text with ASCII characters in their full-width forms."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@st.composite
def noisy(draw: st.DrawFn, text: str, extra: str) -> str:
    """Return the text with some of `extra` between its characters, sometimes in full width."""
    gaps = draw(st.lists(st.text(extra, max_size=2), min_size=len(text) + 1, max_size=len(text) + 1))
    out = gaps[0] + "".join(character + gap for character, gap in zip(text, gaps[1:], strict=True))
    return full_width(out) if draw(st.booleans()) else out
