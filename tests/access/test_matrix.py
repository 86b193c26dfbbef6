"""The whole matrix: role × level × reach × contact × consent × grant × tier × zone × what is lacking.

The expectations are written by hand from the table “Who may do what, as shipped” of the architecture and from the
clauses S0-26..28, S0-33, S1-19, S1-20, S4-44, S4-53, S4-55; nothing of them is derived from the code. The age of the
second factor is no input of a read of one value (security.md §3 asks for it in bulk, exports and L4): `Question` has
no place for it, so it can change no answer here.
"""

from collections import Counter
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from access.consents import Saying
from access.grants import NO_GRANT, Held, Scope, held
from access.policy import Question, Rule, Why, decide
from access.shipped import rows

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
READER, OTHER, HEAD = UUID(int=1), UUID(int=2), UUID(int=3)
CUSTOMER, ANOTHER = UUID(int=11), UUID(int=12)
EVERY_TIER = frozenset({"standard", "premium", "vip"})

# Copied by hand: what a role sees of a level within its reach. What opens it more stands in OPENS below.
SEES = {
    "agent": "clear clear masked hidden",
    "supervisor": "clear clear masked hidden",
    "head": "clear clear masked hidden",
    "analyst": "hidden hidden hidden hidden",
    "officer": "masked masked masked hidden",
    "security": "hidden hidden hidden hidden",
    "custodian": "hidden hidden hidden hidden",
    "auditor": "hidden hidden hidden hidden",
}
OPENS = {
    ("agent", 3): {"consent", "grant"},
    ("supervisor", 3): {"reason", "grant"},
    ("head", 3): {"reason", "grant"},
}
"""By hand, too: “consent or grant” of the agent, “reason in contact, grant” of supervisor and head; L4 is not here."""

LIVE = Scope(
    request=UUID(int=21),
    number=7,
    applicant=READER,
    purpose="handling",
    fields=frozenset({"mobile"}),
    customers=frozenset({CUSTOMER}),
    tiers=EVERY_TIER,
    output="screen",
    starts_at=NOW - DAY,
    ends_at=NOW + DAY,
    uses=5,
    used=0,
    approved_by=frozenset({HEAD}),
    sound=True,
    purpose_lives=True,
    justified=False,
    revoked_at=None,
)
# state -> (the usage request, with which consents it opens the value inside a contact with its purpose)
WITH_CONSENT, WITHOUT_TOO, NEVER = {"given"}, {"given", "none"}, set[str]()
GRANTS: dict[str, tuple[Scope | None, set[str]]] = {
    "none": (None, NEVER),
    "pending": (replace(LIVE, approved_by=None), NEVER),
    "live": (LIVE, WITH_CONSENT),
    "live, justified": (replace(LIVE, justified=True), WITHOUT_TOO),
    "starts this second": (replace(LIVE, starts_at=NOW), WITH_CONSENT),
    "not started": (replace(LIVE, starts_at=NOW + SECOND), NEVER),
    "ends next second": (replace(LIVE, ends_at=NOW + SECOND), WITH_CONSENT),
    "ended this second": (replace(LIVE, ends_at=NOW), NEVER),
    "ended one second ago": (replace(LIVE, ends_at=NOW - SECOND), NEVER),
    "revoked": (replace(LIVE, revoked_at=NOW - SECOND), NEVER),
    "other purpose": (replace(LIVE, purpose="quality"), NEVER),
    "purpose ended": (replace(LIVE, purpose_lives=False), NEVER),
    "other field": (replace(LIVE, fields=frozenset({"email"})), NEVER),
    "other customer": (replace(LIVE, customers=frozenset({ANOTHER})), NEVER),
    "of somebody else": (replace(LIVE, applicant=OTHER), NEVER),
    "self-approved": (replace(LIVE, approved_by=frozenset({READER, HEAD})), NEVER),
    "approved by nobody": (replace(LIVE, approved_by=frozenset()), NEVER),
    "edited after approval": (replace(LIVE, sound=False), NEVER),
    "last use left": (replace(LIVE, used=4), WITH_CONSENT),
    "used up": (replace(LIVE, used=5), NEVER),
    "tier above": (replace(LIVE, tiers=frozenset({"premium"})), NEVER),
}
CONSENTS = {"given": Saying.GIVEN, "none": Saying.NONE, "withdrawn": Saying.WITHDRAWN}
CONTACTS = {"nothing": (False, False), "contact": (True, False), "reason": (True, True)}
LACKING = ("", "undertaking", "training")


def shipped() -> list[Rule]:
    return [
        Rule(
            code=str(row["code"]),
            version=1,
            role=str(row["role"]),
            level=int(str(row["level"])),
            view=str(row["view"]),
            clause=str(row["clause"]),
            clear_when=tuple(frozenset(needs) for needs in row["clear_when"]),  # type: ignore[attr-defined]
        )
        for row in rows()
    ]


def ask(
    role: str,
    level: int,
    *,
    reached: bool = True,
    contact: str = "reason",
    consent: str = "given",
    grant: str = "none",
    tier: str = "standard",
    zone: str = "",
    lacking: str = "",
) -> Question:
    """Put the question as the one place that asks does: outside a contact there is no purpose to consent to."""
    in_contact, reason = CONTACTS[contact]
    said = CONSENTS[consent] if in_contact else Saying.NO_PURPOSE
    scope, _opens = GRANTS[grant]
    found: Held = (
        held(
            [scope],
            reader=READER,
            customer=CUSTOMER,
            field="mobile",
            tier=tier,
            purpose="handling" if in_contact else "",
            said=said,
            for_business=False,
            at=NOW,
        )
        if scope
        else NO_GRANT
    )
    return Question(
        roles=frozenset({role}),
        reached_as=frozenset({role}) if reached else frozenset(),
        level=level,
        tier=tier,
        zone=zone,
        has_contact=in_contact,
        has_reason=reason,
        consent=said,
        grant=found.state,
        lacking=lacking,
    )


