"""The form about where a customer stands: another portfolio, another tier, one person who serves this customer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.queries.placing import Standing
from customers.models import tiers
from desk.forms_people import reason_field


def acts() -> list[tuple[str, object]]:
    """Return what may be proposed for a customer."""
    return [
        ("move", _("move to another portfolio")),
        ("tier", _("set another tier")),
        ("give", _("give this customer to one person")),
    ]


class PlacingForm(forms.Form):
    """One proposal about one customer; the fields that the act does not need stay empty."""

    what = forms.ChoiceField(label=_("Propose"), choices=acts)
    portfolio = forms.ChoiceField(label=_("Portfolio"), required=False)
    tier = forms.ChoiceField(label=_("Customer tier"), required=False)
    person = forms.ChoiceField(label=_("Agent"), required=False, help_text=_("Agents of your department."))
    reason = reason_field()

    NEEDS = {"move": "portfolio", "tier": "tier", "give": "person"}

    def __init__(self, data: Any = None, *, standing: Standing) -> None:
        super().__init__(data)
        named = dict(tiers())
        self._offer("portfolio", standing.portfolios)
        self._offer("tier", [(code, named[code]) for code in standing.tiers])
        self._offer("person", standing.agents)

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = [("", "–"), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Insist on what the chosen act needs."""
        said = super().clean() or {}
        needed = self.NEEDS.get(said.get("what", ""))
        if needed and needed not in self.errors and not said.get(needed):
            self.add_error(needed, _("Choose one."))
        return said
