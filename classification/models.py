"""The catalogue as data: a field keeps its code for ever; what it means at a time is the version of that time."""

from __future__ import annotations

from datetime import datetime

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LEVELS = (1, 2, 3, 4)
BASIC, BUSINESS, SENSITIVE = "basic", "business", "sensitive"
NO_INDEX, EXACT, EXACT_LAST_FOUR = "none", "exact", "exact_last_four"

is_code = RegexValidator(r"\A[a-z][a-z0-9_]{1,39}\Z", _("Lower-case letters, digits and underscores."))


def categories() -> list[tuple[str, object]]:
    """Return the categories of S0-8, a dimension apart from the level."""
    return [
        (BASIC, _("basic information")),
        (BUSINESS, _("business information")),
        (SENSITIVE, _("sensitive information")),
    ]


def indexes() -> list[tuple[str, object]]:
    """Return the ways in which a sealed field may be found again."""
    return [
        (NO_INDEX, _("not searchable")),
        (EXACT, _("whole value")),
        (EXACT_LAST_FOUR, _("whole value and last four")),
    ]


def in_active_language(zh: str, en: str) -> str:
    """Return the name that the active language wants."""
    return en if (get_language() or "").startswith("en") else zh


class Field(models.Model):
    """One entry of the catalogue. Its code is for ever; its names and place on forms may change."""

    code = models.CharField(_("code"), primary_key=True, max_length=40, validators=[is_code], editable=False)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    form_order = models.PositiveSmallIntegerField(_("place on forms"), default=500)

    class Meta:
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        ordering = ("form_order", "code")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z0-9_]{1,39}$"), name="a field code is lower case"
            ),
            models.CheckConstraint(condition=~Q(name_zh="") & ~Q(name_en=""), name="a field has both names"),
        ]

    def __str__(self) -> str:
        return in_active_language(self.name_zh, self.name_en)


class FieldVersions(models.QuerySet["FieldVersion"]):
    """Versions by time."""

    def in_force(self, at: datetime) -> FieldVersions:
        """Return the versions that count at a time."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)


class FieldVersion(models.Model):
    """What a field means from a time on: signed once, superseded, never edited (a trigger holds that)."""

    field = models.ForeignKey(Field, models.PROTECT, related_name="versions", verbose_name=_("field"))
    number = models.PositiveSmallIntegerField(_("version"))
    category = models.CharField(_("category"), max_length=20, choices=categories)
    level = models.PositiveSmallIntegerField(_("level"))
    kind = models.CharField(_("kind"), max_length=30)
    params = models.JSONField(_("parameters of the kind"), default=dict, blank=True)
    index = models.CharField(_("search"), max_length=20, choices=indexes, default=NO_INDEX)
    required = models.BooleanField(_("required"), default=False)
    sensitive = models.BooleanField(_("sensitive personal information"), default=False)
    derived_from = models.CharField(_("derived from"), max_length=80, blank=True, default="")
    purposes = models.JSONField(_("purposes"), default=list, blank=True)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    shipped = models.BooleanField(_("shipped default"), default=False)
    proposal = models.UUIDField(_("proposal"), null=True, blank=True)

    objects = FieldVersions.as_manager()

    class Meta:
        verbose_name = _("field version")
        verbose_name_plural = _("field versions")
        default_permissions = ("view",)
        ordering = ("field", "number")
        constraints = [
            models.UniqueConstraint(fields=("field", "number"), name="a field numbers its versions once"),
            models.UniqueConstraint(
                fields=("field",), condition=Q(until__isnull=True), name="a field has one open version"
            ),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="a level is 1 to 4"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="a version ends after it began",
            ),
            models.CheckConstraint(
                condition=Q(index=NO_INDEX) | Q(level=3), name="only a sealed L3 field has a blind index"
            ),
            models.CheckConstraint(
                condition=Q(derived_from="") | Q(level__lte=2, index=NO_INDEX, required=False),
                name="a derived field is open and asked of nobody",
            ),
            models.CheckConstraint(
                condition=Q(shipped=True) | Q(proposal__isnull=False), name="a version is shipped or signed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} {self.number}"


class InForce(models.QuerySet["Purpose"]):
    """Purposes by time."""

    def in_force(self, at: datetime) -> InForce:
        """Return the purposes that may be picked at a time."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)


class Purpose(models.Model):
    """Why a value may be used: one object for notice, consent, request and read (S2-23)."""

    code = models.CharField(_("code"), primary_key=True, max_length=40, validators=[is_code], editable=False)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    roles = models.JSONField(_("roles that may pick it"), default=list, blank=True)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = InForce.as_manager()

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="a purpose ends after it began",
            ),
        ]

    def __str__(self) -> str:
        return in_active_language(self.name_zh, self.name_en)


class Scenario(models.Model):
    """Where a value is collected (S0-3, S0-4). Its purposes decide which fields it may ask for."""

    code = models.CharField(_("code"), primary_key=True, max_length=40, validators=[is_code], editable=False)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    purposes = models.JSONField(_("purposes"), default=list, blank=True)
    insists = models.BooleanField(_("insists on required fields"), default=False)
    form_order = models.PositiveSmallIntegerField(_("place on forms"), default=500)

    class Meta:
        verbose_name = _("collection scenario")
        verbose_name_plural = _("collection scenarios")
        ordering = ("form_order", "code")
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return in_active_language(self.name_zh, self.name_en)
