"""Forms about retention: other terms of a schedule, its end, a legal hold. The services decide again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from classification.models import DESTROY, SCHEDULE_STARTS, endings, retained_from
from classification.proposals.terms import MOST_MONTHS
from classification.queries import Catalogue
from classification.schedules import TERMS, ScheduleSpec
from desk.forms_people import period_end, reason_field
from lawbook.queries import Fact


def starts() -> list[tuple[str, object]]:
    """Return from when a schedule may count."""
    return [(code, name) for code, name in retained_from() if code in SCHEDULE_STARTS]


class ScheduleForm(forms.Form):
    """How long a field or a category is kept at most, from when, and what follows."""

    months = forms.IntegerField(
        label=_("Months kept at most"),
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=_("The shortest time that serves its purposes (PIPL 19)."),
    )
    starts = forms.ChoiceField(label=_("Kept from"), choices=starts)
    floor = forms.ChoiceField(
        label=_("Legal floor"),
        required=False,
        help_text=_(
            "A law that wants it kept for longer: then it is stored only and read by nobody (PIPL 47)."
        ),
    )
    floor_from = forms.ChoiceField(label=_("The floor counts from"), required=False)
    then = forms.ChoiceField(label=_("After the term"), choices=endings)
    store_months = forms.IntegerField(
        label=_("Months stored only"),
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=_("Where it is stored before it is destroyed."),
    )
    verify_months = forms.IntegerField(
        label=_("Confirmed with the customer every so many months"),
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=_("Empty: never. Otherwise a task for those who serve the customer (PIPL 46)."),
    )
    supersedes = forms.IntegerField(widget=forms.HiddenInput)
    reason = reason_field()

    def __init__(
        self, data: Any = None, *, laws: list[Fact], current: ScheduleSpec | None, newest: int
    ) -> None:
        said = (
            {name: getattr(current, name) for name in TERMS} if current else {"starts": "end_of_relationship"}
        )
        super().__init__(data, initial={"then": DESTROY, "supersedes": newest} | said)
        none = ("", _("none"))
        floor: Any = self.fields["floor"]
        floor.choices = [none, *((law.code, f"{law.name} · {law.citation}") for law in laws)]
        counts: Any = self.fields["floor_from"]
        counts.choices = [("", "–"), *starts()]

    def terms(self) -> dict[str, Any]:
        """Return what was asked for, for `classification.proposals.schedules`."""
        return {name: self.cleaned_data[name] for name in TERMS}


class EndScheduleForm(forms.Form):
    """The end of a schedule, as the version that was looked at."""

    supersedes = forms.IntegerField(widget=forms.HiddenInput)
    reason = reason_field()


class HoldForm(forms.Form):
    """Values of some customers that may not be destroyed before a day."""

    numbers = forms.CharField(
        label=_("Customer numbers"),
        help_text=_("One to a line, at most 200."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    field = forms.ChoiceField(label=_("What is held"), required=False)
    last_day = forms.DateField(
        label=_("Held until"),
        help_text=_("The last day. A hold that takes longer is proposed anew."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    reason = reason_field()

    def __init__(self, data: Any = None, *, known: Catalogue) -> None:
        super().__init__(data)
        field: Any = self.fields["field"]
        field.choices = [
            ("", _("everything of the customer")),
            *((spec.code, spec.label) for spec in known.fields),
        ]

    def asked(self) -> dict[str, Any]:
        """Return what was asked for, for `retention.proposals.holds`."""
        said = self.cleaned_data
        numbers = list(dict.fromkeys(said["numbers"].replace(",", " ").replace("，", " ").split()))
        return {
            "numbers": numbers,
            "field": said["field"],
            "until": period_end(said["last_day"]),
            "reason": said["reason"],
        }
