"""The forms that propose archiving months of the trail, and destroying an archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms_people import reason_field


class ArchiveForm(forms.Form):
    """Up to which of the months that are due: the oldest go first."""

    until = forms.ChoiceField(label=_("Up to and including"))
    reason = reason_field()

    def __init__(self, data: Any = None, *, due: Sequence[date]) -> None:
        super().__init__(data)
        self._due = due
        field = self.fields["until"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in reversed(due)]

    @property
    def months(self) -> list[date]:
        """The months chosen."""
        return [month for month in self._due if f"{month:%Y-%m}" <= self.cleaned_data["until"]]


class DestroyForm(forms.Form):
    """Why an archive is destroyed."""

    reason = reason_field()
