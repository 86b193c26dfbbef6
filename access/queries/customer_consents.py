"""What one customer consented to, purpose by purpose, and what is held without anybody having said yes.

A constant number of queries, however long the history is. Words are made by the pages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from access.consents import doubts
from access.queries.consents import GUARDIAN_AGE
from classification.purposes import PurposeSpec, purposes
from consent.models import GIVEN, REFUSED, WITHDRAWN, ConsentRecord, NoticeVersion
from consent.queries.published import latest
from consent.queries.states import ConsentState, States, history, states_asked
from consent.services.links import COOLDOWN
from consent.services.records import asked_of
from customers.facts import may_be_under
from customers.models import Customer
from lawbook.queries import fact_asked
from lawbook.terms import Term
from trail.actor import Actor
from trail.questions import ask_together


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeConsent:
    """One purpose of one customer.

    `spec`: the purpose in force, None where it has ended. `names`: as in force, else as it was asked.
    `waits`: why its evidence needs a second look before this reader may rely on it. `version`: the published
    notice that asks for it now. `ask_again`: until then nobody asks, because the customer said no.
    """

    code: str
    names: Mapping[str, str]
    spec: PurposeSpec | None
    state: ConsentState | None
    waits: tuple[str, ...]
    version: NoticeVersion | None
    ask_again: datetime | None
    records: tuple[ConsentRecord, ...]

    @property
    def given(self) -> bool:
        """Whether a consent is in force that may be withdrawn or ended."""
        return self.state is not None and self.state.state == GIVEN

    @property
    def rejected(self) -> bool:
        """Whether somebody said that the evidence does not hold."""
        return self.given and self.state is not None and self.state.confirmed is False


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerConsents:
    """All purposes that ask this customer or were ever answered; `minor`: a guardian has to consent."""

    purposes: tuple[PurposeConsent, ...]
    held_without: tuple[str, ...]
    minor: bool


def of_customer(
    customer: Customer,
    *,
    held: Collection[str] = (),
    reader: Actor,
    at: datetime,
    known: Mapping[str, PurposeSpec] | None = None,
) -> CustomerConsents:
    """Return what this customer consented to.

    :param held: the fields that are held and that the reader may know of (`Card.held`), in their order.
    :param known: the purposes in force at this time, where the caller has them.
    """
    known = purposes(at) if known is None else known
    current, cooldown, guardian_age = ask_together(
        states_asked([customer.ref], at), fact_asked(COOLDOWN, at), fact_asked(GUARDIAN_AGE, at)
    )
    recorded: dict[str, list[ConsentRecord]] = {}
    for row in history(customer.ref, at):
        recorded.setdefault(row.purpose, []).append(row)
    asking = {code: version for version in latest(at) for code in asked_of(version)}
    codes = [code for code, spec in known.items() if spec.asks_consent or code in asking or code in recorded]
    codes += [code for code in recorded if code not in known]
    return CustomerConsents(
        purposes=tuple(
            PurposeConsent(
                code=code,
                names=_names(known.get(code), recorded.get(code, ())),
                spec=known.get(code),
                state=(state := current.get((customer.ref, code))),
                waits=waits_for(state, reader.id),
                version=asking.get(code) if code in known else None,
                ask_again=_ask_again(state, cooldown.term, at),
                records=tuple(recorded.get(code, ())),
            )
            for code in codes
        ),
        held_without=held_without(customer.ref, held, known, current),
        minor=may_be_under(customer, guardian_age.value, timezone.localdate(at).year),
    )


def waits_for(state: ConsentState | None, reader: UUID | None) -> tuple[str, ...]:
    """Return why a given consent does not count for this reader before somebody has looked at its evidence."""
    if state is None or state.state != GIVEN or state.confirmed is not None:
        return ()
    return doubts(state, reader)


def held_without(
    subject: UUID, held: Collection[str], known: Mapping[str, PurposeSpec], current: States
) -> tuple[str, ...]:
    """Return the held fields that only purposes need which rest on consent, where none is given (PIPL 13, 15)."""
    found = []
    for code in held:
        needing = [spec for spec in known.values() if code in spec.fields]
        if needing and all(
            spec.asks_consent and not _covers(current.get((subject, spec.code)), code) for spec in needing
        ):
            found.append(code)
    return tuple(found)


def _covers(state: ConsentState | None, field: str) -> bool:
    return state is not None and state.state == GIVEN and field in state.fields


def _names(spec: PurposeSpec | None, records: Collection[ConsentRecord]) -> Mapping[str, str]:
    if spec is not None:
        return {"zh-hans": spec.name_zh, "en": spec.name_en}
    newest = next(iter(records))
    names: Mapping[str, str] = asked_of(newest.version)[newest.purpose]["names"]
    return names


def _ask_again(state: ConsentState | None, cooldown: Term, at: datetime) -> datetime | None:
    if state is None or state.state not in (REFUSED, WITHDRAWN):
        return None
    again = cooldown.after(state.effective_at)
    return again if again > at else None
