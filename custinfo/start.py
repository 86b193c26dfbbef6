"""The last gate before web, worker and beat: any failed check stops the start, none only warns."""

import sys

from django.core.checks import ERROR, run_checks
from django.db import connections


def refuse_unless_fit() -> None:
    """Run every system check, those of the databases included, and end the process when one fails.

    :raises SystemExit: naming what is wrong.
    """
    failed = [message for message in run_checks(databases=list(connections)) if message.level >= ERROR]
    connections.close_all()  # workers are forked from this process
    if failed:
        print("custinfo does not start:", *failed, sep="\n  ", file=sys.stderr, flush=True)
        raise SystemExit(1)