def expected(
    role: str, level: int, reached: bool, contact: str, consent: str, grant: str, lacking: str
) -> str:
    """Say by hand what is seen."""
    if not reached:
        return "hidden"
    view = SEES[role].split()[level - 1]
    ways = OPENS.get((role, level), set())
    in_contact = contact != "nothing"
    if (
        ("consent" in ways and in_contact and consent == "given")
        or ("reason" in ways and contact == "reason")
        or ("grant" in ways and in_contact and consent in GRANTS[grant][1])
    ):
        view = "clear"
    return "masked" if view == "clear" and lacking else view


def test_shows_what_the_table_says_over_the_whole_matrix() -> None:
    rules, differences, asked = shipped(), Counter[str](), 0
    for role, level, reached, contact, consent, grant, lacking in product(
        SEES, (1, 2, 3, 4), (True, False), CONTACTS, CONSENTS, GRANTS, LACKING
    ):
        # What cannot matter is not asked in every way: out of reach, and for roles that see nothing of anybody.
        if (not reached or "clear" not in SEES[role]) and lacking:
            continue
        question = ask(
            role,
            level,
            reached=reached,
            contact=contact,
            consent=consent,
            grant=grant,
            lacking=lacking,
        )
        view = expected(role, level, reached, contact, consent, grant, lacking)
        if decide(question, rules).view != view:
            differences[f"{role} L{level} {contact} {consent} grant {grant} lacking {lacking!r}"] += 1
        asked += 1
    assert not differences, differences.most_common(5)
    assert asked > 14_000


LIMITED = (
    Rule(
        code="agent-l3",
        version=2,
        role="agent",
        level=3,
        view="masked",
        clause="S4-55",
        highest_tier="premium",
        clear_when=(frozenset({"contact", "consent"}), frozenset({"grant"})),
    ),
    Rule(
        code="supervisor-l3-office",
        version=1,
        role="supervisor",
        level=3,
        view="masked",
        clause="S4-44",
        zone="office",
        clear_when=(frozenset({"contact", "reason"}), frozenset({"grant"})),
    ),
    Rule(
        code="head-l3",
        version=2,
        role="head",
        level=3,
        view="masked",
        clause="S4-55",
        highest_tier="standard",
        clear_when=(frozenset({"contact", "reason"}), frozenset({"grant"})),
    ),
    Rule(
        code="everyone-l2-remote",
        version=1,
        role="",
        level=2,
        view="hidden",
        clause="S0-26",
        zone="remote",
        forbid=True,
    ),
)
"""A house that limits: agents' L3 up to premium, heads' to standard, supervisors' in the office, no L2 from afar."""
REACHES = {
    "agent": {"standard", "premium"},
    "head": {"standard"},
    "supervisor": {"standard", "premium", "vip"},
}


def limited() -> list[Rule]:
    gone = {"agent-l3", "supervisor-l3", "head-l3"}
    return [rule for rule in shipped() if rule.code not in gone] + list(LIMITED)


def test_tiers_and_zones_limit_what_the_table_gives() -> None:
    rules, differences, asked = limited(), [], 0
    for role, level, contact, consent, grant, tier, zone, lacking in product(
        REACHES,
        (2, 3),
        ("contact", "reason"),
        CONSENTS,
        ("none", "live", "live, justified", "ended one second ago", "tier above"),
        ("standard", "premium", "vip", "unheard of"),
        ("", "office", "remote"),
        LACKING,
    ):
        question = ask(
            role,
            level,
            contact=contact,
            consent=consent,
            grant=grant,
            tier=tier,
            zone=zone,
            lacking=lacking,
        )
        view = within_limits(role, level, contact, consent, grant, tier, zone, lacking)
        if decide(question, rules).view != view:
            differences.append((question, view))
        asked += 1
    assert not differences, differences[:3]
    assert asked > 6_000


def within_limits(
    role: str, level: int, contact: str, consent: str, grant: str, tier: str, zone: str, lacking: str
) -> str:
    """Say by hand what is seen in the house that limits."""
    if level == 2:
        return "hidden" if zone == "remote" else "masked" if lacking else "clear"
    if role == "supervisor" and zone != "office":
        return "hidden"
    if role in {"agent", "head"} and tier not in REACHES[role]:
        return "hidden"
    opens = GRANTS[grant][1]
    if grant == "tier above" and tier == "premium":
        opens = WITH_CONSENT  # this request reaches premium alone
    if grant in {"live", "live, justified"} and tier not in EVERY_TIER:
        opens = NEVER
    by_grant = consent in opens
    by_hand = contact == "reason" if role != "agent" else consent == "given"
    clear = by_grant or by_hand
    return ("masked" if lacking else "clear") if clear else "masked"


@pytest.mark.parametrize(
    ("question", "why", "zones"),
    [
        (ask("supervisor", 3, zone="remote"), Why.OUTSIDE_ZONE, ("office",)),
        (ask("supervisor", 3, zone="office"), Why.NEEDS_MET, ()),
        (ask("agent", 3, tier="vip"), Why.ABOVE_TIER, ()),
        (ask("agent", 2, zone="remote"), Why.FORBIDDEN, ()),
    ],
)
def test_says_which_limit_it_was(question: Question, why: Why, zones: tuple[str, ...]) -> None:
    decision = decide(question, limited())
    assert (decision.why, decision.zones) == (why, zones)


def test_no_second_factor_opens_a_value_by_itself() -> None:
    assert not {one.name for one in fields(Question)} & {"second_factor_at", "factor", "step_up"}
