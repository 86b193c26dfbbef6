"""Decisions in the reader's language: the reason, the rule with its clause, the next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access import clauses
from access.consents import Saying, Says
from access.grants import Granting, Held
from access.policy import CLEAR, CONSENT, CONTACT, GRANT, HIDDEN, MASKED, REASON, Decision, Step, Tried, Why
from classification.models import categories
from customers.models import FLOOR, HOLD, STORED, tiers

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
    Why.OUTSIDE_ZONE: _("No rule shows you this level from the network you are on."),
    Why.ABOVE_TIER: _("The rules of your role do not reach customers of this tier."),
    Why.LACKS_UNDERTAKING: _("You have no valid confidentiality undertaking, so you see masks only."),
    Why.LACKS_TRAINING: _("You have no valid proof of the required training, so you see masks only."),
    Why.STORAGE_ONLY: _(
        "The term of this value is over: it is kept for storage only and shown to nobody (PIPL 47)."
    ),
    Why.OUTSIDE_REACH: _("This customer is not among those you serve."),
}
STEPS: Mapping[Step, StrPromise] = {
    Step.START_CONTACT: _("Open the customer for a contact, then give a reason."),
    Step.GIVE_REASON: _("Give a reason; it counts for the whole contact."),
    Step.ASK_CONSENT: _("Ask the customer: send a consent link, or record what was signed."),
    Step.CONFIRM_CONSENT: _("Ask a supervisor, a head or the data security officer to confirm the evidence."),
    Step.COMPARE_OR_SUPERVISOR: _("Compare what the customer says, or ask your supervisor to look."),
    Step.ASK_GRANT: _("Ask for it with a usage request; your department head decides."),
    Step.CHANGE_PURPOSE: _("Change the purpose of the contact to that of your usage grant."),
    Step.GO_TO_ZONE: _("Read it from a network zone that a rule names."),
    Step.SIGN_UNDERTAKING: _("Read and sign the undertaking."),
    Step.GET_TRAINED: _("Pass the training; the security manager enters it."),
    Step.ASK_RULE: _("Ask the security manager to propose a change of the rule."),
    Step.ASK_REACH: _("Ask for the portfolio or for this customer."),
}
SAYINGS: Mapping[Saying, StrPromise] = {
    Saying.GIVEN: _("The customer consents to “%(purpose)s” with this field, since %(date)s."),
    Saying.OTHER_BASIS: _("“%(purpose)s” rests on another legal basis and needs this field."),
    Saying.NO_PURPOSE: _("There is no contact yet whose purpose the customer could have consented to."),
    Saying.NOT_OWN: _("“%(purpose)s” is no purpose of your role."),
    Saying.NOT_NEEDED: _("“%(purpose)s” does not need this field."),
    Saying.NONE: _("No consent to “%(purpose)s”: the customer has not been asked."),
    Saying.NOT_COVERED: _("The consent to “%(purpose)s” of %(date)s does not cover this field."),
    Saying.NOT_SEPARATE: _(
        "This is sensitive personal information, and the consent to “%(purpose)s” of %(date)s was not separate."
    ),
    Saying.NO_GUARDIAN: _("The customer may be under 14, and no guardian has consented to “%(purpose)s”."),
    Saying.UNCONFIRMED: _(
        "The consent to “%(purpose)s” of %(date)s counts once a second person has confirmed its evidence."
    ),
    Saying.REJECTED: _("The evidence of the consent to “%(purpose)s” of %(date)s was not accepted."),
    Saying.REFUSED: _("The customer refused “%(purpose)s” on %(date)s."),
    Saying.WITHDRAWN: _("The customer withdrew the consent to “%(purpose)s” on %(date)s."),
    Saying.REVOKED: _("We ended the consent to “%(purpose)s” on %(date)s."),
    Saying.EXPIRED: _("The consent to “%(purpose)s” expired on %(date)s."),
    Saying.RENEW: _("The notice changed on %(date)s, so the consent to “%(purpose)s” has to be renewed."),
}
"""What a customer's consent says to a read, and when it came to say so."""
GRANTINGS: Mapping[Granting, StrPromise] = {
    Granting.LIVE: _("Usage request %(number)s covers it until %(date)s; %(left)s left."),
    Granting.OTHER_PURPOSE: _(
        "Usage request %(number)s covers it, for another purpose than that of this contact."
    ),
    Granting.PENDING: _("Usage request %(number)s for it waits for its signatures."),
    Granting.NOT_STARTED: _("Usage request %(number)s for it is approved and has not started yet."),
    Granting.USED_UP: _("Usage request %(number)s for it is used up."),
    Granting.NO_CONSENT: _(
        "Usage request %(number)s names this customer, whose consent to its purpose does not hold any more."
    ),
    Granting.TIER_ABOVE: _("Usage request %(number)s does not reach the tier in which this customer is now."),
    Granting.PURPOSE_ENDED: _("The purpose of usage request %(number)s has ended."),
    Granting.ENDED: _("Usage request %(number)s for it ended on %(date)s."),
    Granting.REVOKED: _("Usage request %(number)s for it was revoked."),
    Granting.VOID: _("The approval of usage request %(number)s does not count."),
}
"""What the nearest usage request says to a read."""
DOUBTS: Mapping[str, StrPromise] = {
    "own": _("you captured it yourself"),
    "captured": _("whoever captured it may not read on it before"),
    "imported": _("it was brought in with a file"),
    "office": _("it was answered from an office network"),
    "staff_browser": _("it was answered in a browser in which somebody of the staff had logged in"),
    "contact_changed": _("the address of the link, or what it asks for, was changed less than a week before"),
}
"""Why the evidence of a consent waits for a second person (`access.consents.doubts`)."""
RESTRICTIONS: Mapping[str, StrPromise] = {
    FLOOR: _("A law wants it kept until %(date)s."),
    HOLD: _("It is held for a legal matter until %(date)s."),
    STORED: _("The retention schedule stores it until %(date)s."),
}
"""Why a value that nobody may read is still there (`customers.models.Restriction`)."""
MISMATCHES: Mapping[str, StrPromise] = {
    "role": _("speaks to another role"),
    "level": _("speaks about another level"),
    "reach": _("this role does not reach the customer"),
    "category": _("speaks about another category"),
    "tier": _("does not reach this customer tier"),
    "zone": _("speaks about another network zone"),
}


