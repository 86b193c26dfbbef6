"""The form of a change of a reading rule."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access import clauses, policy, words
from access.models import ReadingRule
from classification.models import categories
from customers.models import TIERS, tiers
from desk.forms_people import reason_field
from staff.models import Network
from staff.roles import NAMES


def views() -> list[tuple[str, object]]:
    """Return the views as choices."""
    return [(view, words.VIEWS[view]) for view in policy.VIEWS]


def needs() -> list[tuple[str, object]]:
    """Return the needs as choices."""
    return [(need, words.NEEDS[need]) for need in policy.NEEDS]


def clause_choices() -> list[tuple[str, str]]:
    """Return every clause with its words."""
    return [(one.id, f"{one.id} {one.words}"[:80]) for one in clauses.every_clause().values()]


def roles() -> list[tuple[str, object]]:
    """Return the roles as choices; a rule for all of them can only forbid."""
    return [("", _("every role (forbids only)")), *NAMES.items()]


def levels() -> list[tuple[int, str]]:
    """Return the levels as choices."""
    return [(level, f"L{level}") for level in (1, 2, 3, 4)]


def any_category() -> list[tuple[str, object]]:
    """Return the categories as choices."""
    return [("", _("every category")), *categories()]


def any_tier() -> list[tuple[str, object]]:
    """Return the tiers as choices."""
    return [("", _("every tier")), *tiers()]


def tiers_up_to() -> list[tuple[str, object]]:
    """Return how high a rule may reach."""
    return [(tier, words.up_to(tier)) for tier in ("", *TIERS)]


def any_zone() -> list[tuple[str, object]]:
    """Return the zones of the networks there are."""
    zones = Network.objects.order_by("zone").values_list("zone", flat=True).distinct()
    return [("", _("everywhere")), *((zone, zone) for zone in zones)]


class RuleForm(forms.Form):
    """Another outcome for the case of a rule: the view, and up to two alternatives that clear it."""

    view = forms.ChoiceField(label=_("How it is shown"), choices=views)
    first = forms.MultipleChoiceField(
        label=_("Clear when all of these are there"),
        choices=needs,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    second = forms.MultipleChoiceField(
        label=_("or all of these"), choices=needs, required=False, widget=forms.CheckboxSelectMultiple
    )
    highest_tier = forms.ChoiceField(
        label=_("Up to which customer tier"), choices=tiers_up_to, required=False
    )
    clause = forms.ChoiceField(label=_("Clause"), choices=clause_choices)
    end = forms.BooleanField(
        label=_("End this rule instead: the case is left to the other rules"), required=False
    )
    reason = reason_field()

    def __init__(self, data: Any = None, *, previewed: bool = False, **more: Any) -> None:
        super().__init__(data, **more)
        if previewed:
            # What a change would do can be looked at before anybody is given a reason.
            self.fields["reason"].required = False

    @staticmethod
    def initial_of(row: ReadingRule) -> dict[str, Any]:
        """Return what the form shows of the rule in force."""
        alternatives = [*row.clear_when, [], []]
        return {
            "view": row.view,
            "first": alternatives[0],
            "second": alternatives[1],
            "clause": row.clause,
            "highest_tier": row.highest_tier,
        }

    def change(self) -> dict[str, Any]:
        """Return the outcome that was chosen."""
        said = self.cleaned_data
        return {
            "view": said["view"],
            "clear_when": [chosen for chosen in (said["first"], said["second"]) if chosen],
            "forbid": False,
            "clause": said["clause"],
            "highest_tier": said["highest_tier"],
            "end": said.get("end", False),
        }


class NewRuleForm(RuleForm):
    """A rule for a case that has none: a role and a level, and where wanted a category, a tier, a zone."""

    role = forms.ChoiceField(label=_("Role"), choices=roles, required=False)
    level = forms.TypedChoiceField(label=_("Level"), choices=levels, coerce=int)
    category = forms.ChoiceField(label=_("Category"), choices=any_category, required=False)
    tier = forms.ChoiceField(label=_("Customer tier"), choices=any_tier, required=False)
    zone = forms.ChoiceField(
        label=_("Network zone"),
        choices=any_zone,
        required=False,
        help_text=_(
            "The rule counts only for requests from there. Elsewhere the other rules of the role decide."
        ),
    )
    forbid = forms.BooleanField(label=_("Forbid, whatever else allows it"), required=False)
    field_order = ("role", "level", "category", "tier", "zone", "forbid", "view")

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        del self.fields["end"]

    def change(self) -> dict[str, Any]:
        """Return the case and the outcome that were chosen."""
        said = self.cleaned_data
        case = {name: said[name] for name in ("role", "level", "category", "tier", "zone")}
        return case | super().change() | {"forbid": said["forbid"]}
