"""Which role carries which permission (architecture.md §6). Who signs is decided by seats, not by this table."""

from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR

EVERYONE = frozenset({"trail.self", "problem.report", "jobs.read_own", "duties.read_own"})

SERVICE = frozenset(
    {
        "customer.find",
        "customer.open",
        "customer.reveal",
        "customer.compare",
        "contact.start",
        "consent.record",
    }
)
"""What whoever serves customers does, within their own portfolios or department."""

ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    AGENT: EVERYONE | SERVICE | {"customer.create", "customer.edit", "request.ask"},
    SUPERVISOR: EVERYONE
    | SERVICE
    | {
        "customer.create",
        "customer.edit",
        "customer.compare_more",
        "customer.import",
        "customer.move",
        "customer.export",
        "trail.team",
        "duties.read_team",
        "consent.confirm",
        "request.ask",
    },
    HEAD: EVERYONE
    | SERVICE
    | {
        "customer.export",
        "customer.compare_more",
        "trail.team",
        "rules.read",
        "catalogue.read",
        "consent.confirm",
        "consent.revoke",
        "notices.read",
        "organisation.read",
        "duties.read_team",
        "masked.read",
        "request.ask",
        "stand_in.propose",
        "review.read",
    },
    ANALYST: EVERYONE | {"aggregates.read", "masked.fetch", "masked.read"},
    OFFICER: EVERYONE
    | {
        "customer.find",
        "customer.open",
        "trail.all",
        "trail.who_saw",
        "people.read",
        "rules.read",
        "person.freeze",
        "catalogue.read",
        "catalogue.names",
        "consent.confirm",
        "consent.revoke",
        "notices.read",
        "notices.propose",
        "purposes.propose",
        "organisation.read",
        "organisation.edit",
        "labels.propose",
        "explain.read",
        "problems.read",
        "review.read",
        "discovery.read",
        "discovery.decide",
        "texts.read",
        "duties.read_all",
        "stand_in.propose",
        "request.revoke",
        "masked.propose",
        "masked.fetch",
        "masked.read",
        "admin.enter",
    },
    SECURITY: EVERYONE
    | {
        "people.propose",
        "people.take_away",
        "people.read",
        "people.set_up",
        "rules.propose",
        "rules.read",
        "person.freeze",
        "person.unfreeze_propose",
        "catalogue.read",
        "explain.read",
        "trail.all",
        "networks.edit",
        "organisation.read",
        "organisation.edit",
        "duties.edit",
        "review.start",
        "review.read",
        "duties.read_all",
        "admin.enter",
    },
    CUSTODIAN: EVERYONE | {"keys.read"},
    AUDITOR: EVERYONE
    | {
        "trail.all",
        "trail.who_saw",
        "trail.find_customer",
        "review.read",
        "people.read",
        "rules.read",
        "catalogue.read",
        "notices.read",
        "organisation.read",
        "explain.read",
        "keys.read",
        "masked.read",
        "discovery.read",
        "duties.read_all",
        "admin.enter",
    },
}

MODEL_PERMISSIONS: dict[str, str] = {
    "trail.view_event": "trail.all",
    "trail.view_exposure": "trail.all",
    "auditlog.view_logentry": "people.read",
    "lawbook.view_factversion": "rules.read",
    "lawbook.view_workingyear": "rules.read",
}
"""Django's model permissions, for admin screens that ask for those. What is not here, nobody has."""
