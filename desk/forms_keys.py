"""The forms of key acts: a step of the life of a master key, a rotation of data keys, an escrow drill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from custody.models.drills import copies
from custody.queries.register import Step
from custody.words import SCOPES, step_words
from desk.forms_people import reason_field


class StepForm(forms.Form):
    """Which of the steps that can be taken now."""

    step = forms.ChoiceField(label=gettext_lazy("Key act"))
    reason = reason_field()

    def __init__(self, data: Any = None, *, steps: Sequence[Step]) -> None:
        super().__init__(data, prefix="step")
        self._steps = {f"{one.kind}:{one.number}": one for one in steps if not one.refusal}
        field = self.fields["step"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, step_words(one.kind, one.number)) for code, one in self._steps.items()]

    @property
    def chosen(self) -> Step:
        """The step that was chosen."""
        return self._steps[self.cleaned_data["step"]]


class RotateForm(forms.Form):
    """Whose data keys."""

    scope = forms.ChoiceField(label=gettext_lazy("Whose data keys"), choices=lambda: list(SCOPES.items()))
    id = forms.CharField(
        label=gettext_lazy("Portfolio code or customer reference"),
        help_text=gettext_lazy("Not for all customers. Of a customer the reference in the page's address."),
        required=False,
        max_length=64,
    )
    reason = reason_field()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="rotate")

    def clean(self) -> dict[str, Any]:
        """Insist on whose, and on the form of a reference."""
        said = super().clean() or {}
        scope, id = said.get("scope"), str(said.get("id", "")).strip()
        if scope == "all":
            id = ""
        elif not id:
            self.add_error("id", _("Say which one."))
        elif scope == "customer":
            try:
                id = str(UUID(id))
            except ValueError:
                self.add_error("id", _("This is no customer reference."))
        return said | {"id": id}


class DrillForm(forms.Form):
    """When which copy was brought back, and whether it opened."""

    held_on = forms.DateField(
        label=gettext_lazy("Held on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    copy = forms.ChoiceField(label=gettext_lazy("What was brought back"), choices=copies)
    opened = forms.ChoiceField(
        label=gettext_lazy("Result"),
        choices=[
            ("yes", gettext_lazy("test values opened")),
            ("no", gettext_lazy("did not open")),
        ],
    )
    reason = reason_field()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="drill")
