"""One-time enrolment: how a person sets password and factor, without anyone else ever knowing them."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staff.models.people import Person

ENROL, PASSWORD, FACTOR = "enrol", "password", "factor"


def purposes() -> list[tuple[str, Promise]]:
    """Return what an enrolment may set."""
    return [(ENROL, _("Password and second factor")), (PASSWORD, _("Password")), (FACTOR, _("Second factor"))]


class EnrolmentSet(models.QuerySet["Enrolment"]):
    """Selections of enrolments."""

    def open(self, at: datetime) -> "EnrolmentSet":
        """Return those that can still be used at `at`."""
        return self.filter(
            used_at__isnull=True, ended_at__isnull=True, expires_at__gt=at, wrong_codes__lt=F("most_wrong")
        )


class Enrolment(models.Model):
    """A link of one use. Without a mail address its two halves go to two people: the link to one, a code to another.

    Only digests lie here. `link_for` and `code_for` may each have their half made anew while it is unused.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments", verbose_name=_("person"))
    purpose = models.CharField(_("what is set"), max_length=8, choices=purposes)
    mail_to = models.EmailField(_("sent to"), blank=True)
    link_for = models.UUIDField(_("link for"), null=True, blank=True)
    code_for = models.UUIDField(_("code for"), null=True, blank=True)
    token_digest = models.BinaryField(max_length=32, null=True, editable=False)
    code_digest = models.BinaryField(max_length=32, null=True, editable=False)
    wrong_codes = models.PositiveSmallIntegerField(_("wrong codes"), default=0)
    most_wrong = models.PositiveSmallIntegerField(_("wrong codes allowed"), default=5)
    created_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    proposal = models.UUIDField(_("proposal"), null=True, blank=True, editable=False)

    objects = EnrolmentSet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ("-created_at",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=("token_digest",), name="an_enrolment_link_is_unique"),
            models.CheckConstraint(
                condition=~Q(mail_to="") | Q(link_for__isnull=False), name="an_enrolment_link_goes_to_someone"
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
