"""The form that starts an import: the file, where new customers go, and the scenario it was collected in."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from classification.models import Scenario
from customers.models import Portfolio
from customers.services.imports import DEFAULT_SCENARIO

ENDINGS = ".csv,.tsv,.txt,.xlsx,.xls"
CHOOSE = ("", _("choose one"))


class UploadForm(forms.Form):
    """A file and what is known about it before it is read."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # the reader says what is wrong with an empty one
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
    )
    portfolio = forms.ChoiceField(
        label=_("Portfolio"),
        help_text=_("New customers go here; existing ones stay where they are."),
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )
    scenario = forms.ChoiceField(
        label=_("Collected in"),
        help_text=_("The scenario decides which fields may be filled."),
        initial=DEFAULT_SCENARIO,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        portfolios: Iterable[Portfolio],
        scenarios: Iterable[Scenario],
    ) -> None:
        super().__init__(data, files, auto_id="i_%s")
        places = [(one.code, str(one)) for one in portfolios]
        # Nobody fills the wrong portfolio because it stood first in a list.
        self._field("portfolio").choices = places if len(places) == 1 else [CHOOSE, *places]
        self._field("scenario").choices = [(one.code, str(one)) for one in scenarios]

    def _field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field
