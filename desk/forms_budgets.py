"""The form of a change of a row budget."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.budgets import LISTS
from access.models import RowBudget
from access.proposals.budgets import LABELS, MOST, NUMBERS
from customers.models import tiers
from desk.forms_people import reason_field


def tier_choices() -> list[tuple[str, object]]:
    """Return the tiers that a budget can be for."""
    return [("", _("all customers")), *tiers()]


def number_field(name: str) -> forms.IntegerField:
    """Return the field of one number of a budget."""
    return forms.IntegerField(label=LABELS[name], min_value=1, max_value=MOST)


class BudgetForm(forms.Form):
    """Other numbers for a budget, or numbers for a tier that has none of its own yet."""

    tier = forms.ChoiceField(
        label=_("For customers of tier"),
        choices=tier_choices,
        required=False,
        help_text=_("Another tier than this budget's makes a budget of its own for it."),
    )
    per_hour = number_field("per_hour")
    per_day = number_field("per_day")
    more_hour = number_field("more_hour")
    more_day = number_field("more_day")
    end = forms.BooleanField(
        label=_("End it instead"), required=False, help_text=_("The budget for all customers counts then.")
    )
    reason = reason_field()

    def __init__(self, data: Any, *, budget: RowBudget) -> None:
        super().__init__(data, initial={name: getattr(budget, name) for name in ("tier", *NUMBERS)})
        self.budget = budget
        if budget.budget == LISTS:
            del self.fields["tier"]
        if not budget.tier:
            del self.fields["end"]

    def change(self) -> dict[str, Any]:
        """Return the change that was chosen."""
        said = self.cleaned_data
        return {
            "budget": self.budget.budget,
            "role": self.budget.role,
            "tier": said.get("tier", self.budget.tier),
            "end": said.get("end", False),
            **{name: said[name] for name in NUMBERS},
        }