def needs(codes: Iterable[str]) -> str:
    """Join needs into a phrase: “an open contact and a reason”."""
    return gettext(" and ").join(str(NEEDS[code]) for code in codes)


def why(decision: Decision) -> str:
    """Say in one sentence why the decision is what it is."""
    met = next((one.met for one in decision.tried if one.deciding), ())
    said = str(WHYS[decision.why]) % {"missing": needs(decision.missing), "met": needs(met)}
    more = (consent(decision.consent), grant(decision.grant), restriction(decision), zones(decision))
    return " ".join(filter(None, (said, *more)))


def restriction(decision: Decision) -> str:
    """Say why a value that nobody may read is kept, and until when; "" where it is not restricted."""
    found = decision.restriction
    if found.basis not in RESTRICTIONS or found.kept_until is None:
        return ""
    last = timezone.localtime(found.kept_until - timedelta(microseconds=1))
    return str(RESTRICTIONS[found.basis]) % {"date": last.strftime("%Y-%m-%d")}


def zones(decision: Decision) -> str:
    """Say from which network zones more would be shown; "" where the zone changes nothing."""
    if not decision.zones:
        return ""
    named = gettext(", ").join(f"“{zone}”" for zone in decision.zones)
    return gettext("More is shown from the network zone %(zones)s.") % {"zones": named}


def consent(said: Says) -> str:
    """Say what the customer's consent has to say to a read; "" where it was not asked."""
    if said.saying == Saying.NOT_ASKED:
        return ""
    date = timezone.localtime(said.since).strftime("%Y-%m-%d") if said.since else ""
    return str(SAYINGS[said.saying]) % {"purpose": said.name, "date": date}


def grant(held: Held) -> str:
    """Say what the nearest usage request says to a read; "" where there is none."""
    if held.state == Granting.NONE:
        return ""
    date = timezone.localtime(held.ends_at).strftime("%Y-%m-%d %H:%M") if held.ends_at else ""
    return str(GRANTINGS[held.state]) % {"number": held.number, "date": date, "left": held.left}


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


def up_to(tier: str) -> str:
    """Say how high a rule reaches: “up to premium”."""
    return gettext("up to %(tier)s") % {"tier": _tier(tier)} if tier else gettext("every tier")


def case(level: int, category: str, tier: str, zone: str) -> str:
    """Say what a rule speaks about, without its role: “L3 · VIP · network zone office”."""
    return " · ".join(filter(None, (f"L{level}", setting(category, tier, zone))))


def setting(category: str, tier: str, zone: str) -> str:
    """Say category, tier and zone, as far as they are given."""
    said_zone = gettext("network zone %(zone)s") % {"zone": zone} if zone else ""
    said_category = str(dict(categories()).get(category, category))
    return " · ".join(filter(None, (said_category, _tier(tier), said_zone)))


def _tier(code: str) -> str:
    return str(dict(tiers()).get(code, code))


def conditions(clear_when: Iterable[Iterable[str]]) -> str:
    """Say when a rule shows the value: “an open contact and a reason, or a usage grant”."""
    return gettext(", or ").join(needs(each) for each in clear_when)
