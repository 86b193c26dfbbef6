"""The read decision: one pure function answers every question about reading (architecture.md §6).

Default deny. Each rule that fits the question is first worked out with its needs; within a role the
strictest result counts, across the roles a person holds the most generous, and a forbidding rule beats
all. A role counts for a customer only where that role itself reaches the customer: an agent who is also
an officer reads as an agent inside the agent's portfolios and as an officer everywhere else.

Nothing here touches a database, a clock or a language; `access.words` makes sentences of the codes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from access.consents import NOTHING, OPENS, Saying, Says
from access.grants import NO_GRANT, Granting, Held
from customers.models import TIERS

HIDDEN, MASKED, CLEAR = "hidden", "masked", "clear"
VIEWS = (HIDDEN, MASKED, CLEAR)
"""From the strictest to the most generous."""

CONTACT, REASON, CONSENT, GRANT = "contact", "reason", "consent", "grant"
NEEDS = (CONTACT, REASON, CONSENT, GRANT)
OWN_EFFORT = {CONTACT: 1, REASON: 1, CONSENT: 10, GRANT: 10}
"""How far away a need is: a contact and a reason are a moment's work of the reader, the others are not."""
FOLD_SECONDS = 60
SENSITIVE = 3
"""Values of this level and above are watermarked and fold back by themselves."""


class Why(StrEnum):
    """Reason codes of decisions; events store them."""

    ALLOWED = "allowed"
    NEEDS_MET = "needs_met"
    NEEDS_MISSING = "needs_missing"
    MASKED_BY_RULE = "masked_by_rule"
    HIDDEN_BY_RULE = "hidden_by_rule"
    FORBIDDEN = "forbidden"
    NO_RULE = "no_rule"
    OUTSIDE_ZONE = "outside_zone"
    ABOVE_TIER = "above_tier"
    LACKS_UNDERTAKING = "lacks_undertaking"
    LACKS_TRAINING = "lacks_training"
    STORAGE_ONLY = "storage_only"
    OUTSIDE_REACH = "outside_reach"


