"""Forms of the frame: codes, passwords, reports. Plain forms; what they hold is checked again by the services."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """A one-time code of the authenticator app."""

    code = forms.CharField(
        label=_("One-time code"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class UnlockForm(forms.Form):
    """The password that opens the lock."""

    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class LinkForm(forms.Form):
    """The enrolment link's token, and the code where two people hold the two halves."""

    token = forms.CharField(
        label=_("Link"),
        max_length=100,
        help_text=_("What follows the # in the link."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        required=False,
        help_text=_("Ten letters and digits, from the person who signed. Links sent by mail need none."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        help_text=_(
            "Twelve characters or more, not a common password, not your name. A sentence is easy to keep."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("The two are not the same."))
        return again


class FactorForm(CodeForm):
    """A code, and the present password where the enrolment sets the factor only."""

    password = forms.CharField(
        label=_("Password now"),
        max_length=200,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ProblemForm(forms.Form):
    """A report of a problem, in the reporter's words."""

    text = forms.CharField(
        label=_("What happened?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("It is sealed; only you and the data security officer can read it."),
    )
    customer = forms.CharField(
        label=_("Number of the customer it concerns"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "If it concerns one: then the words end with what the law asks, once the customer is erased."
        ),
    )
    anonymous = forms.BooleanField(
        label=_("Without my name"),
        required=False,
        help_text=_(
            "Neither the record nor the report holds your name, session, address, place or page, and nobody here can"
            " find it out; you cannot read the report again either. Not hidden are the time, and what your words tell"
            " of you. Whoever runs the network may know which computers used this site at that time."
        ),
    )
