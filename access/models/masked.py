"""Masked data sets: signed, made, fetched once."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MOST_ROWS = 10_000


class MaskedDatasets(models.QuerySet["MaskedDataset"]):
    """Data sets by whom they are for."""

    def made_for(self, person: UUID | None) -> MaskedDatasets:
        """Keep those that this person fetches; nobody in particular fetches none."""
        return self.filter(person_id=person) if person else self.none()


class MaskedDataset(models.Model):
    """A masked data set that was signed: its file, once a job has made it, waits a day for the person named.

    The key under which its pseudonyms were made is nowhere: it lived in the memory of the job.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    proposal = models.UUIDField(_("proposal"), unique=True)
    job = models.UUIDField(_("background job"))
    person_id = models.UUIDField(_("person"), db_index=True)
    person_number = models.CharField(_("staff number"), max_length=40)
    portfolios = models.JSONField(_("portfolios"))
    fields = models.JSONField(_("fields"))
    most = models.PositiveIntegerField(_("rows at most"))
    format = models.CharField(_("format"), max_length=8)
    signed_at = models.DateTimeField(_("signed at"))
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    rows = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    file = models.UUIDField(_("sealed file"), null=True, blank=True)
    event = models.BigIntegerField(_("event"), null=True, blank=True)
    keep_until = models.DateTimeField(_("can be fetched until"), null=True, blank=True)
    fetched_at = models.DateTimeField(_("fetched at"), null=True, blank=True)

    objects = MaskedDatasets.as_manager()

    class Meta:
        verbose_name = _("masked data set")
        verbose_name_plural = _("masked data sets")
        ordering = ("-signed_at",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(most__gte=1, most__lte=MOST_ROWS), name="a_masked_data_set_has_a_limit"
            ),
            models.CheckConstraint(
                condition=Q(made_at=None, rows=None, file=None, event=None, keep_until=None)
                | Q(
                    made_at__isnull=False,
                    rows__isnull=False,
                    file__isnull=False,
                    event__isnull=False,
                    keep_until__gt=F("made_at"),
                ),
                name="a_masked_data_set_that_was_made_has_a_file",
            ),
            models.CheckConstraint(
                condition=Q(fetched_at=None) | Q(made_at__isnull=False),
                name="a_masked_data_set_is_made_before_it_is_fetched",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