class Step(StrEnum):
    """What would change the answer."""

    NONE = ""
    START_CONTACT = "start_contact"
    GIVE_REASON = "give_reason"
    ASK_CONSENT = "ask_consent"
    CONFIRM_CONSENT = "confirm_consent"
    COMPARE_OR_SUPERVISOR = "compare_or_supervisor"
    ASK_GRANT = "ask_grant"
    CHANGE_PURPOSE = "change_purpose"
    GO_TO_ZONE = "go_to_zone"
    SIGN_UNDERTAKING = "sign_undertaking"
    GET_TRAINED = "get_trained"
    ASK_RULE = "ask_rule"
    ASK_REACH = "ask_reach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One reading rule as the decision needs it; "" in role, category, tier or zone means any.

    `highest_tier`: the rule speaks about customers up to this tier (S4-55); "" has no limit.
    """

    code: str
    version: int
    role: str
    level: int
    view: str
    clause: str
    category: str = ""
    tier: str = ""
    zone: str = ""
    highest_tier: str = ""
    clear_when: tuple[frozenset[str], ...] = ()
    forbid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """May these roles read a value of this level, of this customer, here and now?

    `reached_as`: the roles whose own reach holds the customer. `consent`: what the customer's consent says to the
    purpose of the contact. `for_business`: that purpose serves the company and not the customer, so that whatever
    a rule asks, consent is asked too (S2-24). `grant`: what the person's usage requests say. `lacking`: what the
    person must have before anything is shown in the clear: an `undertaking` (S1-20) or `training` (S1-19).
    `restricted`: the basis on which the value is only stored, and shown to nobody (PIPL 47).
    """

    roles: frozenset[str]
    reached_as: frozenset[str]
    level: int
    category: str = ""
    tier: str = ""
    zone: str = ""
    has_contact: bool = False
    has_reason: bool = False
    consent: Saying = Saying.NOT_ASKED
    for_business: bool = False
    grant: Granting = Granting.NONE
    lacking: str = ""
    restricted: str = ""

    @property
    def met(self) -> frozenset[str]:
        """The needs that are met now."""
        held = {
            CONTACT: self.has_contact,
            REASON: self.has_reason,
            CONSENT: self.consent in OPENS,
            GRANT: self.grant == Granting.LIVE,
        }
        return frozenset(need for need, yes in held.items() if yes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restricted:
    """On what basis a value is only stored, and until when that wants it kept."""

    basis: str = ""
    kept_until: datetime | None = None


UNRESTRICTED = Restricted()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One rule held against the question: what did not fit, or the view it gives and what it wants."""

    rule: Rule
    mismatch: str = ""
    view: str = HIDDEN
    missing: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    deciding: bool = False

    @property
    def fits(self) -> bool:
        """Whether the rule speaks about this question."""
        return not self.mismatch

    @property
    def distance(self) -> float:
        """How much work lies between this result and a clear value."""
        if self.view == CLEAR:
            return 0
        return sum(OWN_EFFORT[need] for need in self.missing) if self.missing else float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer, the rule that gave it, and every rule that was tried on the way."""

    view: str
    why: Why
    rule: str = ""
    rule_version: int | None = None
    clause: str = ""
    missing: tuple[str, ...] = ()
    next_step: Step = Step.NONE
    obligations: tuple[str, ...] = ()
    consent: Says = NOTHING
    grant: Held = NO_GRANT
    restriction: Restricted = UNRESTRICTED
    grantable: bool = False
    """Whether the deciding rule opens the value to a usage grant."""
    zones: tuple[str, ...] = ()
    """The network zones in which the same question has a more generous answer."""
    tried: tuple[Tried, ...] = field(default=(), repr=False)

    @property
    def clear(self) -> bool:
        """Whether the value may be read in the clear."""
        return self.view == CLEAR

    @property
    def by_grant(self) -> bool:
        """Whether a usage grant opened it, so that a use of it is counted."""
        return self.clear and any(one.deciding and GRANT in one.met for one in self.tried)

    @property
    def ground(self) -> str:
        """What the event says a clear read stands on: a request, a consent record, a legal basis; "" for a reason."""
        if self.by_grant:
            return self.grant.ground
        return self.consent.ground if self.consent.opens else ""


def decide(question: Question, rules: Iterable[Rule]) -> Decision:
    """Decide what may be seen, from the rules alone.

    :param rules: the rules in force at the moment of the question.
    """
    rules = tuple(rules)
    here = _gated(question, _ungated(question, rules))
    zones = _better_zones(question, rules, here)
    if not zones:
        return here
    step = Step.GO_TO_ZONE if here.next_step in (Step.NONE, Step.ASK_RULE) else here.next_step
    why = Why.OUTSIDE_ZONE if here.why in (Why.NO_RULE, Why.ABOVE_TIER) else here.why
    return replace(here, zones=zones, why=why, next_step=step)


def _ungated(question: Question, rules: tuple[Rule, ...]) -> Decision:
    tried = tuple(_try(question, rule) for rule in rules)
    if not question.reached_as:
        return Decision(view=HIDDEN, why=Why.OUTSIDE_REACH, next_step=Step.ASK_REACH, tried=tried)
    # SECURITY: PIPL 47, what is only stored is read by nobody, whatever rule, consent or grant there is.
    if question.restricted:
        return Decision(view=HIDDEN, why=Why.STORAGE_ONLY, tried=tried)
    # SECURITY: a forbidding rule beats every other, whichever of the person's roles it names.
    forbidding = [one for one in tried if one.fits and one.rule.forbid]
    if forbidding:
        return _decision(question, min(forbidding, key=_tie), tried)
    chosen = [
        _strictest([one for one in tried if one.fits and one.rule.role == role])
        for role in sorted(question.reached_as)
        if any(one.fits and one.rule.role == role for one in tried)
    ]
    if not chosen:
        above = any(one.mismatch == "tier" and one.rule.highest_tier for one in tried)
        return Decision(
            view=HIDDEN,
            why=Why.ABOVE_TIER if above else Why.NO_RULE,
            next_step=Step.ASK_RULE,
            tried=tried,
        )
    best = min(chosen, key=_generosity)
    return _decision(question, best, tried)


def _better_zones(question: Question, rules: tuple[Rule, ...], here: Decision) -> tuple[str, ...]:
    """Name the zones in which more would be shown, or with less effort; nothing where the zone changes nothing.

    Only zones that rules of this question name: an address of no network at all is no place to be sent to.
    """
    if here.clear or not question.reached_as or here.why in (*LACKING, Why.STORAGE_ONLY):
        return ()
    named = {rule.zone for rule in rules if rule.zone not in ("", question.zone)}
    better = []
    for zone in sorted(named):
        there = replace(question, zone=zone)
        if any(_mismatch(there, rule) == "" and rule.zone == zone for rule in rules):
            found = _gated(there, _ungated(there, rules))
            if _closeness(found) < _closeness(here):
                better.append(zone)
    return tuple(better)


def _closeness(decision: Decision) -> tuple[int, float]:
    """Order decisions from the most generous: by view, then by the work that lies between it and a clear value."""
    view = -VIEWS.index(decision.view)
    return (view, next((one.distance for one in decision.tried if one.deciding), float("inf")))


def could_be(question: Question, rules: Iterable[Rule]) -> Decision:
    """Decide the same question with a contact and a reason: what one's own effort could open."""
    return decide(replace(question, has_contact=True, has_reason=True), rules)


def told(
    decision: Decision, said: Says, held: Held = NO_GRANT, restricted: Restricted = UNRESTRICTED
) -> Decision:
    """Return a decision with what consent, the nearest usage request and a restriction said to it: purposes, days."""
    if decision.why == Why.STORAGE_ONLY:
        return replace(decision, restriction=restricted)
    if decision.consent.saying:
        decision = replace(decision, consent=said)
    return replace(decision, grant=held) if decision.grantable and held.request else decision


def _gated(question: Question, decision: Decision) -> Decision:
    """Show masks only to whoever lacks a valid undertaking or required training (S1-19, S1-20, S4-53)."""
    if not question.lacking or not decision.clear:
        return decision
    why, step = LACKS[question.lacking]
    return replace(decision, view=MASKED, why=why, missing=(), next_step=step, obligations=())


