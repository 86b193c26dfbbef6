"""Exposures of a made-up firm: six teams that work their own customers, and three people who see everybody."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db import connection

CUSTOMERS = 1_200
TEAMS = 6
PEOPLE = 24
BROAD = (24, 25, 26)
"""Two who are shown every customer masked, and one who is shown every customer in clear."""

_EXPOSE = """
insert into trail_exposure (at, event_id, actor_id, customer, portfolio, portfolio_region, clear, masked, level, act)
select %(end)s::timestamptz - make_interval(secs => 60 * (c * 7 + p)), 1000000 + p * 10000 + c,
    ('a0000000-0000-4000-8000-' || lpad(to_hex(p), 12, '0'))::uuid,
    ('c0000000-0000-4000-8000-' || lpad(to_hex(c), 12, '0'))::uuid, '', '',
    case when p in (24, 25) then '{}'::text[] else '{mobile}'::text[] end,
    case when p in (24, 25) then '{mobile}'::text[] else '{}'::text[] end,
    case when p in (24, 25) then 0 else 3 end, case when p in (24, 25) then 'listed' else 'revealed' end
from generate_series(0, %(customers)s - 1) c, generate_series(0, 26) p
where p >= 24 or (c %% 6 = p %% 6 and abs(hashtext(p || '-' || c)) %% 100 < 35)
"""


def person(number: int) -> UUID:
    """Return the UUID of a person of the firm."""
    return UUID(f"a0000000-0000-4000-8000-{number:012x}")


def customer(number: int) -> UUID:
    """Return the UUID of a customer of the firm."""
    return UUID(f"c0000000-0000-4000-8000-{number:012x}")


def fill(end: datetime) -> None:
    """Write the exposures of the firm, some 5,000, over the weeks before `end`."""
    with connection.cursor() as cursor:
        cursor.execute(_EXPOSE, {"end": end - timedelta(hours=1), "customers": CUSTOMERS})


def seen_in_clear(number: int) -> list[UUID]:
    """Return the customers whom one person was shown in clear."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct customer from trail_exposure where actor_id = %s and level = 3 order by 1",
            [person(number)],
        )
        return [row[0] for row in cursor.fetchall()]


def leaked(number: int, draw: Random, *, size: int = 60, noise: float = 0.2) -> list[UUID]:
    """Return a list that this person leaked, of which a share is of customers drawn from everybody."""
    own = seen_in_clear(number)
    foreign = int(size * noise)
    return draw.sample(own, size - foreign) + [customer(draw.randrange(CUSTOMERS)) for _ in range(foreign)]
