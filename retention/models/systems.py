"""The register of downstream systems: who holds copies of customers' values that this site handed on."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from retention.models.destruction import WAYS, DestructionBatch, ways


class DownstreamSystem(models.Model):
    """A system elsewhere that holds values of customers, and whom to tell when they are destroyed (PIPL 47).

    `fields` and `categories`: what it holds. What a row said earlier is in the trail; an ended one is told no more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("system"), max_length=80)
    owner = models.CharField(_("owner"), max_length=80)
    contact = models.CharField(_("contact"), max_length=200)
    how = models.CharField(_("told"), max_length=10, choices=ways)
    fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    categories = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    since = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("downstream system")
        verbose_name_plural = _("downstream systems")
        ordering = ("name", "since")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=("name",), condition=Q(ended_at=None), name="a downstream system is listed once"
            ),
            models.CheckConstraint(
                condition=Q(how__in=WAYS), name="a downstream system is told in a known way"
            ),
            models.CheckConstraint(
                condition=~Q(fields=[]) | ~Q(categories=[]), name="a downstream system holds something"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SystemTold(models.Model):
    """That the owner of a downstream system was told of a batch; `told_on` and `how` as somebody states."""

    batch = models.ForeignKey(DestructionBatch, models.PROTECT, related_name="+")
    system = models.ForeignKey(DownstreamSystem, models.PROTECT, related_name="+", db_index=False)
    told_on = models.DateField()
    how = models.CharField(max_length=10, choices=ways)
    by_id = models.UUIDField()
    by_number = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("batch", "system"), name="a system is told once of a batch"),
            models.CheckConstraint(condition=Q(how__in=WAYS), name="a system is told in a known way"),
        ]

    def __str__(self) -> str:
        return f"told {self.pk}"
