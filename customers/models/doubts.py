"""Places whose values look like a kind of a higher level, what runs saw of them, and who put one aside."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from customers.models.records import Customer

FIELD, COLUMN, NOTE = "field", "column", "note"
PLACES = (FIELD, COLUMN, NOTE)


class LabelDoubt(models.Model):
    """A place whose values look like a kind of a higher level: a field, a column left out, one customer's text.

    What it holds is where and what; the counts lie in its sightings, and whether it is open is worked out
    (`customers.discovery.doubts`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.CharField(max_length=10)
    field = models.CharField(max_length=40, blank=True, default="")
    column = models.CharField(max_length=120, blank=True, default="")
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="label_doubts")
    kind = models.CharField(max_length=30)
    first_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=("place", "field", "column", "customer", "kind"),
                nulls_distinct=False,
                name="a place is doubted once per kind",
            ),
            models.CheckConstraint(
                condition=Q(place=FIELD, column="", customer__isnull=True) & ~Q(field="")
                | Q(place=COLUMN, field="", customer__isnull=True) & ~Q(column="")
                | Q(place=NOTE, column="", customer__isnull=False) & ~Q(field=""),
                name="a doubt is about a field, a column or a text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.id}"


class DoubtSighting(models.Model):
    """What one run saw of a doubt. `hits` counts values of a field or column, identifiers of a single text."""

    doubt = models.ForeignKey(LabelDoubt, models.CASCADE, related_name="sightings", db_index=False)
    run = models.UUIDField()
    at = models.DateTimeField()
    values = models.PositiveBigIntegerField()
    hits = models.PositiveBigIntegerField()
    passed = models.PositiveBigIntegerField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=("doubt", "-at"), name="sighting_by_doubt")]
        constraints = [
            models.UniqueConstraint(fields=("doubt", "run"), name="a run sees a doubt once"),
            models.CheckConstraint(
                condition=Q(values__gte=1, hits__gte=1), name="a sighting counts what was seen"
            ),
            models.CheckConstraint(
                condition=Q(passed__isnull=True) | Q(passed__lte=F("hits")),
                name="no more pass a check than were seen",
            ),
        ]


class DoubtDismissal(models.Model):
    """A doubt put aside with a reason until a day, as it stood in one sighting. Never edited; a new one follows."""

    doubt = models.ForeignKey(LabelDoubt, models.CASCADE, related_name="dismissals", db_index=False)
    sighting = models.ForeignKey(DoubtSighting, models.CASCADE, related_name="+")
    until = models.DateTimeField()
    reason = models.UUIDField()
    by_id = models.UUIDField()
    by_number = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=("doubt", "-at"), name="dismissal_by_doubt")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="a dismissal ends after it was made"),
        ]
