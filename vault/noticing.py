"""What the keyring says of keys as a whole, and that this process notices when it changes.

The generation rises when a key is made to follow another or is destroyed, when another suite seals, when an index
epoch comes or goes. Whoever loads data keys reads the state with them; whoever only searches, or says on a page how
the site stands, asks with `catch_up`, at most every FRESH_FOR seconds. A forked helper asks nothing: it goes on with
what was known when it was forked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from string import Template
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connections

from vault.envelope import SUITE
from vault.holding.sealing import IS_SEALED
from vault.providers import KekProvider, provider

ALIAS = "keyring"
FRESH_FOR = 5.0

ASK = "select generation, suite, superseded from vault_state"
"""Whether anything changed: what whoever writes asks for each row. An order to seal is a change, its end is none."""
ASK_ALL = Template("""
select state.generation, state.suite, state.superseded, kek.current, $is_sealed
from vault_state state cross join vault_keknow kek
""").substitute(is_sealed=IS_SEALED)
"""Also how the site stands, at twice the price; whoever asks for more puts it behind these five columns."""


@dataclass(slots=True)
class State:
    """What this process has noticed last."""

    generation: int = 0
    suite: int = SUITE
    superseded: frozenset[int] = frozenset()
    kek_now: int = 0
    sealed: bool = False
    until: float = 0.0


def notice(kek: KekProvider, row: Sequence[Any]) -> State:
    """Take in a row of `ASK` or `ASK_ALL`; look at what the provider holds when the generation has changed."""
    state = noticed(kek)
    generation, suite, superseded, *standing = row
    if standing:
        state.kek_now, state.sealed, *_ = standing
    # While an order holds, keys may be away on purpose: what changed is looked at once the site is open.
    if generation != state.generation and not state.sealed:
        kek.reload()
        state.generation = generation
    state.suite = suite
    state.superseded = frozenset(superseded)
    if standing:
        state.until = monotonic() + FRESH_FOR
    return state


def noticed(kek: KekProvider) -> State:
    """Return what this process has noticed last."""
    return _noticed.setdefault(kek, State())


_noticed: WeakKeyDictionary[KekProvider, State] = WeakKeyDictionary()


def catch_up(*, now: bool = False) -> State:
    """Ask the keyring for its state, unless that was done in the last FRESH_FOR seconds.

    :param now: ask in any case.
    """
    kek = provider()
    state = noticed(kek)
    if now or monotonic() > state.until:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(ASK_ALL)
            state = notice(kek, cursor.fetchone())
    return state


RAISE = "update vault_generation set number = number + 1"
"""The statement, in the transaction of what changes, by which all processes notice it."""
