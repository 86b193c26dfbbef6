"""The form about the organisation. What it takes is published; the service decides again."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.models import Person
from staff.queries import Controller, holders_of
from staff.roles import OFFICER


class OrganisationForm(forms.Form):
    """What notices, receipts and public pages say of the organisation."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=160)
    address = forms.CharField(label=_("Postal address"), max_length=200)
    email = forms.EmailField(
        label=_("Published e-mail"), max_length=120, help_text=_("Customers write here to use their rights.")
    )
    phone = forms.CharField(
        label=_("Published phone"), max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )
    officer_name = forms.CharField(
        label=_("Responsible officer"),
        max_length=80,
        help_text=_(
            "The person in charge of protecting personal information, as customers are told (PIPL 52)."
        ),
    )
    officer_contact = forms.CharField(
        label=_("Contact of the officer"), max_length=120, help_text=_("An e-mail address or a phone number.")
    )
    officer_id = forms.ModelChoiceField(
        label=_("The officer's account"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("none"),
        help_text=_("Where the officer works with this system as data security officer."),
    )
    officer_filed_on = forms.DateField(
        label=_("Officer filed on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("The day on which the officer was filed with the authority; empty while not filed."),
    )

    def __init__(self, data: Any = None, *, at: datetime, held: Controller | None) -> None:
        initial = {name: getattr(held, name) for name in Controller.__dataclass_fields__} if held else None
        super().__init__(data, initial=initial)
        people = set(holders_of(OFFICER, at)) | ({held.officer_id} if held and held.officer_id else set())
        choice: Any = self.fields["officer_id"]
        choice.queryset = Person.objects.filter(pk__in=people).order_by("number")

    def said(self) -> Controller:
        """Return what was typed, for `staff.services.organisation.set_organisation`."""
        officer = self.cleaned_data["officer_id"]
        return Controller(**self.cleaned_data | {"officer_id": officer.pk if officer else None})
