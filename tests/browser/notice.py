"""`python -m tests.browser.notice`: a published notice on a site; prints its number."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custinfo.settings")
django.setup()

from tests.access.cast import now  # noqa: E402
from tests.access.notices import published  # noqa: E402


def main() -> None:
    """Publish it."""
    at = now()
    version = published("service", "complaint", "quality", at=at)
    sys.stdout.write(json.dumps(version.number) + "\n")


if __name__ == "__main__":
    main()
