"""The form about sites and networks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.proposals import networks
from desk.forms_people import reason_field
from staff.models import Network, Site

NEW = "+"


def acts() -> list[tuple[str, object]]:
    """Return what may be proposed."""
    return list(networks.WORDS.items())


class NetworkForm(forms.Form):
    """One change; a network of a new site sets that site up in the same act."""

    what = forms.ChoiceField(label=_("Propose"), choices=acts)
    cidr = forms.CharField(
        label=_("Network"), max_length=50, required=False, help_text=_("Such as 10.20.0.0/16.")
    )
    zone = forms.SlugField(
        label=_("Network zone"),
        max_length=32,
        required=False,
        help_text=_("A short word that reading rules may ask for, such as office."),
    )
    site = forms.ChoiceField(label=_("Site"), required=False)
    code = forms.SlugField(label=_("Code of the new site"), max_length=32, required=False)
    name = forms.CharField(label=_("Name of the site"), max_length=80, required=False)
    region = forms.CharField(label=_("Region"), max_length=32, required=False)
    reason = reason_field()

    NEEDS = {
        networks.ADD: ("cidr", "zone", "site"),
        networks.CHANGE: ("cidr", "zone", "site"),
        networks.REMOVE: ("cidr",),
        networks.SITE: ("site", "name", "region"),
    }

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        sites = [(one.code, str(one)) for one in Site.objects.all()]
        self.fields["site"].choices = [*sites, (NEW, _("a new site"))]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(network: Network, act: str) -> dict[str, Any]:
        """Return what the form shows of a network."""
        return {"what": act, "cidr": network.cidr, "zone": network.zone, "site": network.site.code}

    def clean(self) -> dict[str, Any]:
        """Insist on what the chosen act needs; a new site needs a code, a name and a region."""
        said = super().clean() or {}
        act = said.get("what", "")
        needed = list(self.NEEDS.get(act, ()))
        if act != networks.REMOVE and said.get("site") == NEW:
            needed += ["code", "name", "region"]
        for name in dict.fromkeys(needed):
            if name not in self.errors and not said.get(name):
                self.add_error(name, _("This is needed."))
        return said

    def change(self) -> dict[str, str]:
        """Return what was asked, for `access.services.networks.propose_change`."""
        said = self.cleaned_data
        act, new = said["what"], said["site"] == NEW
        names = new or act == networks.SITE
        return {
            "act": act,
            "cidr": said["cidr"],
            "zone": said["zone"],
            "site": said["code"] if new else said["site"],
            "name": said["name"] if names else "",
            "region": said["region"] if names else "",
        }
