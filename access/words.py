"""Decisions in the reader's language: the reason, the rule with its clause, the next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access import clauses
from access.policy import CLEAR, CONSENT, CONTACT, GRANT, HIDDEN, MASKED, REASON, Decision, Step, Tried, Why

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

VIEWS: Mapping[str, StrPromise] = {
    HIDDEN: _("hidden"),
    MASKED: _("masked"),
    CLEAR: _("clear"),
}
NEEDS: Mapping[str, StrPromise] = {
    CONTACT: _("an open contact"),
    REASON: _("a reason"),
    CONSENT: _("the customer's consent"),
    GRANT: _("a usage grant"),
}
WHYS: Mapping[Why, StrPromise] = {
    Why.ALLOWED: _("The rule shows this level to your role."),
    Why.NEEDS_MET: _("The rule shows this value because its conditions are met: %(met)s."),
    Why.NEEDS_MISSING: _("The rule opens this value only with %(missing)s."),
    Why.MASKED_BY_RULE: _("The rule shows this level masked to your role."),
    Why.HIDDEN_BY_RULE: _("The rule hides this level from your role."),
    Why.FORBIDDEN: _("A rule forbids reading this value here, whatever else allows it."),
    Why.NO_RULE: _("No rule lets your role read this level, and what no rule allows is refused."),
    Why.OUTSIDE_REACH: _("This customer is not among those you serve."),
}
STEPS: Mapping[Step, StrPromise] = {
    Step.START_CONTACT: _("Open the customer for a contact, then give a reason."),
    Step.GIVE_REASON: _("Give a reason; it counts for the whole contact."),
    Step.COMPARE_OR_SUPERVISOR: _("Compare what the customer says, or ask your supervisor to look."),
    Step.ASK_RULE: _("Ask the security manager to propose a change of the rule."),
    Step.ASK_REACH: _("Ask for the portfolio or for this customer."),
}
MISMATCHES: Mapping[str, StrPromise] = {
    "role": _("speaks to another role"),
    "level": _("speaks about another level"),
    "reach": _("this role does not reach the customer"),
    "category": _("speaks about another category"),
    "tier": _("speaks about another customer tier"),
    "zone": _("speaks about another network zone"),
}


def needs(codes: Iterable[str]) -> str:
    """Join needs into a phrase: “an open contact and a reason”."""
    return gettext(" and ").join(str(NEEDS[code]) for code in codes)


def why(decision: Decision) -> str:
    """Say in one sentence why the decision is what it is."""
    met = next((one.met for one in decision.tried if one.deciding), ())
    return str(WHYS[decision.why]) % {"missing": needs(decision.missing), "met": needs(met)}


def next_step(decision: Decision) -> str:
    """Say what would change the answer; "" where nothing has to."""
    return str(STEPS[decision.next_step]) if decision.next_step else ""


def rule(decision: Decision) -> str:
    """Name the deciding rule with its version; "" where none decided."""
    if not decision.rule:
        return ""
    return gettext("rule %(rule)s, version %(version)s") % {
        "rule": decision.rule,
        "version": decision.rule_version,
    }


def clause(decision: Decision) -> str:
    """Cite the clause that the rule stands on, with its words: “S0-28: …”."""
    said = clauses.words(decision.clause)
    return f"{decision.clause}: {said}" if said else decision.clause


def outcome(tried: Tried) -> str:
    """Say what one tried rule had to say: what did not fit, or the view it gives and what it still wants."""
    if tried.mismatch:
        return str(MISMATCHES[tried.mismatch])
    if tried.rule.forbid:
        return gettext("forbids")
    if tried.missing:
        return gettext("%(view)s; clear with %(missing)s") % {
            "view": VIEWS[tried.view],
            "missing": needs(tried.missing),
        }
    return str(VIEWS[tried.view])


def conditions(clear_when: Iterable[Iterable[str]]) -> str:
    """Say when a rule shows the value: “an open contact and a reason, or a usage grant”."""
    return gettext(", or ").join(needs(each) for each in clear_when)
