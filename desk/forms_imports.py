"""The form that starts an import: the file, where new customers go, where and in which scenario it was collected."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from classification.models import Scenario
from customers.models import Portfolio
from customers.proofs import LONGEST_PROOF
from customers.services.imports import DEFAULT_SCENARIO
from customers.words import problem_words

ENDINGS = ".csv,.tsv,.txt,.xlsx,.xls"
CHOOSE = ("", _("choose one"))
CUSTOMERS, ELSEWHERE = "customers", "elsewhere"


def origins() -> list[tuple[str, object]]:
    """Return where the values of a file may have come from."""
    return [(CUSTOMERS, _("from the customers")), (ELSEWHERE, _("from elsewhere"))]


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

    origin = forms.ChoiceField(
        label=_("Where it came from"), choices=origins, initial=CUSTOMERS, widget=forms.RadioSelect
    )
    proof = forms.CharField(
        label=_("Proof of the source"),
        required=False,
        max_length=LONGEST_PROOF,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "From elsewhere: who gave it and how the customers agreed, in one line (S2-11). It is sealed."
        ),
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

    def clean(self) -> dict[str, Any]:
        """Insist on the proof of an indirect source; forget what was typed beside a direct one."""
        said = self.cleaned_data
        if said.get("origin") != ELSEWHERE:
            said["proof"] = ""
        elif not said.get("proof") and "proof" not in self.errors:
            self.add_error("proof", problem_words("proof_missing"))
        return said

    def _field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field
