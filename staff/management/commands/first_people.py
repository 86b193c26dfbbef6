"""Set up the first security manager and the first department head, and print their two enrolment links."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from staff.services import enrolments, founding
from trail import services as trail
from trail.actor import Actor


class Command(BaseCommand):
    """`manage.py first_people --security 0001 陈静 --head 0002 周明 --department HQ 总部 --address https://…`."""

    help = "Set up the first security manager and the first department head; works once, on an empty house."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--security", nargs=2, metavar=("NUMBER", "NAME"), required=True)
        parser.add_argument("--head", nargs=2, metavar=("NUMBER", "NAME"), required=True)
        parser.add_argument("--department", nargs=2, metavar=("CODE", "NAME"), required=True)
        parser.add_argument("--address", default="http://localhost:8000", help="the address of this site")

    def handle(self, *args: Any, **options: Any) -> None:
        at = trail.clock()
        try:
            both = founding.found(
                security=tuple(options["security"]),
                head=tuple(options["head"]),
                department=tuple(options["department"]),
                by=Actor.system("staff.first_people"),
                at=at,
            )
        except founding.NotEmpty:
            raise CommandError(
                "There are people already. Further people are proposed and signed for."
            ) from None
        except ValidationError as problem:
            raise CommandError("; ".join(problem.messages)) from None
        for one in both:
            link = enrolments.link(one.token, address=options["address"])
            self.stdout.write(f"{one.person.number} {one.person.name}: {link}")
        self.stdout.write("Each link works once, for 24 hours. Hand each to its person and to nobody else.")
