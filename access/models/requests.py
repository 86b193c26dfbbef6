"""Usage requests (《信息使用申请表》), what ended a grant early, and what was used of it (S0-33, S0-34)."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.grants import EXPORT, OUTPUTS, SCREEN

if TYPE_CHECKING:
    from datetime import datetime

ONE, LIST, FILTER = "one", "list", "filter"
SELECTIONS = (ONE, LIST, FILTER)
SERVICE, DEPARTMENTS, ANALYSIS = "service", "departments", "analysis"
SCENARIOS = (SERVICE, DEPARTMENTS, ANALYSIS)
MOST_CUSTOMERS = 2000


def scenarios() -> list[tuple[str, Promise]]:
    """Return the scenarios of use (S0-5)."""
    return [
        (SERVICE, _("customer service")),
        (DEPARTMENTS, _("work across departments")),
        (ANALYSIS, _("analysis")),
    ]


def outputs() -> list[tuple[str, Promise]]:
    """Return how values may leave: on the screen only, or in a file."""
    return [(SCREEN, _("on the screen")), (EXPORT, _("on the screen and in a file"))]


class UsageRequest(models.Model):
    """What somebody asks to see, for what, and for how long. The row never changes; `proposal` holds its signatures.

    A request narrowed by whoever signs, and an extension, are rows of their own. `customers` are sorted.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.BigIntegerField(
        _("number of the request"),
        unique=True,
        editable=False,
        db_default=Func(Value("access_request_number"), function="nextval"),
    )
    proposal = models.UUIDField(_("proposal"), unique=True)
    applicant_id = models.UUIDField(_("applicant"))
    applicant_number = models.CharField(_("staff number of the applicant"), max_length=32)
    applicant_name = models.CharField(_("name of the applicant"), max_length=80)
    department = models.CharField(_("department"), max_length=32)
    purpose = models.CharField(_("purpose"), max_length=40)
    scenario = models.CharField(_("scenario of use"), max_length=12, choices=scenarios)
    fields = ArrayField(models.CharField(max_length=40), verbose_name=_("fields"))
    customers = ArrayField(models.UUIDField(), verbose_name=_("customers"))
    tiers = ArrayField(models.CharField(max_length=10), verbose_name=_("customer tiers"))
    level = models.PositiveSmallIntegerField(_("highest level"))
    selection = models.CharField(_("how customers were chosen"), max_length=8)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    output = models.CharField(_("output"), max_length=8, choices=outputs)
    uses = models.PositiveIntegerField(_("values"))
    without_consent = models.PositiveIntegerField(_("customers without consent"), default=0)
    reason = models.UUIDField(_("sealed reason"))
    justification = models.UUIDField(_("sealed justification"), null=True, blank=True)
    attachments = ArrayField(models.UUIDField(), verbose_name=_("attachments"), default=list, blank=True)
    narrows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="narrowed")
    extends = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="extensions")
    asked_at = models.DateTimeField(_("asked at"))

    class Meta:
        verbose_name = _("usage request")
        verbose_name_plural = _("usage requests")
        ordering = ("-number",)
        default_permissions = ("view",)
        indexes = (
            models.Index(fields=("applicant_id", "-ends_at"), name="requests_of_a_person"),
            GinIndex(fields=("customers",), name="requests_about_a_customer"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="a_request_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(output__in=OUTPUTS), name="a_request_is_for_screen_or_file"),
            models.CheckConstraint(condition=Q(scenario__in=SCENARIOS), name="a_request_has_a_scenario"),
            models.CheckConstraint(
                condition=Q(customers__len__gte=1, customers__len__lte=MOST_CUSTOMERS),
                name="a_request_names_one_to_2000_customers",
            ),
            models.CheckConstraint(
                condition=Q(fields__len__gte=1, uses__gte=1), name="a_request_asks_for_something"
            ),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="l4_is_asked_for_elsewhere"),
            models.CheckConstraint(
                condition=Q(without_consent=0) | Q(justification__isnull=False),
                name="customers_without_consent_are_justified",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}"

    def covers(self, at: "datetime") -> bool:
        """Return whether `at` lies within its time."""
        return self.starts_at <= at < self.ends_at


class Revocation(models.Model):
    """A grant that was ended before its time, by whoever signed it or by a data security officer."""

    request = models.OneToOneField(UsageRequest, models.PROTECT, primary_key=True, related_name="revocation")
    by_id = models.UUIDField(_("revoked by"))
    by_number = models.CharField(_("staff number"), max_length=32)
    reason = models.UUIDField(_("sealed reason"))
    at = models.DateTimeField(_("revoked at"))

    class Meta:
        verbose_name = _("revocation of a grant")
        verbose_name_plural = _("revocations of grants")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.request_id)


class GrantUse(models.Model):
    """One value that was shown, handed out or sent under a grant."""

    request = models.ForeignKey(UsageRequest, models.PROTECT, related_name="used")
    customer = models.UUIDField(_("customer"))
    field = models.CharField(_("field"), max_length=40)
    event = models.BigIntegerField(_("event"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("use of a grant")
        verbose_name_plural = _("uses of grants")
        default_permissions = ("view",)
        indexes = (models.Index(fields=("request", "customer"), name="uses_of_a_request"),)

    def __str__(self) -> str:
        return f"{self.request_id} {self.field}"
