"""The history of a value as its page receives it: one line per value, newest first, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from access.services.history import History
from classification.queries import scenarios
from customers.proofs import PROOF
from customers.words import source_words


@dataclass(frozen=True, slots=True, kw_only=True)
class StateShown:
    """One value of a field: what may be seen of it, where it came from, and until when it was held."""

    view: str
    text: str = field(repr=False)
    since: datetime | None
    collected_by: str
    source: str
    scenario: str
    proof: str = ""
    """The id of the sealed text that proves where it came from."""
    until: datetime | None = None
    replaced_by: str = ""
    cleared: bool = False


def states_of(history: History) -> list[StateShown]:
    """Return the value of now, if there is one, and all before it."""
    named = {one.code: str(one) for one in scenarios()}
    lines = []
    if history.value.held:
        lines.append(_state(history.value.view, history.value.text, history.origin, named))
    for old in history.before:
        lines.append(
            _state(
                old.view,
                old.text,
                old.origin,
                named,
                until=old.at,
                replaced_by=old.by,
                cleared=old.cleared,
            )
        )
    return lines


def _state(
    view: str,
    text: str,
    origin: Mapping[str, str],
    named: Mapping[str, str],
    *,
    until: datetime | None = None,
    replaced_by: str = "",
    cleared: bool = False,
) -> StateShown:
    since = origin.get("collected_at")
    scenario = origin.get("scenario", "")
    return StateShown(
        view=view,
        text=text,
        since=datetime.fromisoformat(since) if since else None,
        collected_by=origin.get("by", ""),
        source=source_words(origin.get("source", "")),
        scenario=named.get(scenario, scenario),
        proof=origin.get(PROOF, ""),
        until=until,
        replaced_by=replaced_by,
        cleared=cleared,
    )
