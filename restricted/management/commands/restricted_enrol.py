"""Make the one-time code with which a person enrols on the restricted site."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from restricted.services import enrolments
from trail import services as trail
from trail.actor import Actor


class Command(BaseCommand):
    """`manage.py restricted_enrol NUMBER`, on the restricted host, by a custodian who hands the code over in person."""

    help = "Print a one-time code with which a person enrols a second factor on the restricted site."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", metavar="NUMBER", help="the staff number")

    def handle(self, *args: Any, **options: Any) -> None:
        by = Actor.system("restricted.enrol")
        try:
            person, roles, code = enrolments.make(options["number"], by=by, at=trail.clock())
        except enrolments.EnrolmentRefused as refused:
            said = {
                "unknown": "There is nobody with this number.",
                "not_working": "This person does not work here now.",
                "no_role": "Only supervisors, heads, officers, custodians and security managers are enrolled here.",
            }
            raise CommandError(said[refused.code]) from None
        self.stdout.write(f"{person.number} {person.name}, enrolled as: {', '.join(roles)}")
        self.stdout.write(code)
        self.stdout.write(
            "It works once, for 24 hours. Check the name and the roles; hand it to that person only."
        )
