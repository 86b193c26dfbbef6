"""What the pages of imports receive: frozen, in words, never a value of a file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from approvals.models import Proposal
from approvals.rules import WAITING, state
from classification.models import Scenario
from classification.queries import Catalogue, FieldSpec
from classification.words import kind_words
from customers.imports.mapping import Column, unfit
from customers.imports.names import NUMBER
from customers.imports.report import params_of
from customers.imports.run import CHANGES_WITHOUT_SIGNATURE, CHECK, IMPORT
from customers.models import ImportProblem, Portfolio
from customers.problems import Problem
from customers.services.imports import BULK_UPDATE
from customers.values import RELATIONSHIP
from customers.words import problem_words
from desk.import_pages import SELECT, Upload
from desk.jobs_shown import shown
from desk.shown import JobShown
from files.models import SealedFile
from jobs.models import Job
from kinds import registry
from trail.actor import Actor

COUNTS = ("rows", "created", "changed", "unchanged", "refused", "warned")
PLAIN = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One target of a column; `closed` when its values look like something that may not go there."""

    code: str
    words: str
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnShown:
    """One column of a file: what it looks like, where it goes, and why."""

    name: str
    header: str
    place: int
    level: int
    looks: str
    share: int
    groups: tuple[tuple[str, tuple[Option, ...]], ...]
    target: str
    why: str
    error: str

    @property
    def badge(self) -> str:
        """The level that such values usually have."""
        return f"L{self.level}"

    @property
    def id(self) -> str:
        """The id of its control."""
        return f"i_{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingShown:
    """All columns of a file: those that have a field, and those left out by name."""

    file: UUID
    format: str
    encoding: str
    sampled: int
    portfolio: str
    scenario: str
    taken: tuple[ColumnShown, ...]
    left_out: tuple[ColumnShown, ...]
    problems: tuple[str, ...]
    missing: tuple[str, ...]
    """Required fields without a column, where the scenario insists on them."""

    @property
    def names_left_out(self) -> list[str]:
        """The columns that nothing is taken from."""
        return [one.header for one in (*self.taken, *self.left_out) if not one.target]

    @property
    def columns(self) -> int:
        """How many columns the file has."""
        return len(self.taken) + len(self.left_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemShown:
    """Why one cell was refused, or what to look at; never the value."""

    line: int
    column: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """One dry run or import in the list of a person's own."""

    job: JobShown
    portfolio: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportShown:
    """A dry run or an import on its page."""

    job: JobShown
    is_check: bool
    portfolio: str
    portfolio_code: str
    scenario: str
    fields: tuple[str, ...]
    left_out: tuple[str, ...]
    counts: Mapping[str, int]
    file: UUID
    kept_until: datetime | None
    """The end of the file's term; nothing once it is over."""
    followed_by: UUID | None
    """The import that a dry run led to."""
    proposal: UUID | None
    """The newest proposal of a dry run."""
    proposal_waits: bool
    signed: bool

    @property
    def ended(self) -> bool:
        """Tell whether it got to the end of the file."""
        return self.job.state == "done"

    @property
    def writes(self) -> int:
        """How many customers it writes, or would write."""
        return self.counts["created"] + self.counts["changed"]

    @property
    def needs_signature(self) -> bool:
        """Tell whether the head signs before it is carried out."""
        return self.counts["changed"] > CHANGES_WITHOUT_SIGNATURE

    @property
    def may_start(self) -> bool:
        """Tell whether the import can be started from this dry run now."""
        waits = self.proposal_waits or self.followed_by is not None
        return (
            self.is_check and self.ended and bool(self.writes) and self.kept_until is not None and not waits
        )

    @property
    def step(self) -> int:
        """Which step of the wizard this is."""
        return 3 if self.is_check else 4


def target_words(code: str, known: Catalogue) -> str:
    """Name what a column can fill."""
    own = {
        NUMBER: _("customer number"),
        RELATIONSHIP[0]: _("customer since"),
        RELATIONSHIP[1]: _("customer until"),
    }
    return own.get(code) or (known.get(code).label if code in known else code)


def mapping_shown(
    upload: Upload, problems: Sequence[Problem], *, known: Catalogue, portfolio: str, scenario: Scenario
) -> MappingShown:
    """Return the columns of an upload with the targets that are open to them.

    :param problems: why what was chosen cannot be; `Problem.field` is a column's name.
    """
    asked = known.asked_in(scenario.purposes)
    chosen = upload.mapping
    columns = upload.examined.columns
    headers = {column.header for column in columns}
    per_column = {problem.field: problem_words(problem.code, problem.params) for problem in problems}
    shown_columns = [
        (column, _column(column, chosen[column.index], per_column.get(column.header, ""), known, asked))
        for column in columns
    ]
    missing = [spec for spec in asked if spec.required and spec.code not in chosen.values()]
    return MappingShown(
        file=upload.examined.file,
        format=upload.examined.format.upper(),
        encoding=upload.examined.encoding.upper(),
        sampled=upload.examined.sampled,
        portfolio=portfolio,
        scenario=str(scenario),
        taken=tuple(line for column, line in shown_columns if column.target),
        left_out=tuple(line for column, line in shown_columns if not column.target),
        problems=tuple(words for name, words in per_column.items() if name not in headers),
        missing=tuple(spec.label for spec in missing) if scenario.insists else (),
    )


def _column(
    column: Column, target: str, error: str, known: Catalogue, asked: Sequence[FieldSpec]
) -> ColumnShown:
    codes = {spec.code for spec in asked}
    groups: list[tuple[str, list[str]]] = [(_("Record"), [NUMBER, *RELATIONSHIP])]
    for number in (1, 2, 3):
        groups.append((f"L{number}", [spec.code for spec in asked if spec.level == number]))
    return ColumnShown(
        name=f"{SELECT}{column.index}",
        header=column.header or f"#{column.index + 1}",
        place=column.index + 1,
        level=registry.get(column.kind).typical_level if column.kind and column.kind != PLAIN else 0,
        looks=kind_words(column.kind) if column.kind else "",
        share=round(column.share * 100),
        groups=tuple(
            (words, tuple(_option(code, column, known, codes) for code in held))
            for words, held in groups
            if held
        ),
        target=target,
        why=_why(column) if target == column.target else "",
        error=error,
    )


def _why(column: Column) -> str:
    # That the catalogue does not know a column stands above all those that it does not know.
    return "" if column.why == "unknown_column" else problem_words(column.why, column.params)


def _option(code: str, column: Column, known: Catalogue, asked: set[str]) -> Option:
    closed = unfit(code, column, known, asked) is not None
    return Option(code=code, words=target_words(code, known), closed=closed)


def problems_shown(rows: Iterable[ImportProblem]) -> list[ProblemShown]:
    """Put problems of rows in words."""
    held = list(rows)
    return [
        ProblemShown(line=row.line, column=row.column, words=problem_words(row.code, params))
        for row, params in zip(held, params_of(held), strict=True)
    ]


def lines_shown(jobs: Iterable[Job], actor: Actor, at: datetime) -> list[ImportLine]:
    """Return dry runs and imports for the list of a person's own."""
    rows = list(jobs)
    names = {
        one.code: str(one)
        for one in Portfolio.objects.filter(code__in={row.parameters.get("portfolio", "") for row in rows})
    }
    return [
        ImportLine(
            job=shown(row, actor_id=actor.id, at=at),
            portfolio=names.get(row.parameters.get("portfolio", ""), ""),
            counts=counts_of(row),
        )
        for row in rows
    ]


def counts_of(job: Job) -> dict[str, int]:
    """Return what became of the rows: of all when it ended, else of those done so far."""
    held = job.outcome or job.cursor
    return {name: int(held.get(name, 0)) for name in COUNTS}


def import_shown(
    job: Job, *, known: Catalogue, upload: Upload | None, actor: Actor, at: datetime
) -> ImportShown:
    """Return a dry run or an import as its page shows it.

    :param upload: what the session still knows of its file.
    """
    code, mapping = str(job.parameters["portfolio"]), job.parameters["mapping"]
    file = UUID(str(job.parameters["file"]))
    portfolio = Portfolio.objects.filter(code=code).first()
    scenario = Scenario.objects.filter(code=job.parameters["scenario"]).first()
    sealed = SealedFile.objects.readable(at).filter(id=file).first()
    proposal = _proposal_of(job)
    follower = Job.objects.filter(kind=IMPORT, owner_id=job.owner_id, parameters__check=str(job.pk)).first()
    ours = {str(index): column for index, column in enumerate(upload.examined.columns)} if upload else {}
    return ImportShown(
        job=shown(job, actor_id=actor.id, at=at),
        is_check=job.kind == CHECK,
        portfolio=str(portfolio or code),
        portfolio_code=code,
        scenario=str(scenario or ""),
        fields=tuple(target_words(target, known) for target in mapping.values()),
        left_out=tuple(column.header for index, column in ours.items() if index not in mapping),
        counts=counts_of(job),
        file=file,
        kept_until=sealed.keep_until if sealed else None,
        followed_by=follower.pk if follower else None,
        proposal=proposal.pk if proposal else None,
        proposal_waits=proposal is not None and state(proposal, at) == WAITING,
        signed=bool(job.parameters.get("signed")),
    )


def _proposal_of(job: Job) -> Proposal | None:
    found = Proposal.objects.filter(kind=BULK_UPDATE, content__check=str(job.pk))
    return found.order_by("-proposed_at").prefetch_related("signatures").first()
