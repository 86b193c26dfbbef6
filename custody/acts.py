"""The acts on keys that two custodians sign, and why one cannot be done as things stand."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from customers import rotating
from customers.models import Customer, Portfolio
from jobs import registry
from jobs.models import Job
from vault import keks, models
from vault.keks import Life

CREATE, PROMOTE, RETIRE, COMPROMISE = "key.create", "key.promote", "key.retire", "key.compromise"
RAISE_MINIMUM, DESTROY = "key.raise_minimum", "key.destroy"
REWRAP, REKEY, REINDEX, RESEAL = "key.rewrap", "key.rekey", "key.reindex", "key.reseal"
DRILL = "key.drill"

OF_KEKS: Mapping[str, str] = {
    CREATE: models.CREATED,
    PROMOTE: models.PROMOTED,
    RETIRE: models.RETIRED,
    COMPROMISE: models.COMPROMISED,
    RAISE_MINIMUM: models.MINIMUM,
    DESTROY: models.DESTROYED,
}
"""Acts on one KEK version, and the fact that each makes true."""

KEK_JOB, REWRAP_JOB = "custody.kek", "custody.rewrap"
JOBS: Mapping[str, str] = {
    REWRAP: REWRAP_JOB,
    REKEY: "customers.rekey",
    REINDEX: "customers.reindex",
    RESEAL: "customers.reseal",
}
"""Acts that start a job, and its kind; those of `customers` register theirs themselves."""

NUMBERED: Mapping[str, str] = {
    **dict.fromkeys((*OF_KEKS, REWRAP), "version"),
    REINDEX: "epoch",
    RESEAL: "suite",
}
"""Acts whose content is one number, and what that number is."""

ALL = (*OF_KEKS, *JOBS, DRILL)
SCOPES = ("all", "portfolio", "customer")
Content = Mapping[str, Any]


def refusal(kind: str, content: Content, life: Life) -> str:
    """Return the code of why an act cannot be done as things stand, or nothing.

    Those of `vault.keks.refusal`, and key_job_unknown, key_job_running, nothing_to_rewrap, kek_changed,
    unknown_portfolio, unknown_customer.
    """
    if kind in OF_KEKS:
        return keks.refusal(OF_KEKS[kind], int(content["version"]), life)
    if kind not in JOBS:
        return ""
    try:
        registry.get(JOBS[kind])
    except registry.UnknownKind:
        return "key_job_unknown"
    if JOBS[kind] in rotating.KINDS and rotating.rotations().exists():
        return "key_job_running"
    if Job.objects.open().filter(kind=JOBS[kind]).exists():
        return "key_job_running"
    return _of_job(kind, content, life)


def _of_job(kind: str, content: Content, life: Life) -> str:
    if kind == REWRAP:
        if content["version"] != life.current:
            return "kek_changed"
        return "" if life.under_older else "nothing_to_rewrap"
    if kind == REKEY and content["scope"] == "portfolio":
        return "" if Portfolio.objects.filter(code=content["id"]).exists() else "unknown_portfolio"
    if kind == REKEY and content["scope"] == "customer":
        return "" if Customer.objects.filter(ref=UUID(content["id"])).exists() else "unknown_customer"
    return ""
