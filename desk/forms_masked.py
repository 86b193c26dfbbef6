"""The form that proposes a masked data set."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models.masked import MOST_ROWS
from access.proposals.masked import FORMATS
from classification.queries import Catalogue
from customers.models import Portfolio
from desk.forms_people import reason_field
from staff.models import Person

USUAL_ROWS = 1000
USUAL_FIELDS = ("full_name", "mobile", "email", "resident_id", "address", "bank_card", "member_level")


class MaskedForm(forms.Form):
    """From which fields of which portfolios, how many rows, for whom."""

    portfolios = forms.MultipleChoiceField(label=_("Portfolios"), widget=forms.CheckboxSelectMultiple)
    fields_chosen = forms.MultipleChoiceField(
        label=_("Fields"),
        help_text=_("What is computed from a field comes with it."),
        widget=forms.CheckboxSelectMultiple,
    )
    rows = forms.IntegerField(label=_("Rows at most"), min_value=1, max_value=MOST_ROWS, initial=USUAL_ROWS)
    format = forms.ChoiceField(label=_("Format"), choices=[(one, one.upper()) for one in FORMATS])
    person = forms.ModelChoiceField(
        label=_("Who fetches it"),
        queryset=Person.objects.none(),
        help_text=_("An analyst or a data security officer."),
    )
    reason = reason_field()

    def __init__(self, data: Any = None, *, known: Catalogue, people: Any) -> None:
        super().__init__(data, initial={"fields_chosen": [one for one in USUAL_FIELDS if one in known]})
        self._offer("portfolios", [(one.code, str(one)) for one in Portfolio.objects.all()])
        self._offer("fields_chosen", [(spec.code, spec.label) for spec in known.holdable])
        person = self.fields["person"]
        assert isinstance(person, forms.ModelChoiceField)
        person.queryset = people

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices
