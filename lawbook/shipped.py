"""The law facts as shipped: each line of `data/facts.tsv` is a fact from a day on; the first names the columns."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent / "data" / "facts.tsv"


def rows() -> list[dict[str, Any]]:
    """Return the shipped facts as columns of `FactVersion`, by code and day."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        found = [_typed(row) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    return sorted(found, key=lambda row: (row["code"], row["since"]))


def _typed(row: dict[str, str]) -> dict[str, Any]:
    def day(name: str) -> date | None:
        return date.fromisoformat(row[name]) if row[name] else None

    typed = {"value": int(row["value"]), "since": day("since"), "until": day("until")}
    return {**row, **typed, "verified_on": day("verified_on")}


def install_shipped(model: Any = None) -> int:
    """Put in the shipped facts that are newer than what is held of their code; return their number.

    The row before gets its end. What this company has entered for a later day, stays.

    :param model: the historical model when a migration calls.
    """
    if model is None:
        from lawbook.models import FactVersion as model
    added = 0
    for row in rows():
        last = model.objects.filter(code=row["code"]).order_by("-since").first()
        if last is not None and last.since >= row["since"]:
            continue
        if last is not None and last.until is None:
            last.until = row["since"]
            last.save(update_fields=["until"])
        model.objects.create(**row)
        added += 1
    return added
