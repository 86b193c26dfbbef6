"""An upload in hand: where it goes and what its columns look like, kept in the sealed session between two pages.

Nothing of a file's content is kept, only the names of its columns, the kinds that they look like, and the choice of
fields; names that look like values never come here (`customers.services.imports.HeaderMissing`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.imports.mapping import Column
from customers.imports.run import CHECK, IMPORT
from customers.services.imports import Examined
from customers.words import problem_words
from desk import jobs_shown
from jobs.models import Job

PLACE = "imports"
KEPT = 3
"""Older uploads of a session are forgotten; their files end by themselves."""
LONGEST_NAME = 120
SELECT = "column-"


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload between its pages: `chosen` is column index → target, once somebody chose.

    `proof` is the sealed text that proves where it came from; nothing where that was the customers.
    """

    portfolio: str
    scenario: str
    examined: Examined
    proof: UUID | None = None
    chosen: Mapping[int, str] = field(default_factory=dict)

    @property
    def mapping(self) -> dict[int, str]:
        """Where each column goes: as chosen, else as proposed."""
        proposed = {column.index: column.target for column in self.examined.columns}
        return proposed | dict(self.chosen)


def keep(session: SessionBase, upload: Upload) -> None:
    """Keep an upload, or what was chosen for it."""
    file = str(upload.examined.file)
    others = {key: held for key, held in session.get(PLACE, {}).items() if key != file}
    session[PLACE] = dict(list(others.items())[1 - KEPT :]) | {file: _plain(upload)}


def kept(session: SessionBase, file: UUID | str) -> Upload | None:
    """Return an upload of this session, or None when it has forgotten it."""
    held = session.get(PLACE, {}).get(str(file))
    if held is None:
        return None
    columns = tuple(Column(*one) for one in held["columns"])
    examined = Examined(
        file=UUID(str(file)),
        format=held["format"],
        encoding=held["encoding"],
        header=tuple(column.header for column in columns),
        columns=columns,
        sampled=held["sampled"],
    )
    chosen = {int(index): target for index, target in held["chosen"].items()}
    proof = UUID(held["proof"]) if held.get("proof") else None
    return Upload(held["portfolio"], held["scenario"], examined, proof, chosen)


def chosen(typed: Mapping[str, str], columns: Iterable[Column]) -> dict[int, str]:
    """Return what a form chose for each column; a column that it does not name is left out."""
    return {column.index: typed.get(f"{SELECT}{column.index}", "").strip()[:60] for column in columns}


def _plain(upload: Upload) -> dict[str, object]:
    examined = upload.examined
    return {
        "portfolio": upload.portfolio,
        "scenario": upload.scenario,
        "proof": str(upload.proof or ""),
        "format": examined.format,
        "encoding": examined.encoding,
        "sampled": examined.sampled,
        "columns": [
            (one.index, one.header[:LONGEST_NAME], one.kind, one.share, one.target, one.why, dict(one.params))
            for one in examined.columns
        ],
        "chosen": {str(index): target for index, target in upload.chosen.items()},
    }


def _page(job: Job) -> str:
    return reverse("desk:import_job", args=[job.pk])


jobs_shown.describe(CHECK, name=_("Dry run of an import"), result=_page, says=problem_words)
jobs_shown.describe(IMPORT, name=_("Import of customers"), result=_page, says=problem_words)
