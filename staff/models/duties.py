"""What staff must have signed and passed (S1-19, S1-20, S4-53). Rules look at these rows; here they are only kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models.people import Person


class Undertaking(models.Model):
    """A confidentiality undertaking that a person signed."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="undertakings", verbose_name=_("person"))
    version = models.CharField(_("version of the text"), max_length=32)
    signed_at = models.DateTimeField(_("signed on"))
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("confidentiality undertaking")
        verbose_name_plural = _("confidentiality undertakings")
        ordering = ("person", "-signed_at")

    def __str__(self) -> str:
        return f"{self.person_id} {self.version}"


class Training(models.Model):
    """A course that a person passed."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="trainings", verbose_name=_("person"))
    course = models.CharField(_("course"), max_length=80)
    passed_at = models.DateTimeField(_("passed on"))
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ("person", "-passed_at")

    def __str__(self) -> str:
        return f"{self.person_id} {self.course}"
