"""What is held back from every read of a customer: storage only (PIPL 47)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from customers.models.records import Customer

FLOOR, HOLD, STORED = ("floor", "hold", "stored")
"""Why values that nobody may read are kept: a law, a legal matter, the retention schedule."""


class Restrictions(models.QuerySet["Restriction"]):
    """Restrictions by time."""

    def in_force(self, at: datetime) -> Restrictions:
        """Return the restrictions that count at a time."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)


class Restriction(models.Model):
    """Values that are kept and protected, and nothing else: every read is refused (PIPL 47).

    `field` empty means everything that is held of the customer. `kept_until` is until when `basis` wants them kept;
    reads stay refused after it, because the term is over, until they are destroyed or the restriction is lifted.
    Only `until` is ever set, once (a trigger holds that).
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="restrictions", db_index=False)
    field = models.CharField(max_length=40, blank=True, default="")
    basis = models.CharField(max_length=20)
    source = models.CharField(max_length=60, blank=True, default="")
    kept_until = models.DateTimeField(null=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = Restrictions.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=("customer", "field"), name="restriction_by_customer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="a restriction ends after it began",
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="a restriction says why"),
        ]

    def __str__(self) -> str:
        return f"{self.field or 'everything'} {self.pk}"
