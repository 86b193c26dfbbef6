"""The kinds of right that a permission review goes through. Each says what is live, what is used, and how it ends.

A further kind (a token, say) is one more `RightKind` in a module of its own, and its line in `KINDS`. Rows of layers
below carry the moment at which they lapse (`lapses_at`); a grant's end is worked out from its item itself.
"""

from __future__ import annotations

from access.reviewed import granted, held, reach
from access.reviewed.kind import Population, Right, RightKind, Use

__all__ = ["KINDS", "Population", "Right", "RightKind", "Use", "kind_of"]

KINDS: dict[str, RightKind] = {
    kind.code: kind for kind in (held.ROLE, held.HEADSHIP, reach.PORTFOLIO, reach.CUSTOMER, granted.GRANT)
}


def kind_of(code: str) -> RightKind:
    """Return a kind of right by its code."""
    return KINDS[code]
