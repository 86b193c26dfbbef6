"""Rights as proposals: what is asked, who must sign, what the last signature does.

`joining` a new person, `holdings` roles and headships, `people` moves and mail addresses, `logins` resets and the end
of a freeze, `reach` portfolios, single customers and where a customer stands, `networks` where requests come from,
`masked` data sets for testing environments, `budgets` how much a role may be shown, `apart` destruction in L4.
"""

from access.proposals import apart, budgets, holdings, joining, logins, masked, networks, people, reach
from approvals import registry


def register() -> None:
    """Add these kinds to the vocabulary of proposals; called once, when the app is ready."""
    for part in (joining, holdings, people, logins, reach, networks, masked, budgets, apart):
        for kind in part.KINDS:
            registry.register(kind)
