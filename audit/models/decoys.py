"""Decoy customers: which of the customers are planted. Nobody but the data security officer is told."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Decoy(models.Model):
    """A customer who does not exist, planted so that touching it raises an alarm. Never edited, never deleted."""

    customer = models.UUIDField(_("customer"), unique=True)
    planted_at = models.DateTimeField(_("planted at"))
    planted_by_id = models.UUIDField()
    planted_by_number = models.CharField(max_length=40)

    class Meta:
        default_permissions = ()
        ordering = ("-planted_at", "-id")
        verbose_name = _("decoy customer")
        verbose_name_plural = _("decoy customers")

    def __str__(self) -> str:
        return str(self.customer)
