"""Which suite seals from now on: the newest row says so, and rows are only ever added."""

from datetime import datetime

from django.db import connections, transaction

from vault.envelope import SUITES
from vault.models import SuiteUse
from vault.noticing import ALIAS, RAISE, catch_up


class UnknownSuite(ValueError):
    """This program has no such suite."""


def sealing_suite() -> int:
    """Return the suite that seals."""
    return catch_up(now=True).suite


def seal_with(suite: int, *, at: datetime) -> bool:
    """Let a suite seal from now on; return False when it does already. Held values stay as they are.

    :raises UnknownSuite: the program could not open what it seals.
    """
    if suite not in SUITES:
        raise UnknownSuite(suite)
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute("select number from vault_generation for update")
        if sealing_suite() == suite:
            return False
        SuiteUse.objects.create(suite=suite, since=at)
        cursor.execute(RAISE)
    catch_up(now=True)
    return True
