"""Forms about people. Plain forms: the services decide again."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Portfolio
from staff.models import Department, Person
from staff.roles import GIVEN, NAMES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def given_roles() -> list[tuple[str, object]]:
    """Return the roles that can be given, with their names."""
    return [(role, NAMES[role]) for role in GIVEN]


def acts() -> list[tuple[str, object]]:
    """Return what may be proposed for a person."""
    return [
        ("role", _("give a role")),
        ("portfolio", _("give a portfolio")),
        ("headship", _("make head of a department")),
        ("move", _("move to another department")),
        ("change", _("change the mail address or the end of the account")),
        ("password", _("reset the password")),
        ("factor", _("reset the second factor")),
    ]


def period_end(day: date | None) -> datetime | None:
    """Return the moment in which a last day ends."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None


def last_day(end: datetime | None) -> date | None:
    """Return the last day of a period that ends at this moment."""
    return timezone.localtime(end - timedelta(microseconds=1)).date() if end else None


def day_field(label: "StrOrPromise", help_text: "StrOrPromise" = "") -> forms.DateField:
    """Return an optional last day."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def reason_field() -> forms.CharField:
    """Return the reason that those who sign will read."""
    return forms.CharField(
        label=_("Reason"),
        help_text=_("Those who sign read it. It is sealed, and never part of a list."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NewPersonForm(forms.Form):
    """A new person, complete: one signature sets up all of it."""

    number = forms.CharField(label=_("Staff number"), max_length=32)
    name = forms.CharField(label=_("Full name"), max_length=80)
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.none(), empty_label=None
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=given_roles,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Key custodian, security manager and auditor each exclude every other role."),
    )
    portfolios = forms.ModelMultipleChoiceField(
        label=_("Portfolios"),
        queryset=Portfolio.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Agents see the customers of the portfolios given to them."),
    )
    email = forms.EmailField(
        label=_("Mail address for the enrolment link"),
        required=False,
        help_text=_("Left empty, you get the link and the signer gets a code; the person needs both."),
    )
    valid_until = day_field(_("Valid until"), _("For outsiders: the account ends by itself."))
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.filter(active=True)  # type: ignore[attr-defined]
        self.fields["portfolios"].queryset = Portfolio.objects.all()  # type: ignore[attr-defined]


class RightForm(forms.Form):
    """One right, or a reset, for somebody who is here already."""

    what = forms.ChoiceField(label=_("Propose"), choices=acts)
    role = forms.ChoiceField(label=_("Role"), choices=given_roles, required=False)
    portfolio = forms.ModelChoiceField(
        label=_("Portfolio"), queryset=Portfolio.objects.none(), required=False
    )
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.none(), required=False
    )
    until = day_field(_("Until"), _("A role may end by itself."))
    email = forms.EmailField(
        label=_("Mail address for the enrolment link"),
        required=False,
        help_text=_("Left empty, you get the link and the signer gets a code; the person needs both."),
    )
    valid_until = day_field(_("Valid until"), _("For outsiders: the account ends by itself."))
    reason = reason_field()

    NEEDS = {"role": "role", "portfolio": "portfolio", "headship": "department", "move": "department"}

    def __init__(self, data: Any = None, *, person: Person) -> None:
        today = {"email": person.email, "valid_until": last_day(person.valid_until)}
        super().__init__(data, initial=today)
        self.fields["department"].queryset = Department.objects.filter(active=True)  # type: ignore[attr-defined]
        self.fields["portfolio"].queryset = Portfolio.objects.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Insist on what the chosen act needs."""
        said = super().clean() or {}
        needed = self.NEEDS.get(said.get("what", ""))
        if needed and not said.get(needed):
            self.add_error(needed, _("Choose one."))
        return said

    def end_of(self, person: Person) -> datetime | None:
        """Return the end that was asked for: to the second as it is where the day is today's."""
        day = self.cleaned_data["valid_until"]
        return person.valid_until if day == last_day(person.valid_until) else period_end(day)
