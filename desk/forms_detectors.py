"""The forms of changes of thresholds and of working hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.detectors.detector import Detector
from audit.proposals.hours import STEP, clock
from audit.proposals.thresholds import MOST
from desk.forms_people import reason_field
from staff.models import Department

DAY = 24 * 60


class ThresholdsForm(forms.Form):
    """Other thresholds for one detector; what stays as it is, is left as it stands."""

    def __init__(self, data: Any, *, detector: Detector, values: dict[str, float]) -> None:
        super().__init__(data)
        self.names = [limit.name for limit in detector.limits]
        for limit in detector.limits:
            self.fields[limit.name] = forms.FloatField(
                label=limit.words,
                min_value=limit.least,
                max_value=MOST,
                initial=f"{values[limit.name]:g}",
                widget=forms.NumberInput(attrs={"step": "any"}),
            )
        self.fields["reason"] = reason_field()

    def values(self) -> dict[str, float]:
        """Return the thresholds as they were typed."""
        return {name: self.cleaned_data[name] for name in self.names}


def departments() -> list[tuple[str, object]]:
    """Return whose hours can be changed."""
    rows = Department.objects.filter(active=True).values_list("code", "name")
    return [("", _("the whole house")), *((code, f"{code} {name}") for code, name in rows)]


def times(last: int) -> list[tuple[int, str]]:
    """Return the half hours of a day."""
    return [(minutes, clock(minutes)) for minutes in range(0, last + 1, STEP)]


class HoursForm(forms.Form):
    """When a department works."""

    department = forms.ChoiceField(label=_("Department"), choices=departments, required=False)
    opens = forms.TypedChoiceField(label=_("Work begins"), choices=times(DAY - STEP), coerce=int, initial=510)
    closes = forms.TypedChoiceField(
        label=_("Work ends"),
        choices=times(DAY),
        coerce=int,
        initial=1080,
        help_text=_("Earlier than it begins: the shift runs past midnight."),
    )
    every_day = forms.BooleanField(label=_("On days off as well"), required=False)
    reason = reason_field()
