"""The forms of destruction: one names customers, one says that a list was looked through."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from classification.queries import Catalogue
from desk.forms_people import reason_field
from retention.models.destruction import REQUEST, triggers, ways

MOST = 200


class NameForm(forms.Form):
    """Which customers, by number, and which of their fields."""

    numbers = forms.CharField(
        label=_("Customer numbers"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One per line, at most 200."),
    )
    fields_of = forms.MultipleChoiceField(
        label=_("Fields"),
        required=False,
        help_text=_("None chosen: everything of these customers."),
    )
    trigger = forms.ChoiceField(label=_("Why"), choices=triggers, initial=REQUEST)

    def __init__(self, data: Any = None, *, known: Catalogue) -> None:
        super().__init__(data)
        field = self.fields["fields_of"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(spec.code, spec.label) for spec in known.fields if not spec.derived_from]
        field.widget.attrs["size"] = 6

    def clean_numbers(self) -> list[str]:
        """Return the numbers, each once."""
        numbers = list(dict.fromkeys(self.cleaned_data["numbers"].split()))
        if len(numbers) > MOST:
            raise forms.ValidationError(_("These are more than 200 customers."))
        return numbers


class CheckForm(forms.Form):
    """What whoever checked a list says about it."""

    reason = reason_field()


class ToldForm(forms.Form):
    """That a recipient was told: of which file, when and how."""

    export = forms.IntegerField(widget=forms.HiddenInput)
    told_on = forms.DateField(
        label=_("Told on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    how = forms.ChoiceField(label=_("How"), choices=ways)
