"""The facts of an event in the reader's language: what each is called, and what its codes mean.

Identifiers stay as they are; so does whatever nobody here has words for. No fact holds a customer's value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models.budgets import budgets
from access.models.requests import outputs
from access.review_words import STATES
from access.reviewed import KINDS as RIGHTS
from access.words import NEEDS
from classification.models import Purpose, Scenario, bases, categories
from classification.queries import catalogue
from classification.words import KINDS
from customers.digests import RECORD
from customers.models import Portfolio, channels, tiers
from customers.words import RECORD_NAME
from desk.audit_words import KINDS as AUDITS
from desk.audit_words import STATES as FINDINGS
from desk.audit_words import name_of
from desk.fact_names import BUDGET_STEPS, FACTS, HOW, OUTCOMES, SCOPES, SOURCES, WHYS, WINDOWS
from desk.jobs_shown import NAMES as JOBS
from desk.shown_discovery import PLACES
from desk.shown_requests import STATES as GRANTS
from desk.words import kind_of_proposal
from restricted.words import KEY_ACTS
from retention.backups.words import FAULTS, KIND_NAMES
from retention.models.destruction import ways
from staff.models import Department, Person, Site
from staff.roles import NAMES as ROLES
from trail.models import Event
from trail.words import ACT_NAMES

METHODS: Mapping[str, str | Promise] = {
    "": gettext_lazy("none"),
    "totp": gettext_lazy("authenticator app"),
    "webauthn": gettext_lazy("security key"),
    "recovery_codes": gettext_lazy("recovery code"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact: its name, what it says, and whether that is an identifier."""

    name: str
    said: str
    is_code: bool = False


class Vocabulary:
    """What codes mean, each table read when the first fact asks for it."""

    def __init__(self, at: datetime) -> None:
        self._tables: dict[str, Mapping[str, object]] = {}
        self._loaders: dict[str, Callable[[], Mapping[str, object]]] = {
            "field": lambda: {
                RECORD: RECORD_NAME,
                **{spec.code: spec.label for spec in catalogue(at).fields},
            },
            "portfolio": lambda: {one.code: one.name for one in Portfolio.objects.all()},
            "department": lambda: {one.code: one.name for one in Department.objects.all()},
            "site": lambda: {one.code: one.name for one in Site.objects.all()},
            "scenario": lambda: {one.code: str(one) for one in Scenario.objects.all()},
            "purpose": lambda: {one.code: str(one) for one in Purpose.objects.all()},
        }

    def word(self, table: str, code: str) -> str:
        """Return what a code of a table means; the code itself where it is no longer known."""
        if table not in self._tables:
            self._tables[table] = self._loaders[table]()
        return str(self._tables[table].get(code, code))

    def person(self, id: str) -> str:
        """Return a person's name and number; the identifier of somebody who is not there."""
        try:
            found = Person.objects.filter(pk=UUID(id)).first()
        except ValueError:
            found = None
        return f"{found.name} {found.number}" if found else id


def facts_of(event: Event, words: Vocabulary) -> list[Fact]:
    """Put the facts of an event in words, in the order of their names."""
    named = [_fact(name, value, words) for name, value in event.facts.items() if value not in ("", None, [])]
    return sorted(named, key=lambda fact: (fact.is_code, fact.name))


def _fact(name: str, value: object, words: Vocabulary) -> Fact:
    each = value if isinstance(value, list) else [value]
    said = [_said(name, one, words) for one in each]
    known = all(one is not None for one in said)
    text = _(", ").join(str(raw if one is None else one) for raw, one in zip(each, said, strict=True))
    return Fact(name=str(FACTS.get(name, name)), said=text, is_code=not known)


def _said(name: str, value: object, words: Vocabulary) -> str | None:
    """Return what one value means; None for an identifier, or a code that has no words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return f"L{value}" if name == "level" else str(value)
    code = str(value)
    if name in TYPED:
        found = _("typed, and sealed")
    elif name in TABLES:
        found = words.word(TABLES[name], code)
    elif name in ("person", "people", "signers", "applicant", "stand_in", "owner"):
        found = words.person(code)
    elif name in ("from", "to"):
        found = words.word("portfolio", words.word("department", code))
    elif name == "windows":
        *tier, window = code.split(" ")
        found = " · ".join(
            [*(str(dict(tiers()).get(one, one)) for one in tier), str(WINDOWS.get(window, window))]
        )
    elif name == "detector":
        found = name_of(code)
    elif name == "proposal_kind":
        found = kind_of_proposal(code)
    elif name == "how":
        way = code.removeprefix("search.")
        found = str(WAYS[way]) if way in WAYS else words.word("field", way)
    else:
        found = str(WORDS.get(name, {}).get(code, code))
    return None if found == code else found


TYPED = frozenset({"reason", "line", "proof", "text", "new_consent"})
"""Facts that point to sealed texts (`desk.texts`)."""
TABLES = {
    "field": "field",
    "fields": "field",
    "cleared": "field",
    "check_field": "field",
    "added": "field",
    "removed": "field",
    "purpose": "purpose",
    "purposes": "purpose",
    "given": "purpose",
    "portfolio": "portfolio",
    "portfolios": "portfolio",
    "department": "department",
    "site": "site",
    "scenario": "scenario",
    "scenarios": "scenario",
}
"""Fact → the table that its codes are of."""
WAYS: Mapping[str, object] = {**HOW, **dict(ways())}
"""How somebody searched, and how somebody was told."""
WORDS: Mapping[str, Mapping[str, object]] = {
    "act": ACT_NAMES,
    "backup_kind": KIND_NAMES,
    "basis": dict(bases()),
    "faults": FAULTS,
    "budget": dict(budgets()),
    "tier": dict(tiers()),
    "window": WINDOWS,
    "step": BUDGET_STEPS,
    "decision": {**STATES, **FINDINGS},
    "audit_kind": AUDITS,
    "right_kind": {code: kind.name for code, kind in RIGHTS.items()},
    "role": ROLES,
    "roles": ROLES,
    "missing": NEEDS,
    "why": WHYS,
    "categories": dict(categories()),
    "channel": dict(channels()),
    "job_kind": JOBS,
    "key_act": KEY_ACTS,
    "method": METHODS,
    "second_factor": METHODS,
    "source": SOURCES,
    "outcome": OUTCOMES,
    "scope": SCOPES,
    "filters": SCOPES,
    "output": dict(outputs()),
    "grant": {str(state): said for state, said in GRANTS.items()},
    "place": PLACES,
    "value_kind": KINDS,
}
