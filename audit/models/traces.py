"""Leak traces: what was asked and what came out, and nothing of the list that was asked about."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class LeakTrace(models.Model):
    """One leaked list, laid beside the trail. Never edited, never deleted.

    Of the list it keeps a keyed hash and counts; of what was found, UUIDs of people and requests, numbers of events
    and figures (`ranking`, written by `audit.leaks.ranking`). No customer is named.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    list_hash = models.BinaryField(max_length=32)
    rows = models.PositiveIntegerField(_("rows of the list"))
    matched_rows = models.PositiveIntegerField(_("rows that name a customer"))
    unclear_rows = models.PositiveIntegerField(_("rows that fit several customers"))
    matched = models.PositiveIntegerField(_("customers on the list"))
    fields = models.JSONField(_("matched by"))
    since = models.DateTimeField(_("from"), null=True)
    until = models.DateTimeField(_("until"))
    population = models.PositiveIntegerField(_("customers in all"))
    people = models.PositiveIntegerField(_("people who saw any of them"))
    ranking = models.JSONField(_("ranking"))
    at = models.DateTimeField(_("made at"))
    by_id = models.UUIDField()
    by_number = models.CharField(_("staff number"), max_length=40)

    class Meta:
        default_permissions = ()
        ordering = ("-at",)
        verbose_name = _("leak trace")
        verbose_name_plural = _("leak traces")
        constraints = (
            models.CheckConstraint(
                condition=Q(matched_rows__lte=F("rows")), name="a_trace_matches_no_more_rows_than_there_are"
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(since__lt=F("until")),
                name="a_window_of_a_trace_has_a_length",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
