"""`python -m tests.live.seed`: people of every role, one portfolio each side, a notice; prints number → secret."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custinfo.settings")
django.setup()

from staff.acting import person_of  # noqa: E402
from staff.roles import NAMES  # noqa: E402
from tests.access.cast import Cast, now  # noqa: E402
from tests.consent.builders import organisation, published  # noqa: E402
from tests.staff.company import enrolled  # noqa: E402


def main() -> None:
    """Make the people."""
    cast = Cast(now())
    organisation()
    published(cast.at, "service")
    made = {}
    for role in NAMES:
        person = person_of(cast.person(role))
        made[role] = {"number": person.number, "secret": enrolled(person), "name": person.name}
    sys.stdout.write(json.dumps(made) + "\n")


if __name__ == "__main__":
    main()
