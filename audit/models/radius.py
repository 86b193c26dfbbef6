"""Measured breach radii, and their lists of customers that wait to be fetched."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class BreachRadius(models.Model):
    """What an account, a session, an address or a period had exposed when somebody asked; never rewritten."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by_number = models.CharField(_("staff number"), max_length=40)
    asked_by_name = models.CharField(_("name of the person"), max_length=200)
    person_id = models.UUIDField(_("person"), null=True, blank=True)
    person_number = models.CharField(_("staff number of the account"), max_length=40, blank=True)
    person_name = models.CharField(_("name of the account's owner"), max_length=200, blank=True)
    session = models.CharField(_("session (hash)"), max_length=128, blank=True)
    ip = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    figures = models.JSONField(_("figures"))
    event = models.BigIntegerField(_("event"))

    class Meta:
        verbose_name = _("breach radius")
        verbose_name_plural = _("breach radii")
        ordering = ("-asked_at",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="a_radius_has_a_period"),
        )

    def __str__(self) -> str:
        return str(self.id)


class RadiusFile(models.Model):
    """The list of a radius's customers, fetched once, within a day, by the person who had it made."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    radius = models.ForeignKey(BreachRadius, models.PROTECT, verbose_name=_("breach radius"))
    person_id = models.UUIDField(_("person"))
    person_number = models.CharField(_("staff number"), max_length=40)
    file = models.UUIDField(_("sealed file"))
    rows = models.PositiveIntegerField(_("rows"))
    event = models.BigIntegerField(_("event"))
    created_at = models.DateTimeField(_("made at"))
    keep_until = models.DateTimeField(_("can be fetched until"))
    fetched_at = models.DateTimeField(_("fetched at"), null=True, blank=True)

    class Meta:
        verbose_name = _("list of a breach radius")
        verbose_name_plural = _("lists of breach radii")
        ordering = ("-created_at",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(keep_until__gt=F("created_at")), name="a_radius_list_ends_after_it_was_made"
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
