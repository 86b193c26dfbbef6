"""The question of the explain page."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ExplainForm(forms.Form):
    """Whose reading of whom, under which circumstances."""

    person = forms.CharField(label=_("Staff number"), max_length=32)
    customer = forms.CharField(
        label=_("Customer number"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    in_contact = forms.BooleanField(label=_("inside an open contact"), required=False)
    with_reason = forms.BooleanField(label=_("with a reason"), required=False)
    purpose = forms.ChoiceField(label=_("Purpose of the contact"), required=False)
    zone = forms.CharField(label=_("Network zone"), max_length=32, required=False)

    def __init__(self, *args: Any, purposes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["purpose"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("none")), *purposes]

    def unknown_person(self) -> None:
        """Say that nobody has this staff number."""
        self.add_error("person", _("Nobody here has this staff number."))

    def unknown_customer(self) -> None:
        """Say that no customer has this number."""
        self.add_error("customer", _("No customer has this number."))
