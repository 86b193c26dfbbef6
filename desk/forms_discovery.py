"""The form that dismisses a doubt."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.services.doubts import LONGEST_DISMISSAL

USUAL = timedelta(days=90)


class DismissForm(forms.Form):
    """Why a doubt is none, and when it is looked at again."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Sealed; read by whoever decides about doubts."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = forms.DateField(
        label=_("Comes back on"),
        help_text=_("Within a year. Earlier only when it grows."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"until": today + USUAL})
        self.today = today

    def clean_until(self) -> date:
        """Insist on a day after today and within a year."""
        until: date = self.cleaned_data["until"]
        if not self.today < until <= self.today + LONGEST_DISMISSAL - timedelta(days=1):
            raise forms.ValidationError(_("A day after today, within a year."))
        return until

    @property
    def until_at(self) -> datetime:
        """When the chosen day begins."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["until"], time.min))
