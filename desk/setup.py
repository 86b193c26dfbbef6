"""What a new company still has to set up: computed from what is there, gone when everything is."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from classification.queries import catalogue
from consent.models import NOTICE, NoticeVersion
from customers.models import Customer, Portfolio, PortfolioPersonPermission
from desk.navigation import address
from staff.duties import duties_of
from staff.models import Department, Headship, Network, Person
from staff.models.rights import live
from staff.permissions import may
from staff.queries import holders_of, organisation
from staff.roles import OFFICER
from trail.actor import Actor


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to set up: what, why, whether it is done, and the page that does it for this person."""

    name: str | Promise
    why: str | Promise
    done: bool
    url: str
    who: str | Promise


def steps(actor: Actor, at: datetime) -> list[Step]:
    """Return the set-up list as it stands for this person, or nothing once all of it is done."""
    if not (may(actor, "people.read") or may(actor, "customer.import")):
        return []
    found = [
        Step(
            _("Say who you are"),
            _("Name, contact and responsible officer, as every notice must tell customers."),
            organisation() is not None,
            page(actor, "desk:organisation", "organisation.edit"),
            _("Security manager or data security officer"),
        ),
        Step(
            _("Departments"),
            _("A tree; portfolios and people belong to one, heads sign for it."),
            Department.objects.filter(active=True).exists(),
            page(actor, "admin:staff_department_changelist", "admin.enter"),
            _("Security manager"),
        ),
        Step(
            _("A head for every department"),
            _("Heads sign for roles, requests and imports. Without one the department above signs."),
            not headless(at),
            page(actor, "desk:people", "people.read"),
            _("Security manager proposes, the department above signs"),
        ),
        Step(
            _("A data security officer"),
            _("Labels fields, reads the trail, receives problem reports."),
            bool(holders_of(OFFICER, at)),
            page(actor, "desk:people", "people.read"),
            _("Security manager proposes, a head signs"),
        ),
        Step(
            _("Office networks"),
            _("Every event then says from which site and zone it came."),
            Network.objects.exists(),
            page(actor, "desk:networks", "networks.edit"),
            _("Security manager proposes, data security officer signs"),
        ),
        Step(
            _("Portfolios, given to agents"),
            _("An agent finds the customers of their own portfolios only."),
            Portfolio.objects.exists() and PortfolioPersonPermission.objects.exists(),
            page(actor, "admin:customers_portfolio_changelist", "admin.enter"),
            _("Security manager proposes, the head signs"),
        ),
        Step(
            _("Shipped fields, confirmed by you"),
            unconfirmed_words(at),
            unconfirmed(at) == 0,
            page(actor, "desk:catalogue", "catalogue.read"),
            _("Data security officer and a head"),
        ),
        Step(
            _("A privacy notice, published"),
            _(
                "What customers are told before anything is collected; nobody can consent without it (PIPL 17)."
            ),
            NoticeVersion.objects.filter(notice__kind=NOTICE, published_at__lte=at).exists(),
            page(actor, "desk:notices", "notices.propose"),
            _("Data security officer proposes, a head signs"),
        ),
        Step(
            _("Confidentiality undertakings"),
            _("Signed by everybody who sees customers (S1-20)."),
            not unsigned(at),
            page(actor, "desk:duties", "duties.edit"),
            _("Everybody, at the first login"),
        ),
        Step(
            _("The first import"),
            _("A table of your customers; a dry run shows what would happen."),
            Customer.objects.exists(),
            page(actor, "desk:imports", "customer.import"),
            _("Supervisor"),
        ),
    ]
    if not may(actor, "people.read"):
        # Whoever only does one of the steps is shown that one, and only while it waits.
        return [step for step in found if step.url and not step.done]
    return [] if all(step.done for step in found) else found


def page(actor: Actor, url_name: str, permission: str) -> str:
    """Return the page of a step, empty for whoever may not open it."""
    return address(url_name) if may(actor, permission) else ""


def headless(at: datetime) -> bool:
    """Tell whether some active department has no head."""
    led = Headship.objects.filter(live(at)).values("department_id")
    return Department.objects.filter(active=True).exclude(pk__in=led).exists()


def unsigned(at: datetime) -> bool:
    """Tell whether anybody who works has not signed the undertaking in force."""
    people = Person.objects.working(at).values_list("pk", flat=True)
    return any(one.signed is None for one in duties_of(people, at))


def unconfirmed(at: datetime) -> int:
    """Count the shipped fields that nobody of this company has confirmed."""
    return sum(not spec.confirmed for spec in catalogue(at).fields)


def unconfirmed_words(at: datetime) -> str:
    """Say how many fields are in force as shipped."""
    number = unconfirmed(at)
    return (
        ngettext(
            "%d field is in force as shipped; look through its level.",
            "%d fields are in force as shipped; look through their levels.",
            number,
        )
        % number
    )
