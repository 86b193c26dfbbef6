"""The record of a customer at levels L1–L3, the portfolios that hold it, and what hangs on it.

A `Customer` carries three documents keyed by field code: `open` (L1–L2, plain), `sealed` (L3, each value its
own ciphertext) and `origins` (when, from where and in which scenario a value was collected). Its `ref` is the
only UUID of the customer anywhere: vault, trail and addresses of pages. Outside this app only
`access.queries.cards` reads the documents.
"""

from customers.models.doubts import (
    COLUMN,
    FIELD,
    NOTE,
    PLACES,
    DoubtDismissal,
    DoubtSighting,
    LabelDoubt,
)
from customers.models.imports import (
    ImportProblem,
    LeftOutColumn,
)
from customers.models.records import (
    CHANNELS,
    NUMBER_LIMIT,
    PREMIUM,
    SERVE_CUSTOMER,
    SERVE_PORTFOLIO,
    STANDARD,
    TIERS,
    VIP,
    CompareTap,
    Contact,
    Customer,
    CustomerPersonPermission,
    Given,
    IndexEntry,
    Misfit,
    OpenDocument,
    Portfolio,
    PortfolioPersonPermission,
    ValueChange,
    channels,
    given,
    is_portfolio_code,
    name_key,
    number_key,
    tiers,
)
from customers.models.restrictions import (
    FLOOR,
    HOLD,
    STORED,
    Restriction,
    Restrictions,
)

__all__ = [
    "CHANNELS",
    "COLUMN",
    "FIELD",
    "FLOOR",
    "HOLD",
    "NOTE",
    "NUMBER_LIMIT",
    "PLACES",
    "PREMIUM",
    "SERVE_CUSTOMER",
    "SERVE_PORTFOLIO",
    "STANDARD",
    "STORED",
    "TIERS",
    "VIP",
    "CompareTap",
    "Contact",
    "Customer",
    "CustomerPersonPermission",
    "DoubtDismissal",
    "DoubtSighting",
    "Given",
    "ImportProblem",
    "IndexEntry",
    "LabelDoubt",
    "LeftOutColumn",
    "Misfit",
    "OpenDocument",
    "Portfolio",
    "PortfolioPersonPermission",
    "Restriction",
    "Restrictions",
    "ValueChange",
    "channels",
    "given",
    "is_portfolio_code",
    "name_key",
    "number_key",
    "tiers",
]
