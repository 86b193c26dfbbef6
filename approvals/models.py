"""Proposals and signatures. The state of a proposal is computed from these facts, never stored."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

APPROVE, REFUSE = "approve", "refuse"


def answers() -> list[tuple[str, Promise]]:
    """Return what a signature may say."""
    return [(APPROVE, _("Approve")), (REFUSE, _("Refuse"))]


class ProposalSet(models.QuerySet["Proposal"]):
    """Selections by computed state."""

    def waiting(self, at: datetime) -> "ProposalSet":
        """Return those that still wait for an answer at `at`."""
        return self.filter(
            ~models.Exists(Signature.objects.filter(proposal=models.OuterRef("pk"), answer=REFUSE)),
            applied_at__isnull=True,
            withdrawn_at__isnull=True,
            expires_at__gt=at,
        )


class Proposal(models.Model):
    """An act that waits for the signatures of others. Its content never changes; the hash says what is signed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind of proposal"), max_length=40)
    content = models.JSONField(_("content of the proposal"))
    content_hash = models.CharField(_("hash of the content"), max_length=64)
    proposer_id = models.UUIDField(_("proposer"), db_index=True)
    proposer_number = models.CharField(_("staff number of the proposer"), max_length=32)
    proposed_at = models.DateTimeField(_("proposed at"))
    expires_at = models.DateTimeField(_("expires at"))
    reason = models.UUIDField(_("typed reason"), null=True, blank=True)
    applied_at = models.DateTimeField(_("carried out at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    replaced_by = models.UUIDField(_("narrowed to"), null=True, blank=True)
    """What a signer narrowed it to; it is withdrawn then."""

    objects = ProposalSet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("-proposed_at",)
        default_permissions = ("view",)
        constraints = (
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="a_proposal_is_not_both_applied_and_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True) | Q(withdrawn_at__isnull=False),
                name="what_was_narrowed_waits_no_more",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("proposed_at")), name="a_proposal_expires_after_it_is_made"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Signature(models.Model):
    """One person's answer in one seat, bound to the hash of what that person saw."""

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="signatures", verbose_name=_("proposal")
    )
    seat = models.CharField(_("seat"), max_length=40)
    signer_id = models.UUIDField(_("signer"), db_index=True)
    signer_number = models.CharField(_("staff number of the signer"), max_length=32)
    stands_in_for = models.UUIDField(_("stands in for"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=8, choices=answers)
    reason = models.UUIDField(_("typed reason"), null=True, blank=True)
    content_hash = models.CharField(_("hash of the content"), max_length=64)
    at = models.DateTimeField(_("signed at"))

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ("at",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=("proposal", "seat"), name="a_seat_is_signed_once"),
            models.UniqueConstraint(fields=("proposal", "signer_id"), name="a_person_signs_a_proposal_once"),
        )

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.seat} {self.answer}"


class StandIns(models.QuerySet["StandIn"]):
    """Selections by time."""

    def live(self, at: datetime) -> "StandIns":
        """Return those in force at `at`."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at), since__lte=at, until__gt=at)


class StandIn(models.Model):
    """Somebody who signs for another person, from one day to another."""

    person = models.ForeignKey("staff.Person", models.PROTECT, related_name="+", verbose_name=_("person"))
    stand_in = models.ForeignKey("staff.Person", models.PROTECT, related_name="+", verbose_name=_("stand-in"))
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended early at"), null=True, blank=True)
    proposal = models.UUIDField(_("proposal"))

    objects = StandIns.as_manager()

    class Meta:
        verbose_name = _("stand-in")
        verbose_name_plural = _("stand-ins")
        ordering = ("-since",)
        default_permissions = ("view",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(person=F("stand_in")), name="nobody_stands_in_for_themselves"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="a_stand_in_ends_after_it_began"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.stand_in_id}"
