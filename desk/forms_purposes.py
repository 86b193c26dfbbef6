"""Forms about purposes: other terms, a new one, its end. The services decide again."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from classification.models import LEVELS, NECESSARY, OPTIONAL, PurposeVersion, bases, is_code, retained_from
from classification.proposals.asking import asking
from classification.proposals.terms import LONGEST_REASON, MOST_MONTHS, TERMS, terms_of
from classification.queries import FieldSpec, scenarios
from desk.forms_people import reason_field
from staff.models import Department
from staff.roles import NAMES

NEED = "field-"
TAKEN = ("new", "without")
"""Codes that are addresses of pages already."""


def needs() -> list[tuple[str, object]]:
    """Return how much a purpose may need a field."""
    return [
        ("", pgettext_lazy("need of a field", "no")),
        (OPTIONAL, pgettext_lazy("need of a field", "optional")),
        (NECESSARY, pgettext_lazy("need of a field", "necessary")),
    ]


def role_choices() -> list[tuple[str, object]]:
    """Return every role with its name."""
    return list(NAMES.items())


def scenario_choices() -> list[tuple[str, str]]:
    """Return every collection scenario with its name."""
    return [(one.code, str(one)) for one in scenarios()]


def code_field() -> forms.CharField:
    """Return the input of a code that stays for ever."""
    return forms.CharField(
        label=_("Code"),
        max_length=40,
        validators=[is_code, not_an_address],
        help_text=_("Lower-case letters, digits and underscores. It never changes."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def not_an_address(code: str) -> None:
    """Refuse a code that a page of the workbench has as its address.

    :raises ValidationError: it is taken so.
    """
    if code in TAKEN:
        raise forms.ValidationError(_("This word cannot be a code. Choose another."))


def _reason(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=help_text,
    )


class PurposeForm(forms.Form):
    """What a purpose says: its legal basis, the fields it needs, how long, who picks it and who answers for it."""

    basis = forms.ChoiceField(label=_("Legal basis"), choices=bases)
    basis_reason_zh = _reason(
        _("Why this basis, in Chinese"), _("Needed for every basis but consent; customers read it (PIPL 13).")
    )
    basis_reason_en = _reason(_("Why this basis, in English"))
    necessary_for_service = forms.BooleanField(
        label=_("Necessary for the service"),
        required=False,
        help_text=_("Otherwise nobody is refused the service for saying no (PIPL 16)."),
    )
    service_reason_zh = _reason(_("Why it is necessary, in Chinese"))
    service_reason_en = _reason(_("Why it is necessary, in English"))
    retain_months = forms.IntegerField(
        label=_("Months kept"),
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=_("The shortest time that serves the purpose (PIPL 19)."),
    )
    retain_from = forms.ChoiceField(label=_("Kept from"), choices=retained_from)
    consent_months = forms.IntegerField(
        label=_("Months that a consent counts"),
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=_("Empty: until it is withdrawn."),
    )
    automated = forms.BooleanField(
        label=_("Automated decisions"),
        required=False,
        help_text=_("Customers are told, and may refuse them (PIPL 24)."),
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles that may pick it"),
        choices=role_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For a contact or a request; none where it only guides what is collected."),
    )
    scenarios = forms.MultipleChoiceField(
        label=_("Collected in"),
        choices=scenario_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Forms and imports of these scenarios ask for its fields; with none it collects nothing."
        ),
    )
    owner = forms.ChoiceField(
        label=_("Responsible department"),
        help_text=_("Answers for it, and is asked when it is looked at again."),
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )
    reason = reason_field()

    def __init__(
        self, data: Any = None, *, specs: Sequence[FieldSpec], version: PurposeVersion | None = None
    ) -> None:
        super().__init__(data, initial=_initial(version))
        self.specs = specs
        owner: Any = self.fields["owner"]
        active = Department.objects.filter(active=True).order_by("code")
        owner.choices = [("", _("choose one")), *((one.code, str(one)) for one in active)]
        needed = version.fields if version else {}
        for spec in specs:
            self.fields[NEED + spec.code] = forms.ChoiceField(
                label=spec.label,
                choices=needs,
                required=False,
                initial=needed.get(spec.code, ""),
                widget=forms.RadioSelect(attrs={"class": "form-selectgroup-input"}),
            )

    @property
    def levels(self) -> list[tuple[int, list[tuple[FieldSpec, forms.BoundField]]]]:
        """The fields of the catalogue by level, each with its choice."""
        return [
            (level, [(spec, self[NEED + spec.code]) for spec in self.specs if spec.level == level])
            for level in LEVELS
        ]

    def terms(self) -> dict[str, Any]:
        """Return what was asked for, for `classification.proposals.purposes`."""
        said = self.cleaned_data
        chosen = {spec.code: said[NEED + spec.code] for spec in self.specs if said[NEED + spec.code]}
        return {name: said[name] for name in TERMS if name != "fields"} | {"fields": chosen}


class ChangePurposeForm(PurposeForm):
    """Other terms for a purpose, made from the version that was looked at."""

    supersedes = forms.IntegerField(widget=forms.HiddenInput)


class NewPurposeForm(PurposeForm):
    """A purpose that there is not yet."""

    code = code_field()
    name_zh = forms.CharField(label=_("Chinese name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=60)


class EndForm(forms.Form):
    """The end of a purpose, as the version that was looked at."""

    supersedes = forms.IntegerField(widget=forms.HiddenInput)
    reason = reason_field()


def _initial(version: PurposeVersion | None) -> dict[str, Any]:
    if version is None:
        return {"retain_from": "end_of_relationship"}
    return terms_of(version) | {"supersedes": version.number, "scenarios": asking(version.purpose_id)}
