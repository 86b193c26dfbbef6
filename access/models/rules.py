"""Reading rules, and the reasons given inside contacts."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access import policy
from customers.models import TIERS


class ReadingRules(models.QuerySet["ReadingRule"]):
    """Rules by time."""

    def in_force(self, at: datetime) -> Self:
        """Keep the rules that decide at this moment."""
        return self.filter(Q(until=None) | Q(until__gt=at), since__lte=at)


class ReadingRule(models.Model):
    """What a role sees of a level. Never edited: a change is a new version, the old one gets its end."""

    code = models.SlugField(_("code"), max_length=80)
    number = models.PositiveIntegerField(_("version"), default=1)
    role = models.CharField(_("role"), max_length=20, blank=True)
    level = models.PositiveSmallIntegerField(_("level"))
    category = models.CharField(_("category"), max_length=40, blank=True)
    tier = models.CharField(_("customer tier"), max_length=20, blank=True)
    zone = models.CharField(_("zone"), max_length=40, blank=True)
    highest_tier = models.CharField(_("highest customer tier"), max_length=20, blank=True, default="")
    view = models.CharField(_("view"), max_length=10)
    clear_when = models.JSONField(_("clear when"), default=list, blank=True)
    forbid = models.BooleanField(_("forbids"), default=False)
    clause = models.CharField(_("clause"), max_length=10)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    shipped = models.BooleanField(_("shipped"), default=False)
    proposal = models.UUIDField(_("proposal"), null=True, blank=True)

    objects = ReadingRules.as_manager()

    class Meta:
        verbose_name = _("reading rule")
        verbose_name_plural = _("reading rules")
        ordering = ("role", "level", "code", "number")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=["code", "number"], name="a_rule_version_exists_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(until=None), name="a_rule_has_one_version_in_force"
            ),
            models.UniqueConstraint(
                fields=["role", "level", "category", "tier", "zone"],
                condition=Q(until=None),
                name="one_rule_speaks_about_one_case",
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=4), name="a_rule_has_one_of_four_levels"
            ),
            models.CheckConstraint(condition=Q(view__in=policy.VIEWS), name="a_rule_hides_masks_or_shows"),
            models.CheckConstraint(
                condition=Q(forbid=False) | Q(view=policy.HIDDEN, clear_when=[]),
                name="a_forbidding_rule_hides_without_exception",
            ),
            models.CheckConstraint(
                condition=Q(forbid=True) | ~Q(role=""), name="only_a_forbidding_rule_speaks_to_every_role"
            ),
            models.CheckConstraint(
                condition=~Q(view=policy.CLEAR) | Q(clear_when=[]), name="what_is_clear_needs_nothing_more"
            ),
            models.CheckConstraint(
                condition=Q(highest_tier="") | Q(highest_tier__in=TIERS, tier="", forbid=False),
                name="a_rule_reaches_up_to_a_tier_or_speaks_of_one",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="a_rule_ends_after_it_began"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.number}"


class ReasonGiven(models.Model):
    """The reason given inside one contact: asked once, it counts for every reveal of that contact."""

    contact = models.OneToOneField(
        "customers.Contact", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    text = models.UUIDField(_("sealed reason"))
    at = models.DateTimeField(_("at"))

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.contact_id)
