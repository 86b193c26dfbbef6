#!/usr/bin/env python
"""The command line of custinfo. What makes tables or databases connects as the owner, all else as the limited role."""

import os
import sys

OWNERS_COMMANDS = {"migrate", "restore", "restricted_restore", "verify_backup"}
"""What needs the owner of the tables. Web and worker never hold the owner's password."""


def main() -> None:
    """Run one management command."""
    if sys.argv[1:2] and sys.argv[1] in OWNERS_COMMANDS:
        os.environ["CUSTINFO_AS_OWNER"] = "yes"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custinfo.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    # SECURITY: Django starts some commands, a shell among them, although the settings fail.
    settings.INSTALLED_APPS  # noqa: B018
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
