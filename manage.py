#!/usr/bin/env python
"""The command line of custinfo. `migrate` and its kin connect as the owner, everything else as the limited role."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custinfo.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
