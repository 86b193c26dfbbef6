"""What a person holds, as dated rows. A row is ended, never deleted; whether it is live is computed.

`lapses_at` is set while a permission review waits for somebody to confirm the right, and cleared by that: silence ends
the right at that very second, whether or not anything has run.
"""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from staff.models.people import Department, Person
from staff.roles import NAMES


def role_choices() -> list[tuple[str, str]]:
    """Return every role as a choice."""
    return [(role, str(name)) for role, name in NAMES.items()]


def live(at: datetime) -> Q:
    """Return the condition "in force at `at`" for rows with `since`, `until` and `lapses_at`."""
    return Q(since__lte=at) & not_over(at)


def not_over(at: datetime) -> Q:
    """Return the condition "neither ended nor lapsed at `at`"."""
    return (Q(until__isnull=True) | Q(until__gt=at)) & (Q(lapses_at__isnull=True) | Q(lapses_at__gt=at))


def frozen_at(at: datetime) -> Q:
    """Return the condition "in force at `at`" for freezes."""
    return Q(at__lte=at) & (Q(until__isnull=True) | Q(until__gt=at))


class RoleHolding(models.Model):
    """A role that a person holds for a time."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="holdings", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=16, choices=role_choices)
    since = models.DateTimeField(_("held since"))
    until = models.DateTimeField(_("held until"), null=True, blank=True)
    lapses_at = models.DateTimeField(_("lapses unless confirmed"), null=True, blank=True)
    proposal = models.UUIDField(_("proposal"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("role of a person")
        verbose_name_plural = _("roles of people")
        ordering = ("person", "role", "since")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("person", "role"),
                condition=Q(until__isnull=True),
                name="a_role_is_held_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="a_role_ends_after_it_began"
            ),
            models.CheckConstraint(condition=~Q(role="head"), name="head_is_never_given_as_a_role"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"


class Headship(models.Model):
    """A person leads a department for a time."""

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="headships", verbose_name=_("department")
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="headships", verbose_name=_("person"))
    since = models.DateTimeField(_("held since"))
    until = models.DateTimeField(_("held until"), null=True, blank=True)
    lapses_at = models.DateTimeField(_("lapses unless confirmed"), null=True, blank=True)
    proposal = models.UUIDField(_("proposal"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("headship")
        verbose_name_plural = _("headships")
        ordering = ("department", "since")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("department", "person"),
                condition=Q(until__isnull=True),
                name="a_headship_is_held_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="a_headship_ends_after_it_began",
            ),
        )

    def __str__(self) -> str:
        return f"{self.department_id} {self.person_id}"


class Freeze(models.Model):
    """A person may do nothing from `at` until two people undo it. Requests, links and jobs look at this row."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="freezes", verbose_name=_("person"))
    at = models.DateTimeField(_("frozen at"))
    by_number = models.CharField(_("frozen by"), max_length=32)
    until = models.DateTimeField(_("undone at"), null=True, blank=True)
    proposal = models.UUIDField(_("proposal"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("freeze")
        verbose_name_plural = _("freezes")
        ordering = ("-at",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("person",), condition=Q(until__isnull=True), name="a_person_is_frozen_once_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return str(self.person_id)
