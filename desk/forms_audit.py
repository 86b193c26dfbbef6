"""The forms of findings, cases, audits and patterns put aside."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import detecting
from audit.models.cases import decisions
from desk.forms_people import day_field, period_end
from staff.models import Department, Person

LONGEST_WORDS = 4000


def words_field(label: Any, *, rows: int = 3) -> forms.CharField:
    """Return a field for words that are sealed."""
    return forms.CharField(
        label=label,
        max_length=LONGEST_WORDS,
        help_text=_("Sealed; read by those who decide."),
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def last_day_field(label: Any, help_text: Any = "") -> forms.DateField:
    """Return a field for the last day of something."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def end_of(day: date) -> datetime:
    """Return when a chosen last day has ended."""
    end = period_end(day)
    assert end is not None
    return end


class TakeForm(forms.Form):
    """Until when a case is to be decided; and the case that a finding joins, if any."""

    due = last_day_field(_("To be decided by"), _("Within half a year."))
    case = forms.TypedChoiceField(label=_("Case"), required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any = None, *, cases: list[tuple[int, str]], due: date) -> None:
        super().__init__(data, initial={"due": due})
        self.fields["case"].choices = [("", _("a new case")), *cases]  # type: ignore[attr-defined]


class ExplainForm(forms.Form):
    """Why a finding is nothing wrong."""

    words = words_field(_("Why it is nothing wrong"))


class NoteForm(forms.Form):
    """A note in a case."""

    words = words_field(_("Note"))


class AttachForm(forms.Form):
    """A file of a case."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG or JPEG, at most 10 MB. Sealed."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class DueForm(forms.Form):
    """Another deadline, with its reason."""

    due = last_day_field(_("To be decided by"), _("Within half a year."))
    words = words_field(_("Reason"), rows=2)


class HandForm(forms.Form):
    """Who owns the case from now on."""

    to = forms.TypedChoiceField(label=_("New owner"), coerce=UUID)

    def __init__(self, data: Any = None, *, officers: list[tuple[UUID, str]]) -> None:
        super().__init__(data)
        self.fields["to"].choices = officers  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """What a case came to."""

    decision = forms.ChoiceField(label=_("What it was"), choices=decisions)
    words = words_field(_("Words of the decision"))


class ReopenForm(forms.Form):
    """Why a decided case goes on."""

    words = words_field(_("Reason"), rows=2)


class PeriodForm(forms.Form):
    """The days of an audit by hand, both included."""

    first = last_day_field(_("First day"))
    last = last_day_field(_("Last day"))

    def clean(self) -> dict[str, Any]:
        """Insist that it ends after it begins."""
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", _("The last day lies before the first."))
        return given

    @property
    def since(self) -> datetime:
        """When the first day begins."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["first"], time.min))

    @property
    def until(self) -> datetime:
        """When the last day has ended."""
        return end_of(self.cleaned_data["last"])


class SuppressForm(forms.Form):
    """A pattern that is put aside: a detector, whose hits, why, until when."""

    detector = forms.ChoiceField(label=_("Detector"))
    number = forms.CharField(
        label=_("Staff number"),
        required=False,
        max_length=40,
        help_text=_("Of one person; empty for a department or everybody else than you."),
    )
    department = forms.ChoiceField(label=_("Department"), required=False)
    last_day = day_field(_("Until"))
    reason = words_field(_("Reason"))

    def __init__(self, data: Any = None, *, today: date, **more: Any) -> None:
        super().__init__(data, initial={"last_day": today + timedelta(days=30), **more.pop("initial", {})})
        self.fields["detector"].choices = [(one.code, one.name) for one in detecting.every()]  # type: ignore[attr-defined]
        places = Department.objects.order_by("code").values_list("code", "name")
        self.fields["department"].choices = [("", _("all")), *places]  # type: ignore[attr-defined]
        self.fields["last_day"].required = True

    def clean_number(self) -> str:
        """Insist that the person is known."""
        number: str = self.cleaned_data["number"].strip()
        if number and not Person.objects.filter(number=number).exists():
            raise forms.ValidationError(_("Nobody has this staff number."))
        return number

    @property
    def person(self) -> UUID | None:
        """The person whose pattern it is."""
        number = self.cleaned_data["number"]
        return Person.objects.get(number=number).pk if number else None

    @property
    def until(self) -> datetime:
        """When the last day has ended."""
        return end_of(self.cleaned_data["last_day"])
