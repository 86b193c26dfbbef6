"""Forms of the restricted host."""

from django import forms
from django.utils.translation import gettext_lazy as _

from restricted.security_keys import LONGEST
from restricted.services.requests import LONGEST_REASON

MOMENT = "%Y-%m-%dT%H:%M"


class Login(forms.Form):
    """Number, the main site's password, and a code of the app enrolled here."""

    number = forms.CharField(label=_("Staff number"), max_length=32)
    password = forms.CharField(label=_("Password of the main site"), max_length=256, strip=False)
    code = forms.CharField(label=_("Code of the app enrolled here"), max_length=LONGEST)


class Enrol(forms.Form):
    """Number, the code that was handed over, and the main site's password."""

    number = forms.CharField(label=_("Staff number"), max_length=32)
    handed = forms.CharField(label=_("One-time code that was handed to you"), max_length=64)
    password = forms.CharField(label=_("Password of the main site"), max_length=256, strip=False)
    code = forms.CharField(label=_("Code that the app shows now"), max_length=LONGEST, required=False)


class Ask(forms.Form):
    """What for, why, and from when to when."""

    purpose = forms.CharField(max_length=40)
    reason = forms.CharField(max_length=LONGEST_REASON)
    starts_at = forms.DateTimeField(input_formats=[MOMENT])
    ends_at = forms.DateTimeField(input_formats=[MOMENT])


class Sign(forms.Form):
    """Yes or no, with a fresh code."""

    code = forms.CharField(max_length=LONGEST)
    accepted = forms.ChoiceField(choices=[("yes", ""), ("no", "")])


class Open(forms.Form):
    """A fresh code, and a reason where no grant says it."""

    code = forms.CharField(max_length=LONGEST)
    reason = forms.CharField(max_length=LONGEST_REASON, required=False)


class Propose(forms.Form):
    """Which act on which version, with a fresh code."""

    code = forms.CharField(max_length=LONGEST)
    step = forms.RegexField(r"^[a-z]{1,12}-[1-9][0-9]{0,8}$")


class Seal(forms.Form):
    """A fresh code."""

    code = forms.CharField(max_length=LONGEST)
