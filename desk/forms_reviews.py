"""The forms of permission reviews and of the personnel file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models.reviews import KEEP, NARROW, REVOKE
from desk.forms_people import day_field

ENDINGS = ".csv,.tsv,.txt,.xlsx,.xls"


class StartForm(forms.Form):
    """A review with its last day."""

    last_day = forms.DateField(
        label=_("Last day to decide"),
        help_text=_("What nobody has confirmed when this day ends, ends with it."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class DecisionForm(forms.Form):
    """One decision about one right."""

    decision = forms.ChoiceField(choices=((KEEP, KEEP), (NARROW, NARROW), (REVOKE, REVOKE)))
    until = day_field(_("Keep until"))


class HrFileForm(forms.Form):
    """A personnel file."""

    file = forms.FileField(
        label=_("Personnel file"),
        help_text=_("CSV or Excel with the columns staff number, state and department; UTF-8 or GB18030."),
        allow_empty_file=True,  # the reader says what is wrong with an empty one
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
    )
