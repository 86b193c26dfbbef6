"""The last gate before web, public, restricted, worker and beat: any failed check stops the start, none only warns."""

import gc
import sys

from django.conf import settings
from django.core.checks import ERROR, CheckMessage, Tags
from django.core.checks.registry import registry
from django.db import connections

from custinfo.checks import site_is_not_being_restored, web_may_not_destroy_keys, web_may_not_sign_checkpoints


def refuse_unless_fit(*, web: bool = False, worker: bool = False) -> None:
    """Run the system checks, those of the databases included, and end the process when one fails.

    :param web: this process answers people, so it may neither destroy keys nor seal the trail.
    :param worker: this process takes deposits in and seals the trail, so it must be able to.
    :raises SystemExit: naming what is wrong.
    """
    failed = [message for message in _found(web=web) if message.level >= ERROR]
    failed += site_is_not_being_restored()
    if web and "keyring" in settings.DATABASES:
        failed += web_may_not_destroy_keys() + web_may_not_sign_checkpoints()
    if worker:
        from trail.checks import checkpoints_can_be_signed
        from vault.checks import deposits_can_be_opened

        found = deposits_can_be_opened() + checkpoints_can_be_signed()
        failed += [message for message in found if message.level >= ERROR]
    connections.close_all()  # workers are forked from this process
    if failed:
        print("custinfo does not start:", *failed, sep="\n  ", file=sys.stderr, flush=True)
        raise SystemExit(1)
    leave_what_is_loaded()


def _found(*, web: bool) -> list[CheckMessage]:
    """Return what the system checks say. What answers no pages does not load them all to look at their addresses."""
    checks = [check for check in registry.get_checks() if web or Tags.urls not in check.tags]
    return [message for check in checks for message in check(app_configs=None, databases=list(connections))]


def leave_what_is_loaded() -> None:
    """Look for cycles only in what is made from now on: children share what was loaded, and ending is quicker too.

    Call it once all that a process needs is loaded, before it forks.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
