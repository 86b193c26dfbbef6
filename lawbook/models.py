"""Law facts by date, and the years of the working calendar that were entered here. Neither is ever edited."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SRC, SECOND, MEM, HOUSE = "src", "2nd", "mem", "house"
HOUR, DAY, WORKING_DAY, MONTH, YEAR = "hour", "day", "working_day", "month", "year"
PERSON, RECORD, TIMES, PERCENT = "person", "record", "times", "percent"


def certainties() -> list[tuple[str, str | Promise]]:
    """Return how surely a fact is known; a house rule is no law, and a company may set another."""
    return [
        (SRC, _("full text read")),
        (SECOND, _("quoted by others")),
        (MEM, _("from memory, to be verified")),
        (HOUSE, _("house rule, not law")),
    ]


def units() -> list[tuple[str, str | Promise]]:
    """Return the units that a fact may be counted in; `lawbook.terms` says which are spans of time."""
    return [
        (HOUR, _("hours")),
        (DAY, _("days")),
        (WORKING_DAY, _("working days")),
        (MONTH, _("months")),
        (YEAR, _("years")),
        (PERSON, _("persons")),
        (RECORD, _("records")),
        (TIMES, _("times")),
        (PERCENT, _("per cent")),
    ]


class FactVersions(models.QuerySet["FactVersion"]):
    """Facts by date."""

    def in_force(self, on: date) -> FactVersions:
        """Keep the facts that hold on a day."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=on), since__lte=on)


class FactVersion(models.Model):
    """What a law says in one number from a day on. Superseded by a later row, never edited (a trigger holds that)."""

    code = models.SlugField(_("code"), max_length=60)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120)
    words_zh = models.TextField(_("Chinese words"))
    words_en = models.TextField(_("English words"))
    value = models.PositiveBigIntegerField(_("value"))
    unit = models.CharField(_("unit"), max_length=12, choices=units)
    citation_zh = models.CharField(_("source of law"), max_length=120)
    citation_en = models.CharField(_("source of law in English"), max_length=160)
    article = models.CharField(_("article"), max_length=40, blank=True, default="")
    since = models.DateField(_("applies from"))
    until = models.DateField(_("applies until"), null=True, blank=True)
    certainty = models.CharField(_("certainty"), max_length=5, choices=certainties)
    source = models.CharField(_("read in"), max_length=200, blank=True, default="")
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    verified_by = models.CharField(_("verified by"), max_length=80, blank=True, default="")
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)

    objects = FactVersions.as_manager()

    class Meta:
        verbose_name = _("law fact")
        verbose_name_plural = _("law facts")
        ordering = ("code", "since")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=("code", "since"), name="a fact begins once on a day"),
            models.UniqueConstraint(
                fields=("code",), condition=Q(until__isnull=True), name="a fact has one open version"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="a fact ends after it began"
            ),
            models.CheckConstraint(
                condition=Q(certainty__in=(SRC, SECOND, MEM, HOUSE)),
                name="a fact says how surely it is known",
            ),
            models.CheckConstraint(
                condition=~Q(certainty__in=(SRC, SECOND))
                | Q(verified_on__isnull=False) & ~Q(verified_by="") & ~Q(source=""),
                name="what was verified says when and by whom and where",
            ),
            models.CheckConstraint(
                condition=~Q(certainty=MEM) | Q(verified_on__isnull=True),
                name="what is remembered was verified on no day",
            ),
            models.CheckConstraint(
                condition=~Q(name_zh="") & ~Q(name_en="") & ~Q(words_zh="") & ~Q(words_en=""),
                name="a fact has words in both languages",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.since}"


class WorkingYears(models.QuerySet["WorkingYear"]):
    """Entered years."""

    def newest(self) -> WorkingYears:
        """Keep the last entry of each year, the years in their order."""
        return self.order_by("year", "-pk").distinct("year")


class WorkingYear(models.Model):
    """The arrangement of one year as published: days off, and days worked in exchange. Entered again, never edited."""

    year = models.PositiveSmallIntegerField(_("year"))
    days_off = models.JSONField(_("days off"))
    days_worked = models.JSONField(_("weekend days worked"), default=list)
    citation = models.CharField(_("published as"), max_length=200)
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.CharField(_("entered by"), max_length=40)

    objects = WorkingYears.as_manager()

    class Meta:
        verbose_name = _("working calendar of a year")
        verbose_name_plural = _("working calendars by year")
        ordering = ("-year", "-pk")
        default_permissions = ("view",)
        constraints = (
            models.CheckConstraint(
                condition=Q(year__gte=2004, year__lte=2200), name="a working year is a year"
            ),
            models.CheckConstraint(
                condition=~Q(citation=""), name="a working year says where it was published"
            ),
        )

    def __str__(self) -> str:
        return str(self.year)
