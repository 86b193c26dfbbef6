"""The form of a customer's record, generated from the catalogue for one scenario.

An old sealed value is never in the form: its input is blank, which keeps what is held. Each open value travels
with a hidden copy of what the form began with, so that only what the person changed is written, and two people
who change different fields do not undo each other.
"""

from collections.abc import Iterable, Mapping

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.cards import Card, CardValue
from access.policy import CLEAR, Why
from classification.models import Scenario
from classification.queries import FieldSpec
from customers.models import Portfolio
from customers.problems import Problem
from customers.proofs import LONGEST_PROOF
from customers.returning import LONGEST_LINE, NEW_CONSENT
from customers.words import problem_words

REMOVE = "remove-"
ABOUT = ("number", "portfolio", "source", "proof", "new_consent", "version", "scenario")
RELATIONSHIP = ("relationship_since", "relationship_until")
SOURCES = {
    "customer": gettext_lazy("the customer, in writing"),
    "phone": gettext_lazy("the customer, by phone"),
    "counter": gettext_lazy("the customer, at the counter"),
    "online": gettext_lazy("the customer, online"),
    "other": gettext_lazy("another source, with the customer's agreement"),
}
LONGEST = 4000
OFF = {"autocomplete": "off", "spellcheck": "false"}


class RecordForm(forms.Form):
    """One record. What is typed is checked by the services; this form carries it there and back."""

    def __init__(
        self,
        data: Mapping[str, str] | None,
        *,
        specs: Iterable[FieldSpec],
        scenario: Scenario,
        portfolios: Iterable[Portfolio] = (),
        card: Card | None = None,
    ) -> None:
        super().__init__(data, auto_id="f_%s")
        self.comes_back = bool(data and data.get(NEW_CONSENT))
        """Whether this is about somebody who was erased, so that the line for their new consent is asked for."""
        self.specs = list(specs)
        self.card = card
        self.scenario = scenario
        if card is None:
            self._ask_where(portfolios)
        else:
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=card.version)
        self.fields["source"] = forms.ChoiceField(
            label=_("Told by"), choices=list(SOURCES.items()), initial=next(iter(SOURCES))
        )
        self.fields["proof"] = forms.CharField(
            label=_("Proof of the source"),
            required=False,
            max_length=LONGEST_PROOF,
            widget=forms.TextInput(attrs=OFF),
            help_text=_(
                "For another source: who gave it and how the customer agreed, in one line. It is sealed."
            ),
        )
        for spec in self.specs:
            self._ask_for(spec, card.get(spec.code) if card else None)

    def _ask_where(self, portfolios: Iterable[Portfolio]) -> None:
        self.fields["number"] = forms.CharField(
            label=_("Customer number"),
            max_length=100,
            required=False,  # of the form; see `_input`
            widget=forms.TextInput(attrs={**OFF, "autofocus": True, "aria-required": "true"}),
        )
        self.fields["portfolio"] = forms.ChoiceField(
            label=_("Portfolio"), choices=[(one.code, str(one)) for one in portfolios]
        )
        self.fields["new_consent"] = forms.CharField(
            label=_("New consent after destruction"),
            required=False,
            max_length=LONGEST_LINE,
            widget=forms.TextInput(attrs=OFF),
            help_text=_(
                "Only for somebody whose data were destroyed before: what they consented to since, when and how. It is"
                " sealed."
            ),
        )

    def _ask_for(self, spec: FieldSpec, value: CardValue | None) -> None:
        held = value is not None and value.held
        shown = value.raw if value is not None and value.view == CLEAR and not value.sealed else ""
        required = spec.required and (bool(shown) if value is not None else self.scenario.insists)
        made = _input(spec)
        if required:
            made.widget.attrs["aria-required"] = "true"
        made.initial = shown
        made.show_hidden_initial = bool(value is not None and not spec.sealed)
        if value is not None and value.decision.why == Why.STORAGE_ONLY:
            made.disabled, made.help_text = True, value.reason
        elif held and not shown and value is not None:
            made.help_text = _("Held: %(mask)s. Leave empty to keep it.") % {"mask": value.text}
            if not spec.required:
                self.fields[REMOVE + spec.code] = forms.BooleanField(
                    label=_("Remove the held value"), required=False
                )
        self.fields[spec.code] = made

    @property
    def asked(self) -> list[tuple[FieldSpec, forms.BoundField, forms.BoundField | None]]:
        """The fields of the catalogue in form order, each with its box for removing."""
        return [
            (spec, self[spec.code], self[REMOVE + spec.code] if REMOVE + spec.code in self.fields else None)
            for spec in self.specs
        ]

    @property
    def values(self) -> dict[str, str]:
        """What was typed: all of it for a new record, what differs from the beginning for an old one."""
        codes = [spec.code for spec in self.specs]
        if self.card is not None:
            changed = set(self.changed_data)
            codes = [code for code in codes if code in changed]
        return {code: str(self.cleaned_data.get(code) or "") for code in codes}

    @property
    def cleared(self) -> set[str]:
        """The fields to empty: ticked for removal, or an open value that was deleted from its input."""
        ticked = {
            code.removeprefix(REMOVE)
            for code in self.fields
            if code.startswith(REMOVE) and self.cleaned_data[code]
        }
        emptied = {
            spec.code
            for spec in self.specs
            if self.card is not None
            and not spec.sealed
            and spec.code in self.changed_data
            and not self.cleaned_data.get(spec.code)
            and not self.fields[spec.code].help_text
        }
        return ticked | emptied

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Put each problem beside its field; what was typed stays."""
        for problem in problems:
            self.comes_back |= problem.code == "erased_person"
            place = problem.field if problem.field in self.fields else None
            said = problem_words(problem.code, problem.params)
            self.add_error(place, said if place else f"{self._label(problem.field)}: {said}")

    def _label(self, code: str) -> str:
        return next((spec.label for spec in self.specs if spec.code == code), code)


def _input(spec: FieldSpec) -> forms.Field:
    """Return the input of one field: a choice, a note of several lines, or one line.

    None is required of the form: the services miss what is missing, and name it together with all else that is wrong.
    """
    if spec.kind in ("choice", "member_level") and spec.options:
        return forms.ChoiceField(label=spec.name, choices=[("", "—"), *spec.options], required=False)
    if spec.kind == "note":
        area = forms.Textarea(attrs={**OFF, "rows": 3})
        return forms.CharField(label=spec.name, required=False, max_length=LONGEST, widget=area)
    hints = {"placeholder": HINTS[spec.kind]} if spec.kind in HINTS else {}
    line = forms.TextInput(attrs={**OFF, **hints})
    return forms.CharField(label=spec.name, required=False, max_length=LONGEST, widget=line)


HINTS = {"date": "2026-11-21", "amount": "1,234.50"}
