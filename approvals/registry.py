"""The kinds of proposal. An app registers its own in `apps.py`; the two-person rule itself is written once, here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from trail.actor import Actor

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seat:
    """One signature that is needed, and the people who may give it."""

    code: str
    eligible: frozenset[UUID]
    words: StrOrPromise = field(default="", compare=False)
    stand_ins: Mapping[UUID, UUID] = field(default_factory=dict, compare=False)
    """Who of the eligible may only because they stand in, and for whom."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a proposal as people read it: today against what is asked. Never a customer value."""

    label: StrOrPromise
    before: StrOrPromise = ""
    after: StrOrPromise = ""


class CannotApply(Exception):
    """The act cannot be carried out as things stand; `code` and `params` say why. Raised by `check` and `apply`."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def _nothing(content: Content, by: Actor, at: datetime) -> None:
    return None


@dataclass(frozen=True)
class ProposalKind:
    """How one kind of act is proposed, signed and carried out.

    `seats_of_many` and `about_many` answer for a whole inbox at once, where asking one by one would cost queries.
    `check(content, by, at)` refuses at proposing; `apply(content, proposal=, by=, at=)` runs in the transaction of the
    last signature and must check again, because the world may have moved since.
    """

    code: str
    name: StrOrPromise = field(compare=False)
    seats: Callable[[Content, datetime], Sequence[Seat]]
    apply: Callable[..., object]
    describe: Callable[[Content], Sequence[Line]]
    lifetime: timedelta = timedelta(days=7)
    step_up: bool = True
    asking_steps_up: bool = True
    """Whether proposing wants the fresh second factor, too; signing does with `step_up`."""
    proposer_may_sign: bool = False
    permission: str = ""
    check: Callable[[Content, Actor, datetime], None] = _nothing
    seats_of_many: Callable[[Sequence[Content], datetime], list[Sequence[Seat]]] | None = None
    about_many: Callable[[Sequence[Content]], list[str]] | None = None


class UnknownProposal(LookupError):
    """No app has registered this kind of proposal."""


_kinds: dict[str, ProposalKind] = {}


def register(kind: ProposalKind) -> ProposalKind:
    """Add a kind of proposal and return it.

    :raises ValueError: the code is taken.
    """
    if kind.code in _kinds:
        raise ValueError(f"{kind.code!r} is registered twice")
    _kinds[kind.code] = kind
    return kind


def get(code: str) -> ProposalKind:
    """Return the kind of this code.

    :raises UnknownProposal: nobody registered it.
    """
    try:
        return _kinds[code]
    except KeyError:
        raise UnknownProposal(code) from None


def every_kind() -> tuple[ProposalKind, ...]:
    """Return all kinds, ordered by code."""
    return tuple(_kinds[code] for code in sorted(_kinds))
