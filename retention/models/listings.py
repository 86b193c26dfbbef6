"""What each day's run found due: the newest list is kept whole, of earlier ones the counts."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class DueListing(models.Model):
    """One run over all customers. `customers`: with something due; `stored`: of them, only stored by floor or hold."""

    at = models.DateTimeField(_("as of"), db_index=True)
    customers = models.PositiveIntegerField(default=0)
    entries_found = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("due list")
        verbose_name_plural = _("due lists")
        ordering = ("-at", "-pk")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class DueEntry(models.Model):
    """One line of a due list, as `retention.due.Due` says it."""

    listing = models.ForeignKey(DueListing, models.CASCADE, related_name="entries")
    customer = models.UUIDField()
    fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    rule = models.CharField(max_length=60)
    reason_code = models.CharField(max_length=30)
    until = models.DateTimeField()
    storage_only_until = models.DateTimeField(null=True)
    basis = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        default_permissions = ()
        ordering = ("until", "pk")

    def __str__(self) -> str:
        return str(self.pk)
