"""Codes of this app in the reader's language, made when shown."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.registry import CannotApply
from staff.roles import NAMES

STATES: dict[str, Promise] = {
    "waiting": gettext_lazy("waiting"),
    "applied": gettext_lazy("carried out"),
    "refused": gettext_lazy("refused by a signer"),
    "withdrawn": gettext_lazy("withdrawn"),
    "expired": gettext_lazy("expired"),
    "narrowed": gettext_lazy("narrowed by a signer"),
}


def not_signed_words(code: str) -> str:
    """Say why a signature does not count, and what to do."""
    words = {
        "own": _("Whoever proposes does not sign. Somebody else has to."),
        "not_yours": _("This proposal is not yours to sign."),
        "signed_already": _("You have answered this proposal already."),
        "over": _("This proposal no longer waits for an answer."),
        "changed": _("What you read is not what is proposed now. Read it again."),
        "cannot_apply": _("The act could not be carried out, so nothing was signed."),
    }
    return words[code]


def cannot_apply_words(problem: CannotApply) -> str:
    """Say why an act cannot be carried out."""
    named = {key: NAMES.get(str(value), value) for key, value in problem.params.items()}
    words = {
        "unknown_person": _("There is no such person."),
        "not_working": _("%(number)s does not work here now, or is frozen."),
        "for_yourself": _("Nobody proposes anything for themselves."),
        "conflicting_roles": _("%(number)s: these roles exclude each other: %(one)s, %(other)s."),
        "unknown_role": _("There is no such role to give."),
        "held_already": _("%(number)s: this is so already."),
        "unknown_department": _("There is no active department %(department)s."),
        "unknown_portfolio": _("There is no portfolio %(portfolio)s."),
        "unknown_customer": _("There is no such customer for you."),
        "not_an_agent": _("%(number)s is not an agent."),
        "number_taken": _("Staff number %(number)s is in use."),
        "over_already": _("The end lies in the past."),
        "bad_person": _("Number, name or mail address is not valid."),
        "not_frozen": _("This person is not frozen."),
        "changed_meanwhile": _("It has changed since it was proposed. Propose it anew."),
        "unknown_tier": _("There is no such customer tier."),
        "bad_network": _("This is not a network such as 10.20.0.0/16."),
        "bad_place": _("Code, name, region or zone is not valid."),
        "unknown_site": _("There is no site %(site)s yet: give it a name and a region, too."),
        "network_there": _("Network %(network)s is there already; change it instead."),
        "unknown_network": _("There is no network %(network)s."),
        "masked_fields": _("Choose fields of L1 to L3 that are filled by hand or import."),
        "masked_rows": _("A masked data set has 1 to %(most)s rows, as XLSX or CSV."),
        "may_not_fetch": _("%(number)s may not fetch masked data sets; an analyst or an officer may."),
        "value_kept": _("A legal hold or a law wants this value kept for now; it is destroyed after that."),
        "no_such_value": _("There is no such value, or its destruction is ordered already."),
        "proposed_already": _("This is proposed already and waits for its signature."),
        "nothing_changes": _("This is so already."),
        "no_archive_directory": _("This site has no place for archives (TRAIL_ARCHIVE)."),
        "nothing_to_archive": _("These are not the oldest months that may leave the trail."),
        "archive_unsealed": _("Some events of these months are not sealed yet. Try again in a minute."),
        "archive_gone": _("There is no such archive."),
        "archive_kept": _("This archive must be kept until %(day)s."),
        "hold_reason": _("Say why: a legal hold needs its reason."),
        "hold_customers": _("A legal hold is of 1 to %(most)s customers."),
        "unknown_customer_number": _("There is no customer %(number)s."),
        "unknown_hold": _("This hold is over already."),
        "never_yourself": _("Nobody stands in for themselves."),
        "not_a_signer": _("%(number)s signs nothing that somebody could sign instead."),
        "batch_over": _("This batch is being destroyed already, or is over."),
        "bad_period": _("The end lies before the beginning, or more than 92 days after it."),
    }
    try:
        return words[problem.code] % named
    except KeyError:
        return problem.code
