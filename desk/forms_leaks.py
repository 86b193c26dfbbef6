"""The forms of leak traces and decoys."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.services.decoys import MOST_AT_ONCE
from customers.models import Portfolio
from desk.forms_people import day_field

ENDINGS = ".csv,.tsv,.txt,.xlsx,.xls"


class TraceForm(forms.Form):
    """A leaked list, pasted or as a file, and when it may have been taken."""

    text = forms.CharField(
        label=_("Paste the list"),
        required=False,
        help_text=_("Numbers, mobiles, ID numbers, names beside something else; as it came, in any order."),
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("CSV, Excel or text, UTF-8 or GB18030; 10,000 rows and 8 MiB at most."),
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
    )
    first_day = day_field(_("Taken from"))
    last_day = day_field(_("Taken until"))

    def clean(self) -> dict[str, Any]:
        """Insist on a list, and on a window that has a length."""
        said = super().clean() or {}
        if not said.get("file") and not said.get("text"):
            raise forms.ValidationError(_("Paste a list or choose a file."))
        first, last = said.get("first_day"), said.get("last_day")
        if first and last and first > last:
            self.add_error("last_day", _("The last day is before the first."))
        return said

    def content(self, most: int) -> bytes:
        """Return what was given, and no more of it than is looked at."""
        sent = self.cleaned_data["file"]
        content: bytes = sent.read(most + 1) if sent else self.cleaned_data["text"].encode()
        return content

    def window(self, at: datetime) -> tuple[datetime | None, datetime]:
        """Return when the list may have been taken: whole days, and at the latest now."""
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        since = timezone.make_aware(datetime.combine(first, time.min)) if first else None
        until = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min)) if last else at
        return since, min(until, at)


class PlantForm(forms.Form):
    """Where decoys are planted, and how many."""

    portfolio = forms.ChoiceField(label=_("Portfolio"))
    count = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=MOST_AT_ONCE,
        initial=2,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["portfolio"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(one.code, str(one)) for one in Portfolio.objects.all()]
