"""The order to seal the site: a fact in the keyring, so that every process on every host heeds it.

Whoever opens values asks the keyring anew at most FRESH_FOR seconds later (`vault.keyring`), meets the order and
forgets its keys; every keyholder asks each second and forgets the KEK. The site opens again when the keys are brought
again: enough shares to a keyholder, or `manage.py unseal` where a file or a device keeps the KEK.
"""

from dataclasses import dataclass
from datetime import datetime
from string import Template

from django.db import connections, transaction

ALIAS = "keyring"
IS_SEALED = """
(select coalesce(max(number), 0) from vault_sealorder)
  > (select coalesce(max(seal_order), 0) from vault_unsealing)
"""
"""An SQL expression: the newest order to seal has not been lifted. The state is computed, nowhere written."""
_NEWEST = Template(
    "select number, given_at, $is_sealed from vault_sealorder order by number desc limit 1"
).substitute(is_sealed=IS_SEALED)


@dataclass(frozen=True, slots=True)
class Order:
    """The newest order to seal: its number (0: there never was one), when, and whether it still holds."""

    number: int
    given_at: datetime | None
    holds: bool


def seal_site(*, at: datetime) -> int:
    """Seal the site: commit the order and let every process notice; return the order's number."""
    with transaction.atomic(using=ALIAS, durable=True), connections[ALIAS].cursor() as cursor:
        # The one row first: orders commit in the order of their numbers.
        cursor.execute("update vault_generation set number = number + 1")
        cursor.execute("insert into vault_sealorder (given_at) values (%s) returning number", [at])
        (number,) = cursor.fetchone()
    return int(number)


def lift(number: int, *, at: datetime) -> None:
    """Write down that the keys were brought again after this order and those before it."""
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute("insert into vault_unsealing (seal_order, lifted_at) values (%s, %s)", [number, at])


def newest_order() -> Order:
    """Return the newest order to seal as the keyring has it."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(_NEWEST)
        row = cursor.fetchone()
    return Order(*row) if row else Order(0, None, holds=False)
