"""Words of the workbench for what the domain stores as codes."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import registry
from custody.words import DUES
from desk.audit_words import name_of
from desk.jobs_shown import NAMES
from staff import words


def notification(code: str, params: Mapping[str, object]) -> str:
    """Return a notification in words: the workbench's own codes here, the others from `staff`."""
    if code == "problem_reported":
        return _("A problem was reported.")
    if code in {"alarm_found", "findings_found", "case_handed", "audit_examined", "audit_signed"}:
        return audit_notice(code, params)
    if code in {"job_finished", "job_failed"}:
        kind = str(params.get("kind", ""))
        name = {"name": str(NAMES.get(kind, kind))}
        return _("Finished: %(name)s") % name if code == "job_finished" else _("Failed: %(name)s") % name
    if code in {"review_started", "review_ends"}:
        return review_notice(code, params)
    if code == "compare_used_up":
        return _("Compares are used up for a customer today; you can allow three more.")
    if code == "budget_tap_waits":
        return _("%(name)s has used up a row budget and waits for your tap.") % params
    if code == "break_glass_used":
        return (
            _("%(name)s was shown a value in an emergency, against the rules. It is to be reviewed.") % params
        )
    if code == "break_glass_justified":
        return _("%(name)s reviewed your emergency: justified.") % params
    if code == "break_glass_not_justified":
        return _("%(name)s reviewed your emergency: not justified.") % params
    if code == "consent_waits":
        return _("Evidence of a consent waits for a second look.")
    if code == "consent_import_finished":
        return _("Consents brought in: %(taken)s recorded, %(refused)s rows refused") % params
    if code == "consent_import_checked":
        return _("Dry run of consents: %(taken)s would be recorded, %(refused)s rows refused") % params
    if code == "import_finished":
        return _("Import finished: %(created)s new, %(changed)s changed, %(refused)s refused") % params
    if code == "import_checked":
        return _("Dry run finished: %(created)s new, %(changed)s changed, %(refused)s refused") % params
    if code == "doubts_found":
        found = int(str(params.get("number", 0)))
        return (
            ngettext(
                "Discovery found %d place that looks mislabelled.",
                "Discovery found %d places that look mislabelled.",
                found,
            )
            % found
        )
    if code == "destruction_waits":
        due = int(str(params.get("number", 0)))
        return (
            ngettext(
                "Of %d customer something is due to be destroyed: check the batch.",
                "Of %d customers something is due to be destroyed: check the batches.",
                due,
            )
            % due
        )
    if code == "recipients_wait":
        files = int(str(params.get("number", 0)))
        return (
            ngettext(
                "%d recipient or downstream system is to be told that values are destroyed.",
                "%d recipients or downstream systems are to be told that values are destroyed.",
                files,
            )
            % files
        )
    if code == "backup_overdue":
        return _("The newest backup is older than it should be.")
    if code == "backup_check_overdue":
        return _("For a week no backup was proved to be restorable.")
    if code == "restore_drill_due":
        return _("Restoring the site from its backups is to be practised.")
    if code == "l4_backup_overdue":
        return _("The newest backup of L4, or of its keys, is older than it should be.")
    if code == "l4_drill_due":
        return _("Bringing L4 back from its backup is to be practised.")
    if code == "keys_overdue":
        return _("Overdue: %(what)s") % {"what": DUES.get(str(params.get("what")), "")}
    if code == "archive_due":
        months = int(str(params.get("number", 0)))
        return (
            ngettext(
                "%d month of the trail may be archived.",
                "%d months of the trail may be archived.",
                months,
            )
            % months
        )
    if code == "values_tampered":
        changed = int(str(params.get("number", 0)))
        return (
            ngettext(
                "The values of %d customer were changed past every act.",
                "The values of %d customers were changed past every act.",
                changed,
            )
            % changed
        )
    return words.notification_words(code, {**params, "name": kind_of_proposal(str(params.get("kind", "")))})


def audit_notice(code: str, params: Mapping[str, object]) -> str:
    """Say what the audit found, or that it is signed."""
    number = int(str(params.get("number", 0)))
    if code == "alarm_found":
        what = {"what": name_of(str(params["detector"])), "name": params["name"]}
        return (_("Alarm: %(what)s (%(name)s)") if params["name"] else _("Alarm: %(what)s")) % what
    if code == "findings_found":
        return ngettext("%(n)s new finding", "%(n)s new findings", number) % {"n": number}
    if code == "case_handed":
        return _("%(name)s handed case %(case)s to you.") % params
    if code == "audit_examined":
        return ngettext(
            "The audit has examined its period: %(n)s finding. It waits to be signed off.",
            "The audit has examined its period: %(n)s findings. It waits to be signed off.",
            number,
        ) % {"n": number}
    since, until = (parse_datetime(str(params[name])) for name in ("since", "until"))
    assert since is not None
    assert until is not None
    days = {"first": day(since), "last": day(until - timedelta(seconds=1))}
    return _("The audit from %(first)s to %(last)s is signed off. Read its result and acknowledge it.") % days


def day(at: datetime) -> str:
    """Return the local day of a time."""
    return f"{timezone.localdate(at):%Y-%m-%d}"


def review_notice(code: str, params: Mapping[str, object]) -> str:
    """Say that rights wait to be confirmed, and when they end."""
    items = int(str(params.get("items", 0)))
    deadline = parse_datetime(str(params.get("deadline", "")))
    told = {
        "n": items,
        "deadline": timezone.localtime(deadline).strftime("%Y-%m-%d %H:%M") if deadline else "",
    }
    if code == "review_started":
        words = ngettext(
            "Permission review: %(n)s right waits for your decision until %(deadline)s.",
            "Permission review: %(n)s rights wait for your decision until %(deadline)s.",
            items,
        )
    else:
        words = ngettext(
            "%(n)s right of your people ends at %(deadline)s unless you confirm it.",
            "%(n)s rights of your people end at %(deadline)s unless you confirm them.",
            items,
        )
    return words % told


def kind_of_proposal(code: str) -> str:
    """Return what a kind of proposal is called; its code where no app knows it any more."""
    try:
        return str(registry.get(code).name)
    except registry.UnknownProposal:
        return code
