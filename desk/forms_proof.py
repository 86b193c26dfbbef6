"""Which month of the trail someone takes along."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MONTHS = 36
"""How long the trail is kept at least, in months (regulations: three years)."""


class MonthForm(forms.Form):
    """A month of the last three years, by the site's own calendar."""

    month = forms.ChoiceField(label=_("Month"))

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = timezone.localtime(at)
        last = here.year * 12 + here.month - 1
        names = [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(last, last - MONTHS, -1)]
        field = self.fields["month"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in names]

    @property
    def period(self) -> tuple[datetime, datetime]:
        """When the chosen month begins and ends."""
        year, month = map(int, self.cleaned_data["month"].split("-"))
        after = (year + 1, 1) if month == 12 else (year, month + 1)
        return timezone.make_aware(datetime(year, month, 1)), timezone.make_aware(datetime(*after, 1))
