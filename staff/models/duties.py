"""What staff must have signed and passed (S1-19, S1-20, S4-53). Whoever lacks it sees masks only.

Validity is computed from these rows in `staff.queries.standing`; nothing here says whether anybody is valid today.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staff.models.people import Person
from staff.roles import NAMES

TOTP, WEBAUTHN, PASSWORD, PAPER = "totp", "webauthn", "password", "paper"
METHODS = (TOTP, WEBAUTHN, PASSWORD, PAPER)
UNDERTAKING_MONTHS = 12
"""An undertaking is signed again after this many months at the latest."""


def methods() -> list[tuple[str, Promise]]:
    """Return how an undertaking was signed."""
    return [
        (TOTP, _("on screen, with an authenticator app")),
        (WEBAUTHN, _("on screen, with a security key")),
        (PASSWORD, _("on screen, with the password")),
        (PAPER, _("on paper")),
    ]


def roles() -> list[tuple[str, Promise]]:
    """Return the roles as choices."""
    return list(NAMES.items())


class Undertaking(models.Model):
    """A confidentiality undertaking that a person signed. A trigger lets nobody edit it.

    `hash` is that of the text of this version; rows from before texts were kept have none, and count for nothing.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="undertakings", verbose_name=_("person"))
    version = models.CharField(_("version of the text"), max_length=32)
    hash = models.CharField(_("hash of the text"), max_length=64, blank=True, default="")
    method = models.CharField(_("signed how"), max_length=10, choices=methods, default=PAPER)
    file = models.UUIDField(_("scan of the paper"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed on"))
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("confidentiality undertaking")
        verbose_name_plural = _("confidentiality undertakings")
        ordering = ("person", "-signed_at")
        constraints = (
            models.CheckConstraint(
                condition=Q(method__in=METHODS), name="an_undertaking_is_signed_in_a_known_way"
            ),
            models.CheckConstraint(
                condition=~Q(method=PAPER) | Q(hash="") | Q(file__isnull=False),
                name="what_was_signed_on_paper_has_its_scan",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.version}"


class Training(models.Model):
    """A course that a person passed. Only its end may be put earlier."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="trainings", verbose_name=_("person"))
    course = models.CharField(_("course"), max_length=80)
    file = models.UUIDField(_("certificate"), null=True, blank=True)
    passed_at = models.DateTimeField(_("passed on"))
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ("person", "-passed_at")

    def __str__(self) -> str:
        return f"{self.person_id} {self.course}"


class RequiredCourse(models.Model):
    """A course without which a role sees masks only. As shipped there is none, so that nobody is locked out."""

    role = models.CharField(_("role"), max_length=20, choices=roles)
    course = models.CharField(_("course"), max_length=80)
    months = models.PositiveSmallIntegerField(_("months that it counts"), default=12)
    since = models.DateTimeField(_("required from"))
    until = models.DateTimeField(_("required until"), null=True, blank=True)

    class Meta:
        verbose_name = _("required course")
        verbose_name_plural = _("required courses")
        ordering = ("role", "course", "-since")
        constraints = (
            models.UniqueConstraint(
                fields=["role", "course"], condition=Q(until=None), name="a_course_is_required_once_of_a_role"
            ),
            models.CheckConstraint(condition=Q(months__gte=1), name="a_course_counts_for_a_month_at_least"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="a_requirement_ends_after_it_began"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.course}"
