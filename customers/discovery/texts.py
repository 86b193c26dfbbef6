"""One batch of customers, looked through: counts for every open field, and the single texts with identifiers inside."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from classification.queries import Catalogue, FieldSpec
from customers.discovery.tallies import NAMES, Tally, kinds_of
from customers.values import FREE, Open
from kinds import registry
from kinds.inside import Hit, hits


@dataclass(frozen=True, slots=True)
class Text:
    """A single text that holds identifiers of one kind: whose, in which field, how many of them."""

    customer: int
    field: str
    kind: str
    hits: int
    passed: int | None


@dataclass(slots=True)
class Found:
    """What a batch holds."""

    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    texts: list[Text] = field(default_factory=list)


def look_through(rows: Iterable[tuple[int, Mapping[str, Open]]], known: Catalogue) -> Found:
    """Count what stands in the open documents of these customers (primary key, document)."""
    found = Found()
    may_hold = {spec.code: spec for spec in known.fields if spec.level <= 3 and not spec.derived_from}
    lowest = {code for code, spec in may_hold.items() if spec.level < registry.get(NAMES).typical_level}
    names: dict[str, list[str]] = defaultdict(list)
    for customer, document in rows:
        for code, value in document.items():
            spec = may_hold.get(code)
            if spec is None:
                continue
            text = as_text(value)
            inside = higher_inside(spec, text)
            found.tallies[code].add(kinds_of(inside, above=0))
            if inside and spec.kind in FREE:
                found.texts += _texts(customer, code, inside)
            elif code in lowest and NAMES not in _allowed(spec):
                names[code].append(text)
    for code, values in names.items():
        found.tallies[code].add_names(values)
    return found


def as_text(value: Open) -> str:
    """Return an open value as one text; tags stand on lines of their own, so that no number spans two."""
    return value if isinstance(value, str) else "\n;\n".join(value)


def higher_inside(spec: FieldSpec, text: str) -> list[Hit]:
    """Return the identifiers in an open value that have a higher level than its field and are not allowed there."""
    allowed = _allowed(spec)
    return [hit for hit in hits(text) if hit.level > spec.level and hit.kind not in allowed]


def hits_of(document: Mapping[str, Open], spec: FieldSpec, kind: str) -> list[Hit]:
    """Return what a field of an open document holds of a kind, names told by their looks included."""
    text = as_text(document.get(spec.code, ""))
    found = [hit for hit in higher_inside(spec, text) if hit.kind == kind]
    if not found and kind == NAMES and registry.get(NAMES).detect(text):
        return [Hit(NAMES, text, None)]
    return found


def _allowed(spec: FieldSpec) -> Iterable[str]:
    allowed: Iterable[str] = spec.params.get("may_hold", ())
    return allowed


def _texts(customer: int, code: str, inside: list[Hit]) -> Iterable[Text]:
    counts = Counter(hit.kind for hit in inside)
    right = Counter(hit.kind for hit in inside if hit.passed)
    for kind, number in counts.items():
        yield Text(customer, code, kind, number, right[kind] if registry.get(kind).checksum else None)
