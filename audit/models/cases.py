"""Cases (S0-42): an investigation with an owner and a clock; what happened in it is a list that only grows."""

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

EXPLAINED, VIOLATION, INCIDENT = DECISIONS = ("explained", "violation", "incident")
OPENED, HANDED, DUE, NOTED, ATTACHED, JOINED, DECIDED, REOPENED = ENTRIES = (
    "opened",
    "handed",
    "due",
    "noted",
    "attached",
    "joined",
    "decided",
    "reopened",
)


def decisions() -> list[tuple[str, Promise]]:
    """Return what a case can come to."""
    return [
        (EXPLAINED, _("explained: nothing wrong")),
        (VIOLATION, _("violation of the rules")),
        (INCIDENT, _("security incident")),
    ]


class Case(models.Model):
    """One investigation. Its owner, due time and decision are those of its last entries that say so."""

    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ("-opened_at",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"case {self.pk}"


class CaseEntry(models.Model):
    """One thing that happened in a case: opened, handed on, due moved, note, attachment, decision, opened again.

    `text` is a sealed text (note, reason, words of a decision), `file` a sealed file.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="entries")
    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("what happened"), max_length=10)
    by_id = models.UUIDField(_("who"))
    by_number = models.CharField(_("staff number"), max_length=40)
    by_name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80)
    owner = models.UUIDField(_("owner"), null=True)
    owner_number = models.CharField(max_length=40, blank=True, default="")
    owner_name = models.CharField(_("name of the owner"), max_length=80, blank=True, default="")
    due_at = models.DateTimeField(_("due"), null=True)
    decision = models.CharField(_("decision"), max_length=10, blank=True, default="", choices=decisions)
    text = models.UUIDField(_("sealed text"), null=True)
    file = models.UUIDField(_("sealed file"), null=True)

    class Meta:
        verbose_name = _("entry of a case")
        verbose_name_plural = _("entries of cases")
        ordering = ("case", "id")
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=ENTRIES), name="an entry of a case has a known kind"),
            models.CheckConstraint(
                condition=Q(kind=DECIDED, decision__in=DECISIONS, text__isnull=False)
                | (~Q(kind=DECIDED) & Q(decision="")),
                name="a case is decided with words",
            ),
            models.CheckConstraint(
                condition=~Q(kind=OPENED) | Q(owner__isnull=False, due_at__isnull=False),
                name="a case is opened with an owner and a clock",
            ),
            models.CheckConstraint(
                condition=~Q(kind=HANDED) | Q(owner__isnull=False), name="a case is handed to somebody"
            ),
            models.CheckConstraint(
                condition=~Q(kind=ATTACHED) | Q(file__isnull=False), name="an attachment has its file"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=(NOTED, DUE, REOPENED)) | Q(text__isnull=False),
                name="a note has its words",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} in {self.case_id}"
