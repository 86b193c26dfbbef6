"""Fill an empty demo with people, customers and history, or list the accounts."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from custinfo.demo import (
    aggregates,
    apart,
    cast,
    consents,
    endings,
    findings,
    history,
    proposals,
    records,
    requests,
    reviews,
)
from staff.demo import PASSWORD
from staff.models import Person
from staff.roles import NAMES
from trail import services as trail


class Command(BaseCommand):
    """`manage.py demo_data` (once, into an empty database) and `manage.py demo_data --accounts`."""

    help = "Fill an empty demo with people who do not exist, or list its accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="list one account per role")
        parser.add_argument("--customers", type=int, default=2000, help="how many customers to make")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo data is made in demo mode only.")
        if options["accounts"]:
            self._list_accounts()
        elif Person.objects.exists():
            self.stdout.write("custinfo: demo data is there already and is kept")
        else:
            self._make(options["customers"])

    def _make(self, customers: int) -> None:
        at = trail.clock()
        people = cast.make_cast(at)
        self.stdout.write(f"custinfo: {len(people)} people in {len(cast.DEPARTMENTS)} departments")
        made = records.make_customers(people, customers, at)
        self.stdout.write(f"custinfo: {made} customers in {len(cast.PORTFOLIOS)} portfolios")
        notice, _policy = consents.publish_notices(people, at)
        answers = consents.record_answers(people, notice, at)
        self.stdout.write(f"custinfo: {answers} answers to a published notice")
        figures = aggregates.count_portfolios(trail.clock())
        self.stdout.write(f"custinfo: figures of {figures} portfolios for the analyst")
        reports = apart.hand_over(people, trail.clock())
        self.stdout.write(f"custinfo: {reports} L4 values handed over to the restricted host")
        events = history.make_history(people, at)
        self.stdout.write(f"custinfo: {events} events of three months")
        waiting = proposals.make_proposals(people, trail.clock())
        self.stdout.write(f"custinfo: {waiting} proposals that wait for a signature")
        asked = requests.make_requests(people, trail.clock())
        self.stdout.write(f"custinfo: {asked} usage requests")
        endings.list_systems(people, trail.clock())
        due = endings.list_endings(trail.clock())
        self.stdout.write(f"custinfo: {due} customers with something due to be destroyed")
        rights = reviews.make_review(people, trail.clock())
        self.stdout.write(f"custinfo: {rights} rights that wait for a permission review")
        found = findings.make_findings(people, trail.clock())
        self.stdout.write(f"custinfo: {found} findings for the data security officer")

    def _list_accounts(self) -> None:
        self.stdout.write(f"\n  Password of every demo account: {PASSWORD}")
        self.stdout.write("  The login page shows the one-time codes.\n")
        seen = set()
        for member in cast.CAST:
            if member.role not in seen:
                seen.add(member.role)
                self.stdout.write(f"  {member.number}  {member.name}\t{NAMES[member.role]}")
        self.stdout.write("")
