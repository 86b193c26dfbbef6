"""Keep findings still while an audit is signed, so that its digest can be worked out again from the facts."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from audit.models import Audit

_STILL = 0x61756469


class SignedMeanwhile(RuntimeError):
    """An audit was signed after this act began: begin it again."""


def let_others() -> None:
    """Wait until no audit is being signed, and keep signing off until this transaction has ended."""
    _lock("pg_advisory_xact_lock_shared")


def hold_all() -> None:
    """Wait until nobody changes findings or cases, and keep them from it until this transaction has ended."""
    _lock("pg_advisory_xact_lock")


def begin(at: datetime) -> None:
    """Begin an act on findings or cases, inside its transaction.

    :raises SignedMeanwhile: an audit was signed at this time or later; what is dated before it must not follow it.
    """
    let_others()
    if Audit.objects.filter(signed_at__gte=at).exists():
        raise SignedMeanwhile


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(%s)", [_STILL])
