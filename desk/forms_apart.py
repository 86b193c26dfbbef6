"""Forms of what is held apart: one hands a value over, a typed one or a file; one has a value destroyed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.services.apart import Brought
from classification.queries import FieldSpec
from desk.forms_people import reason_field
from files.apart import MOST_BYTES


class DepositForm(forms.Form):
    """One value for one L4 field."""

    field = forms.ChoiceField(label=_("Field"))
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("Any kind of file, 50 MB at most. PDF, PNG and JPEG can be shown."),
    )
    text = forms.CharField(label=_("Or a typed value"), required=False, max_length=2000)

    def __init__(self, data: Any = None, files: Any = None, *, fields: list[FieldSpec]) -> None:
        super().__init__(data, files)
        self.fields["field"].choices = [("", _("choose one")), *((one.code, one.label) for one in fields)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Insist on one of the two."""
        said = super().clean() or {}
        if not self.errors and bool(said.get("file")) == bool(said.get("text")):
            raise forms.ValidationError(_("Give a file or a typed value, one of the two."))
        return said

    @property
    def brought(self) -> Brought:
        """What was given."""
        sent = self.cleaned_data["file"]
        if sent:
            return Brought(content=sent.read(MOST_BYTES + 1), name=sent.name)
        return Brought(content=self.cleaned_data["text"].encode(), text=True)


class DestroyForm(forms.Form):
    """Why a value is destroyed."""

    reason = reason_field()
