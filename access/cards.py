"""Cards: the decided values of one customer as one person may see them; plain values, no model instances."""

from dataclasses import dataclass, field
from uuid import UUID

from access import words
from access.policy import CLEAR, HIDDEN, MASKED, Decision, Step
from trail.exposed import Exposed


@dataclass(frozen=True, slots=True, kw_only=True)
class CardValue:
    """One field of a card.

    `view` is what the card shows. `decision` is the answer at this moment; a sealed value whose decision is
    clear is still folded on the card, because only a reveal opens it. `could` is the answer that a contact
    and a reason would bring.
    """

    code: str
    name: str
    label: str
    level: int
    kind: str
    view: str
    text: str
    held: bool
    sealed: bool
    comparable: bool
    decision: Decision
    could: Decision
    raw: str = field(default="", repr=False)
    """The open value as stored, for forms; nothing unless it is shown in the clear."""

    @property
    def can_reveal(self) -> bool:
        """Whether one's own effort (a contact, a reason) shows this value in the clear."""
        return self.held and self.view == MASKED and self.could.clear

    @property
    def needs(self) -> tuple[str, ...]:
        """What the reader still has to bring for a reveal; empty where one click is enough."""
        return self.decision.missing if self.can_reveal else ()

    @property
    def reason(self) -> str:
        """Why the value is shown as it is, in words."""
        return words.why(self.decision)

    @property
    def rule(self) -> str:
        """The deciding rule, in words."""
        return words.rule(self.decision)

    @property
    def clause(self) -> str:
        """The clause behind the rule, with its words."""
        return words.clause(self.decision)

    @property
    def next_step(self) -> str:
        """What would change the answer, in words."""
        return words.next_step(self.decision)

    @property
    def step(self) -> Step:
        """The code of the next step, for its button."""
        return self.decision.next_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One customer as one person may see it. `reached_as` are the person's roles that reach the customer."""

    ref: UUID
    number: str
    tier: str
    portfolio: str
    portfolio_name: str
    region: str
    version: int
    reached_as: frozenset[str]
    values: tuple[CardValue, ...]

    def __getitem__(self, code: str) -> CardValue:
        """Give one value of the card.

        :raises KeyError: the card has no such field.
        """
        value = self.get(code)
        if value is None:
            raise KeyError(code)
        return value

    def get(self, code: str) -> CardValue | None:
        """Give one value of the card; None where the catalogue has no such field."""
        return next((value for value in self.values if value.code == code), None)

    @property
    def held(self) -> tuple[CardValue, ...]:
        """The values that the customer has."""
        return tuple(value for value in self.values if value.held)

    @property
    def hidden(self) -> bool:
        """Whether this person sees nothing of the customer's values."""
        return all(value.view == HIDDEN for value in self.values)

    def exposed(self, act: str) -> Exposed:
        """Say for the trail what showing this card shows: fields, never values."""
        clear = tuple(value for value in self.held if value.view == CLEAR)
        return Exposed(
            customer=self.ref,
            act=act,
            clear=tuple(value.code for value in clear),
            masked=tuple(value.code for value in self.held if value.view == MASKED),
            level=max((value.level for value in clear), default=0),
            portfolio=self.portfolio,
            region=self.region,
        )
