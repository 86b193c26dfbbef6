"""The register of backups: what was made, checked, removed, and how restoring went. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

DATA, KEYRING = "data", "keyring"
KINDS = ((DATA, _("data")), (KEYRING, _("keyring")))
LIFE = {DATA: timedelta(days=35), KEYRING: timedelta(days=7)}
"""How long a backup is kept: a destroyed key lives on in backups of the keyring for a week at most, an open value in
backups of the data for five weeks."""


class Backups(models.QuerySet["Backup"]):
    """Backups by what became of them."""

    def kept(self) -> Backups:
        """Return backups whose files were not removed."""
        return self.filter(removal=None)

    def past(self, at: datetime) -> Backups:
        """Return kept backups whose life is over."""
        over = Q(kind=DATA, at__lte=at - LIFE[DATA]) | Q(kind=KEYRING, at__lte=at - LIFE[KEYRING])
        return self.kept().filter(over)


class Backup(models.Model):
    """One file that was written whole; `id` is its manifest's, `at` the moment that it brings back."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=KINDS)
    at = models.DateTimeField(_("recovery point"))
    file = models.CharField(_("file"), max_length=80)
    size = models.BigIntegerField(_("bytes"))
    sha256 = models.CharField(_("hash"), max_length=64)
    manifest_sha256 = models.CharField(_("hash of the manifest"), max_length=64)
    rows = models.BigIntegerField(_("rows"))
    generation = models.BigIntegerField(_("generation"))
    journal = models.BigIntegerField(_("position in the destruction journal"))
    location = models.CharField(_("copies go to"), max_length=200, blank=True)
    event = models.BigIntegerField(_("event"))

    objects = Backups.as_manager()

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ("-at",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=(DATA, KEYRING)), name="a_backup_is_of_a_known_kind"),
        )

    def __str__(self) -> str:
        return self.file

    @property
    def kept_until(self) -> datetime:
        """Return when the file is removed."""
        return self.at + LIFE[self.kind]


class BackupCheck(models.Model):
    """A backup was restored into a scratch database and compared with its manifest; no faults: it is sound."""

    backup = models.ForeignKey(Backup, models.PROTECT, related_name="checks", verbose_name=_("backup"))
    at = models.DateTimeField(_("checked at"))
    seconds = models.FloatField(_("seconds to restore"))
    faults = models.JSONField(_("faults"), default=list)
    event = models.BigIntegerField(_("event"))

    class Meta:
        verbose_name = _("check of a backup")
        verbose_name_plural = _("checks of backups")
        ordering = ("-at",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"check of {self.backup_id}"


class BackupRemoval(models.Model):
    """The file of a backup was removed at the end of its life."""

    backup = models.OneToOneField(
        Backup, models.PROTECT, related_name="removal", primary_key=True, verbose_name=_("backup")
    )
    at = models.DateTimeField(_("removed at"))
    event = models.BigIntegerField(_("event"))

    class Meta:
        verbose_name = _("removal of a backup")
        verbose_name_plural = _("removals of backups")
        default_permissions = ()

    def __str__(self) -> str:
        return f"removal of {self.backup_id}"


class Recovery(models.Model):
    """Data and keyring were brought back together, as a drill or in earnest: how long it took, how much was lost."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    drill = models.BooleanField(_("drill"))
    at = models.DateTimeField(_("ended at"))
    by_number = models.CharField(_("staff number"), max_length=64)
    by_name = models.CharField(_("name of the person"), max_length=200)
    data = models.UUIDField(_("backup of the data"))
    keyring = models.UUIDField(_("backup of the keyring"), null=True)
    point = models.DateTimeField(_("recovery point"))
    lost = models.DurationField(_("age of the recovery point"))
    seconds = models.FloatField(_("recovery time in seconds"))
    faults = models.JSONField(_("faults"), default=list)
    event = models.BigIntegerField(_("event"))

    class Meta:
        verbose_name = _("recovery")
        verbose_name_plural = _("recoveries")
        ordering = ("-at",)
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.id)
