"""`python -m tests.browser.notice`: a published notice on a site; prints its number."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custinfo.settings")
django.setup()

from tests.access.cast import now  # noqa: E402
from tests.consent.builders import YEAR, published  # noqa: E402


def main() -> None:
    """Publish it."""
    at = now()
    version = published(at - YEAR, "service", "complaint", "quality")
    sys.stdout.write(json.dumps(version.number) + "\n")


if __name__ == "__main__":
    main()
