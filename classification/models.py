"""The catalogue as data: a field keeps its code for ever; what it means at a time is the version of that time."""

from __future__ import annotations

from datetime import datetime

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

LEVELS = (1, 2, 3, 4)
BASIC, BUSINESS, SENSITIVE = "basic", "business", "sensitive"
NO_INDEX, EXACT, EXACT_LAST_FOUR = "none", "exact", "exact_last_four"
CONSENT, CONTRACT, LEGAL_DUTY, EMERGENCY, NEWS, MADE_PUBLIC, OTHER_LAW = BASES = (
    "consent",
    "contract",
    "legal_duty",
    "emergency",
    "news",
    "made_public",
    "other_law",
)
"""The seven legal bases of PIPL 13, in its order."""
NECESSARY, OPTIONAL = "necessary", "optional"
COLLECTION, LAST_CONTACT, END_OF_RELATIONSHIP, WITHDRAWAL = RETAINED_FROM = (
    "collection",
    "last_contact",
    "end_of_relationship",
    "withdrawal",
)

FIELD, CATEGORY = SCOPES = ("field", "category")
DESTROY, STORE = ENDINGS = ("destroy", "store")
SCHEDULE_STARTS = (COLLECTION, LAST_CONTACT, END_OF_RELATIONSHIP)
"""A withdrawal ends a purpose, not a field: purposes count from it, schedules do not."""

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


def bases() -> list[tuple[str, object]]:
    """Return the legal bases of PIPL 13."""
    return [
        (CONSENT, _("the customer's consent")),
        (CONTRACT, _("needed to conclude or fulfil a contract")),
        (LEGAL_DUTY, _("needed for a duty that the law sets")),
        (EMERGENCY, _("public health emergency, or life and property in danger")),
        (NEWS, _("news reporting in the public interest")),
        (MADE_PUBLIC, _("information made public lawfully, within reason")),
        (OTHER_LAW, _("another case that a law names")),
    ]


def retained_from() -> list[tuple[str, object]]:
    """Return from when the months of keeping count."""
    return [
        (COLLECTION, _("from collection")),
        (LAST_CONTACT, _("from the last contact")),
        (END_OF_RELATIONSHIP, _("from the end of the relationship")),
        (WITHDRAWAL, _("from the withdrawal of consent")),
    ]


def endings() -> list[tuple[str, object]]:
    """Return what follows the end of a term."""
    return [(DESTROY, pgettext_lazy("after a term", "destroyed")), (STORE, _("storage only, then destroyed"))]


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


class Purpose(models.Model):
    """Why a value may be used: one object for notice, consent, request, contact and read (S2-23).

    Its code is for ever and its names may be put right; what it allows is the version of the time.
    """

    code = models.CharField(_("code"), primary_key=True, max_length=40, validators=[is_code], editable=False)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return in_active_language(self.name_zh, self.name_en)


class PurposeVersions(models.QuerySet["PurposeVersion"]):
    """Versions by time."""

    def in_force(self, at: datetime) -> PurposeVersions:
        """Return the versions that count at a time."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)


class PurposeVersion(models.Model):
    """What a purpose allows from a time on: signed once, superseded, never edited (a trigger holds that).

    `fields` names every field it needs, each `necessary` or `optional`; a field that no purpose in force names
    cannot be filled (S0-7). `retain_months` count from `retain_from` (PIPL 19).
    """

    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="versions", verbose_name=_("purpose"))
    number = models.PositiveSmallIntegerField(_("version"))
    basis = models.CharField(_("legal basis"), max_length=20, choices=bases)
    basis_reason_zh = models.CharField(
        _("why this basis, in Chinese"), max_length=300, blank=True, default=""
    )
    basis_reason_en = models.CharField(
        _("why this basis, in English"), max_length=300, blank=True, default=""
    )
    fields = models.JSONField(_("fields"), default=dict, blank=True)
    roles = models.JSONField(_("roles that may pick it"), default=list, blank=True)
    necessary_for_service = models.BooleanField(_("necessary for the service"), default=False)
    service_reason_zh = models.CharField(
        _("why it is necessary, in Chinese"), max_length=300, blank=True, default=""
    )
    service_reason_en = models.CharField(
        _("why it is necessary, in English"), max_length=300, blank=True, default=""
    )
    retain_months = models.PositiveSmallIntegerField(_("months kept"))
    retain_from = models.CharField(_("kept from"), max_length=30, choices=retained_from)
    consent_months = models.PositiveSmallIntegerField(
        _("months that a consent counts"), null=True, blank=True
    )
    automated = models.BooleanField(_("automated decisions"), default=False)
    owner = models.CharField(_("responsible department"), max_length=32, blank=True, default="")
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    shipped = models.BooleanField(_("shipped default"), default=False)
    proposal = models.UUIDField(_("proposal"), null=True, blank=True)

    objects = PurposeVersions.as_manager()

    class Meta:
        verbose_name = _("purpose version")
        verbose_name_plural = _("purpose versions")
        default_permissions = ("view",)
        ordering = ("purpose", "number")
        constraints = [
            models.UniqueConstraint(fields=("purpose", "number"), name="a purpose numbers its versions once"),
            models.UniqueConstraint(
                fields=("purpose",), condition=Q(until__isnull=True), name="a purpose has one open version"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="a purpose ends after it began",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=BASES), name="a basis is one of the seven of PIPL 13"
            ),
            models.CheckConstraint(
                condition=Q(basis=CONSENT) | ~Q(basis_reason_zh="") | ~Q(basis_reason_en=""),
                name="a basis other than consent has a reason",
            ),
            models.CheckConstraint(
                condition=Q(necessary_for_service=False)
                | ~Q(service_reason_zh="")
                | ~Q(service_reason_en=""),
                name="what the service needs says why",
            ),
            models.CheckConstraint(
                condition=Q(retain_months__gte=1) & Q(retain_from__in=RETAINED_FROM),
                name="a purpose says how long its values are kept",
            ),
            models.CheckConstraint(
                condition=Q(shipped=True) | Q(proposal__isnull=False),
                name="a purpose version is shipped or signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_id} {self.number}"


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


class Schedules(models.QuerySet["Schedule"]):
    """Schedules by time."""

    def in_force(self, at: datetime) -> Schedules:
        """Return the schedules that count at a time."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)


