"""The forms of usage requests: ask, narrow, revoke, send a text (S0-33)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.grants import SCREEN
from access.models.requests import FILTER, LIST, MOST_CUSTOMERS, ONE, outputs, scenarios
from access.requests import LONGEST_REASON
from access.services.deliver import LONGEST_SUBJECT, LONGEST_TEXT
from access.services.requests import MOST_FILES
from classification.purposes import PurposeSpec
from classification.queries import FieldSpec
from customers.models import Portfolio, tiers

USUAL = timedelta(days=7)


def selections(one: bool) -> list[tuple[str, object]]:
    """Return how customers are chosen; this one only where the form came from one."""
    ways: list[tuple[str, object]] = [
        (LIST, _("customers by number")),
        (FILTER, _("a portfolio and a tier, as they are at this moment")),
    ]
    return [(ONE, _("this customer")), *ways] if one else ways


def moment_field(label: Any) -> forms.DateTimeField:
    """Return a day and time."""
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages={"invalid": _("Write day and time, such as 2026-11-21 20:45.")},
    )


class FilesInput(forms.FileInput):
    """A field in which several files are chosen at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to three files; `clean` gives the list of them."""

    widget = FilesInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check each file by itself, and how many there are."""
        given = [super(FilesField, self).clean(one, initial) for one in data or ()]
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("Choose three files at most."))
        return given


class RequestForm(forms.Form):
    """《信息使用申请表》: purpose, scope, time."""

    purpose = forms.ChoiceField(label=_("Purpose"))
    scenario = forms.ChoiceField(label=_("Scenario of use"), choices=scenarios)
    fields_asked = forms.MultipleChoiceField(
        label=_("Fields"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one field.")},
    )
    selection = forms.ChoiceField(label=_("Customers"))
    numbers = forms.CharField(
        label=_("Customer numbers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One to a line, or separated by spaces; 2,000 at most."),
    )
    portfolio = forms.ModelChoiceField(
        label=_("Portfolio"), queryset=Portfolio.objects.none(), required=False, to_field_name="code"
    )
    tier = forms.ChoiceField(label=_("Customer tier"), required=False)
    starts_at = moment_field(_("From"))
    ends_at = moment_field(_("Until"))
    output = forms.ChoiceField(label=_("Output"), choices=outputs)
    uses = forms.IntegerField(
        label=_("Values at most"),
        required=False,
        min_value=1,
        help_text=_("Left empty: every field of every customer, once."),
    )
    without = forms.ChoiceField(
        label=_("Customers whose consent is missing"),
        choices=(("exclude", _("leave them out")), ("justify", _("keep them, and say why"))),
        widget=forms.RadioSelect,
    )
    justification = forms.CharField(
        label=_("Why they are needed without consent"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Those who sign read it. It is sealed, and never part of a list."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    attachments = FilesField(
        label=_("Attachments"),
        required=False,
        help_text=_(
            "Up to three files, PDF, PNG or JPEG of at most 10 MB each, such as the instruction of a supervisor;"
            " kept for a week."
        ),
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        purposes: Sequence[PurposeSpec],
        fields: Sequence[FieldSpec],
        portfolios: Any,
        one: bool,
        initial: Any = None,
    ) -> None:
        super().__init__(data, files, initial=initial, auto_id="r_%s")
        self._choices("purpose", [(spec.code, spec.name) for spec in purposes])
        self._choices("fields_asked", [(spec.code, spec.label) for spec in fields])
        self._choices("selection", selections(one))
        self._choices("tier", [("", _("every tier")), *tiers()])
        self.fields["portfolio"].queryset = portfolios  # type: ignore[attr-defined]

    def _choices(self, name: str, choices: Sequence[tuple[str, object]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    @staticmethod
    def usual(at: datetime) -> dict[str, object]:
        """Return what an empty form begins with: a week from now, on the screen, without those who did not consent."""
        now = timezone.localtime(at).replace(second=0, microsecond=0)
        return {
            "starts_at": now,
            "ends_at": now + USUAL,
            "output": SCREEN,
            "without": "exclude",
            "selection": LIST,
        }

    def numbers_given(self) -> list[str]:
        """Return the customer numbers that were typed, at most one more than a request may name."""
        typed: str = self.cleaned_data["numbers"]
        return typed.replace(",", " ").replace("，", " ").replace("、", " ").split()[: MOST_CUSTOMERS + 1]


class NarrowForm(forms.Form):
    """What a signer leaves of a request."""

    fields_left = forms.MultipleChoiceField(
        label=_("Fields"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Leave at least one field, or refuse.")},
    )
    ends_at = moment_field(_("Until"))
    output = forms.ChoiceField(label=_("Output"), choices=outputs)
    uses = forms.IntegerField(label=_("Values at most"), min_value=1)
    reason = forms.CharField(label=_("Why less"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any = None, *, fields: Sequence[tuple[str, str]], initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="n_%s")
        field = self.fields["fields_left"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(fields)


class RevokeForm(forms.Form):
    """Why a grant ends early."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class TextForm(forms.Form):
    """A text to a customer's address, which nobody sees."""

    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    body = forms.CharField(label=_("Text"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 8}))
