"""The form of a change of a reading rule."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access import clauses, policy, words
from access.models import ReadingRule
from desk.forms_people import reason_field


def views() -> list[tuple[str, object]]:
    """Return the views as choices."""
    return [(view, words.VIEWS[view]) for view in policy.VIEWS]


def needs() -> list[tuple[str, object]]:
    """Return the needs as choices."""
    return [(need, words.NEEDS[need]) for need in policy.NEEDS]


def clause_choices() -> list[tuple[str, str]]:
    """Return every clause with its words."""
    return [(one.id, f"{one.id} {one.words}"[:80]) for one in clauses.every_clause().values()]


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
    clause = forms.ChoiceField(label=_("Clause"), choices=clause_choices)
    reason = reason_field()

    @staticmethod
    def initial_of(row: ReadingRule) -> dict[str, Any]:
        """Return what the form shows of the rule in force."""
        alternatives = [*row.clear_when, [], []]
        return {
            "view": row.view,
            "first": alternatives[0],
            "second": alternatives[1],
            "clause": row.clause,
        }

    def change(self) -> dict[str, Any]:
        """Return the outcome that was chosen."""
        said = self.cleaned_data
        return {
            "view": said["view"],
            "clear_when": [chosen for chosen in (said["first"], said["second"]) if chosen],
            "forbid": False,
            "clause": said["clause"],
        }
