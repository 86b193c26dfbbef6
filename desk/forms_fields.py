"""Forms about fields of the catalogue: another label, a new field, a confirmation. The services decide again."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from classification.models import FieldVersion, categories, indexes
from classification.proposals.labels import PARAMETERS, label_of
from classification.queries import FieldSpec
from classification.words import KINDS
from desk.forms_people import reason_field

FIXED_WHEN_DERIVED = ("kind", "options", "max_length", "index", "required")


def levels() -> list[tuple[str, str]]:
    """Return the four levels as choices."""
    return [(str(level), f"L{level}") for level in (1, 2, 3, 4)]


def kinds() -> list[tuple[str, object]]:
    """Return every kind of value as a choice."""
    return list(KINDS.items())


class LabelForm(forms.Form):
    """What a field means: its label and how its values are checked and found."""

    level = forms.TypedChoiceField(label=_("Level"), choices=levels, coerce=int)
    kind = forms.ChoiceField(label=_("Kind"), choices=kinds)
    options = forms.CharField(
        label=_("Options of the choice"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One a line: code = Chinese | English. For choices, tags and member levels."),
    )
    max_length = forms.IntegerField(
        label=_("Characters at most"),
        required=False,
        min_value=1,
        max_value=2000,
        help_text=_("For text and notes."),
    )
    index = forms.ChoiceField(
        label=_("Search"), choices=indexes, help_text=_("Only sealed L3 fields need an index.")
    )
    category = forms.ChoiceField(label=_("Category"), choices=categories)
    required = forms.BooleanField(label=_("Required where a scenario insists"), required=False)
    sensitive = forms.BooleanField(
        label=_("Sensitive personal information"),
        required=False,
        help_text=_(
            "Reading it needs a consent of its own (PIPL 28, 29). It does not follow from the level."
        ),
    )

    kept: Mapping[str, Any] = {}
    """The parameters of the field as it is now; those that the form does not ask for stay with their kind."""
    kept_kind = ""

    def clean_options(self) -> dict[str, list[str]] | list[str]:
        """Read the options: codes with their words, or words alone."""
        lines = [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]
        if not any("=" in line for line in lines):
            return lines
        read: dict[str, list[str]] = {}
        for line in lines:
            code, sign, words = line.partition("=")
            labels = [word.strip() for word in words.split("|") if word.strip()]
            if not sign or not code.strip() or len(labels) < 2:
                raise forms.ValidationError(_("Each line needs a code, a Chinese and an English word."))
            read[code.strip()] = labels
        return read

    def label(self) -> dict[str, Any]:
        """Return the label that was asked for, for `classification.proposals.fields`."""
        said = self.cleaned_data
        names = ("level", "kind", "index", "category", "required", "sensitive")
        return {name: said[name] for name in names} | {"params": self._params()}

    def _params(self) -> dict[str, Any]:
        said, reads = self.cleaned_data, PARAMETERS.get(self.cleaned_data["kind"], set())
        asked = {name: said[name] for name in ("options", "max_length") if said.get(name) and name in reads}
        kept = self.kept if said["kind"] == self.kept_kind else {}
        return {name: value for name, value in kept.items() if name not in ("options", "max_length")} | asked


class ChangeForm(LabelForm):
    """Another label for a field that is there, made from the version that was looked at."""

    supersedes = forms.IntegerField(widget=forms.HiddenInput)
    opening_reason = forms.CharField(
        label=_("Why it may be held in the clear"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only needed when an L3 field becomes L1 or L2: its sealed values are opened."),
    )
    reason = reason_field()

    def __init__(self, data: Any = None, *, version: FieldVersion) -> None:
        super().__init__(data, initial=initial_of(version))
        self.kept, self.kept_kind = version.params, version.kind
        if version.derived_from:
            for name in FIXED_WHEN_DERIVED:
                self.fields[name].disabled = True


class NewFieldForm(LabelForm):
    """A field that the catalogue does not have yet."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Lower-case letters, digits and underscores. It never changes."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name_zh = forms.CharField(label=_("Chinese name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=60)
    reason = reason_field()

    field_order = ("code", "name_zh", "name_en")


class ConfirmForm(forms.Form):
    """Fields to be signed as they are."""

    fields_chosen = forms.MultipleChoiceField(
        label=_("Fields"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    reason = reason_field()

    def __init__(self, data: Any = None, *, specs: Sequence[FieldSpec], chosen: Sequence[str] = ()) -> None:
        super().__init__(data, initial={"fields_chosen": list(chosen)})
        self.fields["fields_chosen"].choices = [  # type: ignore[attr-defined]
            (spec.code, f"{spec.label} ({spec.code})") for spec in specs
        ]


def initial_of(version: FieldVersion) -> dict[str, Any]:
    """Return what the form shows of a version."""
    params = version.params
    return label_of(version) | {
        "supersedes": version.number,
        "options": written(params.get("options", [])),
        "max_length": params.get("max_length"),
    }


def written(options: Any) -> str:
    """Write options as the form reads them."""
    if isinstance(options, Mapping):
        return "\n".join(f"{code} = {' | '.join(labels)}" for code, labels in options.items())
    return "\n".join(map(str, options))
