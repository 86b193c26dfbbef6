"""What the personnel department says of people: a file in hand until somebody confirms what it changes."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class HrFile(models.Model):
    """The rows of one file: line, staff number, state, department. Nothing of it counts until it is confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rows = models.JSONField()
    sha256 = models.CharField(max_length=64)
    brought_at = models.DateTimeField(_("brought at"))
    brought_by_id = models.UUIDField()
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)

    class Meta:
        default_permissions = ()
        ordering = ("-brought_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(confirmed_at__gte=F("brought_at")),
                name="a file is confirmed after it was brought",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
