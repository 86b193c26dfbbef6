"""The form that chooses portfolios and up to three dimensions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Portfolio

PLACES = ("by", "then", "last")


class AggregatesForm(forms.Form):
    """Which portfolios are grouped by what."""

    portfolio = forms.MultipleChoiceField(
        label=_("Portfolios"), widget=forms.CheckboxSelectMultiple, required=True
    )
    by = forms.ChoiceField(label=_("Grouped by"))
    then = forms.ChoiceField(label=_("then by"), required=False)
    last = forms.ChoiceField(label=_("and by"), required=False)

    def __init__(
        self, data: Any, *, portfolios: Sequence[Portfolio], dimensions: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        self.choose("portfolio", [(one.code, one.name) for one in portfolios])
        self.choose("by", dimensions)
        for name in PLACES[1:]:
            self.choose(name, [("", _("nothing more")), *dimensions])

    def choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        """Offer choices in one field."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def dimensions(self) -> list[str]:
        """The chosen dimensions, each once."""
        said = (self.cleaned_data[name] for name in PLACES)
        return list(dict.fromkeys(one for one in said if one))
