"""The form that asks how far a breach reaches: whose reading, and when."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.queries.radius import Scope
from staff.models import Person

MINUTE = "%Y-%m-%dT%H:%M"


def moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    """Return a minute of the local time."""
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        input_formats=[MINUTE, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(format=MINUTE, attrs={"type": "datetime-local"}),
    )


class RadiusForm(forms.Form):
    """A period, and an account, a session or an address where only one of them is in question."""

    since = moment(_("From"))
    until = moment(_("Up to"), _("What happened in this minute is no longer counted."))
    person = forms.CharField(
        label=_("Account (staff number)"),
        help_text=_("Empty: everybody's."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    session = forms.CharField(
        label=_("Session (hash)"),
        help_text=_("As an event of the session shows it."),
        max_length=128,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    ip = forms.CharField(
        label=_("Network address"),
        max_length=45,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, at: datetime, given: Any = None) -> None:
        now = timezone.localtime(at).replace(second=0, microsecond=0)
        usual = {"since": now - timedelta(days=30), "until": now + timedelta(minutes=1)}
        super().__init__(data, initial=usual | {name: text for name, text in (given or {}).items() if text})

    def clean_person(self) -> Person | None:
        """Find the account by its number."""
        number = self.cleaned_data["person"].strip()
        if not number:
            return None
        found = Person.objects.filter(number__iexact=number).first()
        if found is None:
            raise forms.ValidationError(_("Nobody has this staff number."))
        return found

    def clean_session(self) -> str:
        """Take the hash without spaces around it."""
        return str(self.cleaned_data["session"]).strip()

    def clean_ip(self) -> str:
        """Take an address as the trail writes it."""
        typed = self.cleaned_data["ip"].strip()
        if not typed:
            return ""
        try:
            return str(ip_address(typed))
        except ValueError:
            raise forms.ValidationError(_("This is no network address.")) from None

    def clean(self) -> None:
        """Insist on an end after the start."""
        said = self.cleaned_data
        if "since" in said and "until" in said and said["since"] >= said["until"]:
            self.add_error("until", _("The end lies before the start."))

    @property
    def scope(self) -> Scope:
        """What was asked, once the form is valid."""
        said = self.cleaned_data
        return Scope(
            since=said["since"],
            until=said["until"],
            person=said["person"].pk if said["person"] else None,
            session=said["session"],
            ip=said["ip"],
        )
