"""Decisions in the reader's language: the reason, the rule with its clause, the next step."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django_stubs_ext import StrPromise

from access import clauses
from access.policy import CLEAR, CONSENT, CONTACT, GRANT, HIDDEN, MASKED, REASON, Decision, Step, Tried, Why

VIEWS: Mapping[str, StrPromise] = {
    HIDDEN: lazy("hidden"),
    MASKED: lazy("masked"),
    CLEAR: lazy("clear"),
}
NEEDS: Mapping[str, StrPromise] = {
    CONTACT: lazy("an open contact"),
    REASON: lazy("a reason"),
    CONSENT: lazy("the customer's consent"),
    GRANT: lazy("a usage grant"),
}
WHYS: Mapping[Why, StrPromise] = {
    Why.ALLOWED: lazy("The rule shows this level to your role."),
    Why.NEEDS_MET: lazy("The rule shows this value because its conditions are met: %(met)s."),
    Why.NEEDS_MISSING: lazy("The rule opens this value only with %(missing)s."),
    Why.MASKED_BY_RULE: lazy("The rule shows this level masked to your role."),
    Why.HIDDEN_BY_RULE: lazy("The rule hides this level from your role."),
    Why.FORBIDDEN: lazy("A rule forbids reading this value here, whatever else allows it."),
    Why.NO_RULE: lazy("No rule lets your role read this level, and what no rule allows is refused."),
    Why.OUTSIDE_REACH: lazy("This customer is not among those you serve."),
}
STEPS: Mapping[Step, StrPromise] = {
    Step.START_CONTACT: lazy("Open the customer for a contact, then give a reason."),
    Step.GIVE_REASON: lazy("Give a reason; it counts for the whole contact."),
    Step.COMPARE_OR_SUPERVISOR: lazy("Compare what the customer says, or ask your supervisor to look."),
    Step.ASK_RULE: lazy("Ask the security manager to propose a change of the rule."),
    Step.ASK_REACH: lazy("Ask for the portfolio or for this customer."),
}
MISMATCHES: Mapping[str, StrPromise] = {
    "role": lazy("speaks to another role"),
    "level": lazy("speaks about another level"),
    "reach": lazy("this role does not reach the customer"),
    "category": lazy("speaks about another category"),
    "tier": lazy("speaks about another customer tier"),
    "zone": lazy("speaks about another network zone"),
}


def needs(codes: Iterable[str]) -> str:
    """Join needs into a phrase: “an open contact and a reason”."""
    return str(_(" and ")).join(str(NEEDS[code]) for code in codes)


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
    return _("rule %(rule)s, version %(version)s") % {"rule": decision.rule, "version": decision.rule_version}


def clause(decision: Decision) -> str:
    """Cite the clause that the rule stands on, with its words: “S0-28: …”."""
    said = clauses.words(decision.clause)
    return f"{decision.clause}: {said}" if said else decision.clause


def outcome(tried: Tried) -> str:
    """Say what one tried rule had to say: what did not fit, or the view it gives and what it still wants."""
    if tried.mismatch:
        return str(MISMATCHES[tried.mismatch])
    if tried.rule.forbid:
        return _("forbids")
    if tried.missing:
        return _("%(view)s; clear with %(missing)s") % {
            "view": VIEWS[tried.view],
            "missing": needs(tried.missing),
        }
    return str(VIEWS[tried.view])


def conditions(clear_when: Iterable[Iterable[str]]) -> str:
    """Say when a rule shows the value: “an open contact and a reason, or a usage grant”."""
    return str(_(", or ")).join(needs(each) for each in clear_when)
