"""Portfolios, customers, and what hangs on each of them: rights, index rows, old values, contacts."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.postgres.functions import RandomUUID
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Collate, Lower, Replace, Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from guardian.models import UserObjectPermissionBase

from vault.constraints import SealedDocument

SERVE_PORTFOLIO = "serve_portfolio"
SERVE_CUSTOMER = "serve_customer"
STANDARD, PREMIUM, VIP = "standard", "premium", "vip"
TIERS = (STANDARD, PREMIUM, VIP)
CHANNELS = ("phone", "chat", "counter", "mail")
NUMBER_LIMIT = 40

is_portfolio_code = RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9_-]{0,19}\Z", _("Letters, digits and hyphens."))


def tiers() -> list[tuple[str, object]]:
    """Return the customer tiers, the second axis of access (S4-55)."""
    return [(STANDARD, _("standard")), (PREMIUM, _("premium")), (VIP, _("VIP"))]


def channels() -> list[tuple[str, object]]:
    """Return the channels of a contact."""
    return [("phone", _("phone")), ("chat", _("chat")), ("counter", _("counter")), ("mail", _("mail"))]


class OpenDocument(Func):
    """Whether a document is an object that holds only strings and lists of strings."""

    template = (
        "jsonb_typeof(%(expressions)s) = 'object'"
        " and not jsonb_path_exists(%(expressions)s,"
        " 'strict $.* ? (@.type() != \"string\" && @.type() != \"array\")', '{}', true)"
        " and not jsonb_path_exists(%(expressions)s,"
        " 'strict $.* ? (@.type() == \"array\")[*] ? (@.type() != \"string\")', '{}', true)"
    )
    output_field = models.BooleanField()


def name_key() -> Collate:
    """Return the expression by which names are found and ordered: in byte order, prefixes are ranges."""
    return Collate(Lower(KeyTextTransform("full_name", "open")), "C")


def number_key() -> Upper:
    """Return the expression by which numbers are found: hyphens and case do not matter."""
    return Upper(Replace("number", Value("-"), Value("")))


class Portfolio(models.Model):
    """A book of customers served by one team."""

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[is_portfolio_code])
    name = models.CharField(_("name"), max_length=80)
    department = models.ForeignKey(
        "staff.Department", models.PROTECT, related_name="portfolios", verbose_name=_("department")
    )
    region = models.CharField(_("region"), max_length=40, blank=True, default="")

    class Meta:
        verbose_name = _("portfolio")
        verbose_name_plural = _("portfolios")
        ordering = ("code",)
        default_permissions = ("view", "add", "change")
        permissions = ((SERVE_PORTFOLIO, "Serve the customers of this portfolio"),)
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="a portfolio has a code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


def given(at: datetime) -> Q:
    """Return the condition "neither ended nor lapsed at `at`" for what is given to people."""
    lasting = Q(until__isnull=True) | Q(until__gt=at)
    return lasting & (Q(lapses_at__isnull=True) | Q(lapses_at__gt=at))


class Given(UserObjectPermissionBase):
    """What guardian's rows with a direct key have in common: from when, and until when they count.

    `lapses_at` is set while a permission review waits for somebody to confirm the right, and cleared by that.
    `since` is unknown of what was given before rows had dates.
    """

    since = models.DateTimeField(null=True, editable=False)
    until = models.DateTimeField(null=True, editable=False)
    lapses_at = models.DateTimeField(null=True, editable=False)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True


class PortfolioPersonPermission(Given):
    """Who serves which portfolio."""

    content_object = models.ForeignKey(Portfolio, models.CASCADE, related_name="person_permissions")

    class Meta(Given.Meta):
        abstract = False
        default_permissions = ()


class Customer(models.Model):
    """One person whose information is governed."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("customer number"), max_length=NUMBER_LIMIT, unique=True)
    portfolio = models.ForeignKey(
        Portfolio, models.PROTECT, related_name="customers", db_index=False, verbose_name=_("portfolio")
    )
    tier = models.CharField(_("customer tier"), max_length=10, choices=tiers, default=STANDARD)
    relationship_since = models.DateField(_("customer since"), null=True, blank=True)
    relationship_until = models.DateField(_("customer until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    open = models.JSONField(default=dict, editable=False)
    sealed = models.JSONField(default=dict, editable=False)
    salt = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    origins = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        default_permissions = ()
        permissions = ((SERVE_CUSTOMER, "Serve this one customer"),)
        indexes = [
            models.Index(fields=("portfolio", "number"), name="customer_portfolio_number"),
            models.Index(fields=("tier", "number"), condition=~Q(tier=STANDARD), name="customer_raised_tier"),
            models.Index(F("portfolio"), name_key(), F("number"), name="customer_name_prefix"),
            models.Index(number_key(), name="customer_folded_number"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="a customer has a number"),
            models.CheckConstraint(condition=Q(tier__in=TIERS), name="a tier is standard, premium or vip"),
            models.CheckConstraint(condition=Q(version__gte=1), name="a version counts from one"),
            models.CheckConstraint(
                condition=Q(relationship_until__isnull=True)
                | Q(relationship_since__isnull=True)
                | Q(relationship_until__gte=F("relationship_since")),
                name="a relationship ends after it began",
            ),
            models.CheckConstraint(
                condition=OpenDocument(F("open")), name="an open document holds strings and lists of strings"
            ),
            SealedDocument("sealed", name="a sealed document holds sealed values only"),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    def __repr__(self) -> str:
        return f"<Customer {self.pk}>"


class CustomerPersonPermission(Given):
    """Who serves a single customer: given by proposal and signature."""

    content_object = models.ForeignKey(Customer, models.CASCADE, related_name="person_permissions")

    class Meta(Given.Meta):
        abstract = False
        default_permissions = ()


class IndexEntry(models.Model):
    """One way back to a customer from a sealed value: an equal digest, verified after the match."""

    field = models.CharField(max_length=40)
    epoch = models.PositiveSmallIntegerField()
    digest = models.BinaryField(max_length=16)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="index_entries")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=("field", "epoch", "digest", "customer"), name="a value is indexed once per customer"
            ),
        ]