class Schedule(models.Model):
    """How long values of a field or of a category may be kept at most, and what follows (PIPL 19, S2-13).

    `months` count from `starts`. `floor` is the code of the law fact that wants them kept for at least its term from
    `floor_from`. `store_months`: how long they are only stored after the end, where that follows. `verify_months`:
    after how many months a value is confirmed with the customer again (S2-14). Signed once, superseded, never edited
    (a trigger holds that). How long each purpose needs a value stands with the purpose.
    """

    scope = models.CharField(_("speaks about"), max_length=10)
    subject = models.CharField(_("field or category"), max_length=40)
    number = models.PositiveSmallIntegerField(_("version"))
    starts = models.CharField(_("kept from"), max_length=30, choices=retained_from)
    months = models.PositiveSmallIntegerField(_("months kept at most"))
    floor = models.CharField(_("legal floor"), max_length=60, blank=True, default="")
    floor_from = models.CharField(_("the floor counts from"), max_length=30, blank=True, default="")
    then = models.CharField(_("then"), max_length=10, choices=endings, default=DESTROY)
    store_months = models.PositiveSmallIntegerField(_("months stored only"), null=True, blank=True)
    verify_months = models.PositiveSmallIntegerField(_("months until confirmed again"), null=True, blank=True)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    shipped = models.BooleanField(_("shipped default"), default=False)
    proposal = models.UUIDField(_("proposal"), null=True, blank=True)

    objects = Schedules.as_manager()

    class Meta:
        verbose_name = _("retention schedule")
        verbose_name_plural = _("retention schedules")
        default_permissions = ("view",)
        ordering = ("scope", "subject", "number")
        constraints = [
            models.UniqueConstraint(
                fields=("scope", "subject", "number"), name="a schedule numbers its versions once"
            ),
            models.UniqueConstraint(
                fields=("scope", "subject"),
                condition=Q(until__isnull=True),
                name="a schedule has one open version",
            ),
            models.CheckConstraint(
                condition=Q(scope__in=SCOPES), name="a schedule speaks about a field or a category"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="a schedule ends after it began",
            ),
            models.CheckConstraint(
                condition=Q(months__gte=1, starts__in=SCHEDULE_STARTS), name="a schedule has a term"
            ),
            models.CheckConstraint(
                condition=Q(floor="", floor_from="") | ~Q(floor="") & Q(floor_from__in=SCHEDULE_STARTS),
                name="a legal floor says from when it counts",
            ),
            models.CheckConstraint(
                condition=Q(then=DESTROY, store_months__isnull=True) | Q(then=STORE, store_months__gte=1),
                name="what is only stored says for how long",
            ),
            models.CheckConstraint(
                condition=Q(verify_months__isnull=True) | Q(verify_months__gte=1),
                name="values are confirmed after a month at least",
            ),
            models.CheckConstraint(
                condition=Q(shipped=True) | Q(proposal__isnull=False), name="a schedule is shipped or signed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.subject} {self.number}"
