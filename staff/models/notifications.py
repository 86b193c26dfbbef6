"""Messages to staff. Codes and parameters are stored, words are made when shown."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models.people import Person


class Notification(models.Model):
    """One message to one person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="notifications", verbose_name=_("person"))
    code = models.CharField(_("code of the message"), max_length=40)
    params = models.JSONField(_("parameters"), default=dict)
    link = models.CharField(_("link"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("made at"))
    mailed_at = models.DateTimeField(_("sent by mail at"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-created_at",)
        default_permissions = ("view",)
        indexes = (models.Index(fields=("person", "-created_at"), name="staff_notes_of_a_person"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.code}"
