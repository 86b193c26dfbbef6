"""The form under the undertaking."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignForm(forms.Form):
    """A tick under the text, bound to its hash; the password where the person has no second factor."""

    hash = forms.CharField(widget=forms.HiddenInput)
    read = forms.BooleanField(
        label=_("I have read this undertaking and sign it."),
        error_messages={"required": _("Tick that you have read it; only then can it be signed.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: object, by_password: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not by_password:
            del self.fields["password"]
