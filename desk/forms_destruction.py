"""The forms of destruction: one names customers, one says that a list was looked through."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from classification.models import categories
from classification.queries import Catalogue
from desk.forms_people import reason_field
from retention.models import DownstreamSystem
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


class WhenToldForm(forms.Form):
    """That somebody was told: when and how."""

    told_on = forms.DateField(
        label=_("Told on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"}),
    )
    how = forms.ChoiceField(label=_("How"), choices=ways, widget=forms.Select(attrs={"class": "form-select"}))


class ToldForm(WhenToldForm):
    """That the recipient of a file was told."""

    export = forms.IntegerField(widget=forms.HiddenInput)


class SystemToldForm(WhenToldForm):
    """That the owner of a downstream system was told."""

    system = forms.UUIDField(widget=forms.HiddenInput)


class SystemForm(forms.Form):
    """One row of the register of downstream systems; `system` is empty for a new one."""

    system = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("System"), max_length=80)
    owner = forms.CharField(
        label=_("Owner"),
        max_length=80,
        help_text=_("A department or a staff number; it stands on certificates."),
    )
    contact = forms.CharField(
        label=_("How to reach the owner"),
        max_length=200,
        help_text=_("An address, a number, a ticket queue."),
    )
    how = forms.ChoiceField(label=_("How the owner is told"), choices=ways)
    categories = forms.MultipleChoiceField(
        label=_("Categories it holds"), required=False, widget=forms.CheckboxSelectMultiple
    )
    fields_of = forms.MultipleChoiceField(
        label=_("Single fields it holds"), required=False, help_text=_("Beyond the categories chosen.")
    )

    def __init__(self, data: Any = None, *, known: Catalogue, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        kinds, fields = self.fields["categories"], self.fields["fields_of"]
        assert isinstance(kinds, forms.MultipleChoiceField)
        assert isinstance(fields, forms.MultipleChoiceField)
        kinds.choices = categories()
        fields.choices = [(spec.code, spec.label) for spec in known.fields]
        fields.widget.attrs["size"] = 6

    @staticmethod
    def initial_of(row: DownstreamSystem) -> dict[str, Any]:
        """Return what the form shows of a row."""
        said = {name: getattr(row, name) for name in ("name", "owner", "contact", "how", "categories")}
        return said | {"system": row.pk, "fields_of": row.fields}

    def said(self) -> dict[str, Any]:
        """Return what `retention.services.systems.save` takes."""
        said = dict(self.cleaned_data)
        return {"id": said.pop("system"), "fields": said.pop("fields_of"), **said}
