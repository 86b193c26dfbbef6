"""Batches of what is to be destroyed, and the records of what was. Rows are added and never changed."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

TERM, PURPOSE_MET, WITHDRAWAL, REQUEST, END_OF_SERVICE = (
    "term",
    "purpose_met",
    "withdrawal",
    "request",
    "end_of_service",
)
TRIGGERS = (TERM, PURPOSE_MET, WITHDRAWAL, REQUEST, END_OF_SERVICE)

WAYS = MAIL, LETTER, PHONE, IN_PERSON, BY_SYSTEM = ("mail", "letter", "phone", "in_person", "by_system")


def triggers() -> list[tuple[str, object]]:
    """Return why something is destroyed."""
    return [
        (TERM, _("the term is over")),
        (PURPOSE_MET, _("the purpose is met")),
        (WITHDRAWAL, _("consent was withdrawn")),
        (REQUEST, _("the customer asked for it")),
        (END_OF_SERVICE, _("the service has ended")),
    ]


def ways() -> list[tuple[str, object]]:
    """Return how a recipient is told."""
    return [
        (MAIL, _("by e-mail")),
        (LETTER, _("by letter")),
        (PHONE, _("by phone")),
        (IN_PERSON, _("in person")),
        (BY_SYSTEM, _("through an interface")),
    ]


class DestructionBatch(models.Model):
    """What is proposed to be destroyed together; `digest` is that of its list, which the signatures are bound to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trigger = models.CharField(max_length=20, choices=triggers)
    customers = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    proposed_by_id = models.UUIDField(null=True)
    proposed_by_number = models.CharField(max_length=40, blank=True, default="")
    proposed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("destruction batch")
        verbose_name_plural = _("destruction batches")
        ordering = ("-proposed_at",)
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(trigger__in=TRIGGERS), name="a batch has a known trigger"),
            models.CheckConstraint(condition=Q(customers__gte=1), name="a batch names somebody"),
        ]

    def __str__(self) -> str:
        return f"batch {self.id}"


class DestructionItem(models.Model):
    """One customer of a batch: these fields, or everything where none is named; by which rule, since when."""

    batch = models.ForeignKey(DestructionBatch, models.PROTECT, related_name="items", db_index=False)
    customer = models.UUIDField(db_index=True)
    fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    rule = models.CharField(max_length=80, blank=True, default="")
    reason_code = models.CharField(max_length=40, blank=True, default="")
    until = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=("batch", "id"), name="destruction_item_by_batch")]
        constraints = [
            models.UniqueConstraint(fields=("batch", "customer"), name="a batch names a customer once"),
        ]

    def __str__(self) -> str:
        return f"item {self.pk}"


class DestructionRecord(models.Model):
    """What one batch destroyed, how, who stood for it, and the proof; holds no personal data.

    `digest` is that of `content`, and stands in the trail as well; `content` is what the certificate is set from.
    """

    batch = models.OneToOneField(DestructionBatch, models.PROTECT, primary_key=True, related_name="record")
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("destruction record")
        verbose_name_plural = _("destruction records")
        default_permissions = ()

    def __str__(self) -> str:
        return f"record of {self.batch_id}"


class RecipientTold(models.Model):
    """That whoever received values of a batch was told to destroy them too. `export`: the event of the trail that says
    what they received; `told_on`, `how`: as the person who told them states."""

    batch = models.ForeignKey(DestructionBatch, models.PROTECT, related_name="told")
    export = models.BigIntegerField()
    told_on = models.DateField()
    how = models.CharField(max_length=10, choices=ways)
    by_id = models.UUIDField()
    by_number = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("batch", "export"), name="a recipient is told once"),
            models.CheckConstraint(condition=Q(how__in=WAYS), name="a recipient is told in a known way"),
        ]

    def __str__(self) -> str:
        return f"told {self.pk}"
