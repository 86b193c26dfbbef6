"""Audits (S0-40): a period that was examined, who signed it off, and whom its results were sent to."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MONTHLY, HAND = "monthly", "hand"


def kinds() -> list[tuple[str, Promise]]:
    """Return what starts an audit: the first of a month, or a person."""
    return [(MONTHLY, _("monthly audit")), (HAND, _("audit of a chosen period"))]


class Audits(models.QuerySet["Audit"]):
    """Audits by how far they are."""

    def unsigned(self, at: datetime) -> Self:
        """Keep those that nobody has signed off by then."""
        return self.filter(Q(signed_at=None) | Q(signed_at__gt=at))


class Audit(models.Model):
    """One examined period, `since` included and `until` not; there is one of each kind per period.

    Its findings are those of which something was seen within the period, whoever found them and when: what was found
    after it was signed shows as later. `digest` binds what was signed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind of audit"), max_length=10, choices=kinds)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    started_at = models.DateTimeField(_("started at"))
    started_by_number = models.CharField(_("started by"), max_length=40)
    signed_at = models.DateTimeField(_("signed off at"), null=True)
    signed_by_id = models.UUIDField(null=True)
    signed_by_number = models.CharField(max_length=40, blank=True, default="")
    signed_by_name = models.CharField(_("signed off by"), max_length=80, blank=True, default="")
    digest = models.CharField(_("digest of what was signed"), max_length=64, blank=True, default="")

    objects = Audits.as_manager()

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        ordering = ("-until", "-started_at")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "since", "until"), name="a period has one audit of each kind"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="an audit ends after it begins"),
            models.CheckConstraint(condition=Q(kind__in=(MONTHLY, HAND)), name="an audit has a known kind"),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by_id=None, digest="")
                | Q(signed_at__isnull=False, signed_by_id__isnull=False, digest__regex="^[0-9a-f]{64}$"),
                name="a signed audit has its signer and its digest",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.since:%Y-%m-%d}"


class AuditResult(models.Model):
    """The result of a signed audit as sent to one person who answers for a department (S3-14)."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="results")
    person = models.UUIDField(_("person"))
    number = models.CharField(_("staff number"), max_length=40)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80)
    department = models.CharField(_("department"), max_length=64)
    sent_at = models.DateTimeField(_("sent at"))
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True)

    class Meta:
        verbose_name = _("result of an audit")
        verbose_name_plural = _("results of audits")
        ordering = ("department", "number")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("audit", "person"), name="a person gets a result once"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None) | Q(acknowledged_at__gte=F("sent_at")),
                name="a result is acknowledged after it was sent",
            ),
        )

    def __str__(self) -> str:
        return f"{self.audit_id} {self.number}"