class ValueChange(models.Model):
    """What a field held before it was replaced or cleared (S0-4, S2-5); a trigger lets nobody edit it.

    `text` is the old value where it lay open, its mask where it was sealed (`level` 3), and dots where the field is
    L4 now: never a clear L3 value. A field that is sealed later has its old texts masked, one that is handed over to
    L4 has them hidden; nothing else of a row ever changes.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="changes", db_index=False)
    field = models.CharField(max_length=40)
    text = models.TextField()
    level = models.PositiveSmallIntegerField()
    origin = models.JSONField(default=dict)
    at = models.DateTimeField()
    by_number = models.CharField(max_length=40)
    cleared = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=("customer", "field", "-at"), name="value_change_by_field")]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=(1, 2, 3, 4)), name="an old value was of L1 to L4"),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.pk}"


class Misfit(models.Model):
    """A held value that does not fit its field since the field's kind or level was changed: kept, and listed here."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="misfits", db_index=False)
    field = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=("field", "customer"), name="misfit_by_field")]
        constraints = [
            models.UniqueConstraint(fields=("customer", "field"), name="a held value misfits once"),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.code}"


class Contact(models.Model):
    """One dealing with a customer: the reason that most reads have; over 30 minutes after its last act."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts", db_index=False)
    person_id = models.UUIDField()
    person_number = models.CharField(max_length=40)
    channel = models.CharField(_("channel"), max_length=10, choices=channels)
    purpose = models.CharField(_("purpose"), max_length=40)
    ticket = models.CharField(_("ticket"), max_length=60, blank=True, default="")
    opened_at = models.DateTimeField()
    last_act_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    line = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("with a customer", "contact")
        verbose_name_plural = _("contacts")
        default_permissions = ()
        indexes = [
            models.Index(fields=("customer", "-opened_at"), name="contact_by_customer"),
            models.Index(fields=("person_id", "-opened_at"), name="contact_by_person"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="a contact has a known channel"),
            models.CheckConstraint(
                condition=Q(last_act_at__gte=F("opened_at")), name="a contact acts after it opened"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="a contact closes after it opened",
            ),
            models.CheckConstraint(
                condition=Q(line__isnull=True) | Q(closed_at__isnull=False),
                name="only a closed contact has a line",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CompareTap(models.Model):
    """A supervisor's tap: three more wrong answers for a customer on a day."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="compare_taps", db_index=False)
    day = models.DateField()
    by_id = models.UUIDField()
    by_number = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=("customer", "day"), name="compare_tap_by_day")]