LACKS = {
    "undertaking": (Why.LACKS_UNDERTAKING, Step.SIGN_UNDERTAKING),
    "training": (Why.LACKS_TRAINING, Step.GET_TRAINED),
}
LACKING = frozenset(why for why, _step in LACKS.values())


def _try(question: Question, rule: Rule) -> Tried:
    if mismatch := _mismatch(question, rule):
        return Tried(rule=rule, mismatch=mismatch)
    if rule.forbid:
        return Tried(rule=rule, view=HIDDEN)
    if rule.view == CLEAR or not rule.clear_when:
        return Tried(rule=rule, view=rule.view)
    met = question.met
    # SECURITY: S2-24, a purpose of the company's own business asks the customer, whatever the rule asks.
    more = frozenset({CONSENT}) if question.for_business else frozenset()
    alternatives = [needs if GRANT in needs else needs | more for needs in rule.clear_when]
    for needs in alternatives:
        if needs <= met:
            return Tried(rule=rule, view=CLEAR, met=_ordered(needs))
    nearest = min(
        (needs - met for needs in alternatives), key=lambda needs: sum(OWN_EFFORT[need] for need in needs)
    )
    return Tried(rule=rule, view=rule.view, missing=_ordered(nearest))


def _mismatch(question: Question, rule: Rule) -> str:
    """Name the first thing in which the rule speaks of something else; "" where it fits."""
    roles = question.roles if rule.forbid else question.reached_as
    if rule.role and rule.role not in question.roles:
        return "role"
    if rule.level != question.level:
        return "level"
    if rule.role and rule.role not in roles:
        return "reach"
    for name in ("category", "tier", "zone"):
        if getattr(rule, name) not in ("", getattr(question, name)):
            return name
        if name == "tier" and _is_above(question.tier, rule.highest_tier):
            return name
    return ""


def _is_above(tier: str, highest: str) -> bool:
    # SECURITY: a tier that nobody knows lies above every limit.
    return bool(highest) and (tier not in TIERS or TIERS.index(tier) > TIERS.index(highest))


def _generosity(one: Tried) -> tuple[int, float]:
    return (-VIEWS.index(one.view), one.distance)


def _strictest(fitting: list[Tried]) -> Tried:
    return min(fitting, key=lambda one: (VIEWS.index(one.view), -one.distance, _tie(one)))


def _tie(one: Tried) -> tuple[int, str]:
    """Between equal results the more particular rule speaks."""
    rule = one.rule
    return (-sum(map(bool, (rule.category, rule.tier, rule.zone, rule.highest_tier))), rule.code)


def _ordered(needs: Iterable[str]) -> tuple[str, ...]:
    return tuple(need for need in NEEDS if need in set(needs))


def _decision(question: Question, one: Tried, tried: tuple[Tried, ...]) -> Decision:
    rule = one.rule
    return Decision(
        view=one.view,
        why=_why(one),
        rule=rule.code,
        rule_version=rule.version,
        clause=rule.clause,
        missing=one.missing,
        next_step=_step(one, question),
        obligations=("watermark", "fold") if one.view == CLEAR and question.level >= SENSITIVE else (),
        consent=Says(saying=question.consent) if CONSENT in (*one.missing, *one.met) else NOTHING,
        grantable=any(GRANT in needs for needs in rule.clear_when),
        tried=tuple(replace(other, deciding=True) if other is one else other for other in tried),
    )


def _why(one: Tried) -> Why:
    if one.rule.forbid:
        return Why.FORBIDDEN
    if one.view == CLEAR:
        return Why.NEEDS_MET if one.met else Why.ALLOWED
    if one.missing:
        return Why.NEEDS_MISSING
    return Why.MASKED_BY_RULE if one.view == MASKED else Why.HIDDEN_BY_RULE


def _step(one: Tried, question: Question) -> Step:
    if one.view == CLEAR:
        return Step.NONE
    if not one.missing:
        return Step.ASK_RULE
    if not {CONSENT, GRANT} & set(one.missing):
        return Step.START_CONTACT if CONTACT in one.missing else Step.GIVE_REASON
    if question.grant == Granting.OTHER_PURPOSE:
        return Step.CHANGE_PURPOSE
    if CONSENT in one.missing:
        return CONSENT_STEPS.get(question.consent, Step.COMPARE_OR_SUPERVISOR)
    return Step.ASK_GRANT


CONSENT_STEPS = {
    Saying.NONE: Step.ASK_CONSENT,
    Saying.EXPIRED: Step.ASK_CONSENT,
    Saying.RENEW: Step.ASK_CONSENT,
    Saying.NOT_COVERED: Step.ASK_CONSENT,
    Saying.NOT_SEPARATE: Step.ASK_CONSENT,
    Saying.REVOKED: Step.ASK_CONSENT,
    Saying.UNCONFIRMED: Step.CONFIRM_CONSENT,
}
"""Where asking the customer helps. After a refusal or a withdrawal nobody asks again at once (regulation 790, 22)."""
