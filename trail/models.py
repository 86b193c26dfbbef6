"""The append-only log: what was done (`Event`) and which customers it showed or changed (`Exposure`).

Both tables are partitioned by month on `at` and made by SQL in the migrations, because Django knows neither
partitions nor triggers; so they are unmanaged here, and `flush` leaves them alone. In PostgreSQL the key is
(id, at): give a range of `at` with every query that matters, or each partition is asked.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NoReturn

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trail import vocabulary, words

CLOCK_TOLERANCE = timedelta(seconds=5)


class AppendOnly(TypeError):
    """Rows of the trail are written by `trail.services.record` and then stay as they are."""


class AppendOnlyQuerySet(models.QuerySet[Any, Any]):
    """Reads only. The database refuses changes as well; this says it earlier and in words."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("the trail is append-only")

    create = bulk_create = update = bulk_update = delete = get_or_create = update_or_create = _refuse


class EventQuerySet(AppendOnlyQuerySet):
    """Questions about events."""

    def with_clock_off(self) -> EventQuerySet:
        """Events whose given time and recorded time lie more than 5 seconds apart."""
        return self.filter(
            models.Q(at__lt=models.F("recorded_at") - CLOCK_TOLERANCE)
            | models.Q(at__gt=models.F("recorded_at") + CLOCK_TOLERANCE)
        )

    def alarming(self) -> EventQuerySet:
        """Events of the kinds that raise an alarm."""
        return self.filter(kind__in=vocabulary.alarms())


class _Row(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("the trail is append-only")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("the trail is append-only")


class Event(_Row):
    """One act. The actor is copied, not linked, so that it says for ever what was true then."""

    id = models.BigAutoField(_("event number"), primary_key=True)
    at = models.DateTimeField(_("time of the event"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())
    leaf_version = models.PositiveSmallIntegerField(_("leaf version"), db_default=1)
    actor_id = models.UUIDField(_("person"), null=True)
    actor_number = models.TextField(_("staff number"))
    actor_name = models.TextField(_("name of the person"))
    roles = ArrayField(models.TextField(), verbose_name=_("roles"))
    department = models.TextField(_("department"))
    site = models.TextField(_("site"))
    site_region = models.TextField(_("region of the site"))
    acting_as = models.TextField(_("acting as"))
    mode = models.TextField(_("mode of acting"), choices=words.mode_choices)
    kind = models.TextField(_("what happened"))
    facts = models.JSONField(_("facts of the event"))
    decision = models.TextField(_("decision"))
    rule = models.TextField(_("rule"))
    rule_version = models.IntegerField(_("version of the rule"), null=True)
    purpose = models.TextField(_("purpose"))
    contact = models.UUIDField(pgettext_lazy("with a customer", "contact"), null=True)
    request = models.TextField(_("request or grant"))
    zone = models.TextField(_("network zone"))
    ip = models.GenericIPAddressField(_("network address"), null=True)
    session_hash = models.TextField(_("session (hash)"))

    objects = EventQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "trail_event"
        default_permissions = ("view",)
        ordering = ["-at", "-id"]
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.kind} #{self.id}"

    @property
    def clock_is_off(self) -> bool:
        """Whether the given time and the recorded time lie more than 5 seconds apart."""
        return abs(self.recorded_at - self.at) > CLOCK_TOLERANCE

    @property
    def kind_name(self) -> str:
        """The name of the kind in the reader's language; its code when no app declares it any more."""
        try:
            return str(vocabulary.get(self.kind).name)
        except vocabulary.UnknownKind:
            return self.kind

    @property
    def is_alarm(self) -> bool:
        """Whether this kind of event raises an alarm."""
        return self.kind in vocabulary.alarms()


class Exposure(_Row):
    """One customer that an event showed or changed. Field codes, never values."""

    id = models.BigAutoField(_("exposure number"), primary_key=True)
    at = models.DateTimeField(_("time of the event"))
    event = models.ForeignKey(
        Event, models.DO_NOTHING, db_constraint=False, related_name="exposures", verbose_name=_("event")
    )
    actor_id = models.UUIDField(_("person"), null=True)
    customer = models.UUIDField(_("customer"))
    portfolio = models.TextField(_("portfolio"))
    portfolio_region = models.TextField(_("region of the portfolio"))
    clear = ArrayField(models.TextField(), verbose_name=_("shown in clear"))
    masked = ArrayField(models.TextField(), verbose_name=_("shown masked"))
    level = models.PositiveSmallIntegerField(_("highest level in clear"))
    act = models.TextField(_("kind of exposure"), choices=words.act_choices)
    digest = models.BinaryField(_("digest of the sealed document"), null=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "trail_exposure"
        default_permissions = ("view",)
        ordering = ["-at", "-id"]
        verbose_name = _("exposure")
        verbose_name_plural = _("exposures")

    def __str__(self) -> str:
        return f"{self.act} #{self.id}"


class Leaf(_Row):
    """An event's place in the tree, and the hash of what it said when it was sealed."""

    index = models.BigIntegerField(_("leaf number"), primary_key=True)
    event = models.ForeignKey(Event, models.DO_NOTHING, db_constraint=False, verbose_name=_("event"))
    at = models.DateTimeField(_("time of the event"))
    hash = models.BinaryField(_("hash"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "trail_leaf"
        default_permissions = ()
        verbose_name = _("leaf")
        verbose_name_plural = _("leaves")

    def __str__(self) -> str:
        return f"#{self.index}"


class Checkpoint(_Row):
    """A head of the tree that was signed: so many leaves had this root."""

    size = models.BigIntegerField(_("leaves"), primary_key=True)
    root = models.BinaryField(_("root"))
    note = models.TextField(_("signed note"))
    at = models.DateTimeField(_("signed at"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "trail_checkpoint"
        default_permissions = ()
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")

    def __str__(self) -> str:
        return f"#{self.size}"


class WitnessSeen(_Row):
    """A witness outside the database has seen a checkpoint."""

    id = models.BigAutoField(_("number"), primary_key=True)
    checkpoint = models.ForeignKey(
        Checkpoint, models.DO_NOTHING, db_column="size", related_name="seen", verbose_name=_("checkpoint")
    )
    witness = models.TextField(_("witness"), choices=words.witness_choices)
    at = models.DateTimeField(_("seen at"))
    note = models.TextField(_("note"), default="")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "trail_witness_seen"
        default_permissions = ()
        verbose_name = _("witnessed checkpoint")
        verbose_name_plural = _("witnessed checkpoints")

    def __str__(self) -> str:
        return f"{self.witness} #{self.checkpoint_id}"
