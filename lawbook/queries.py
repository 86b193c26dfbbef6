"""What the law said on a day, and which facts somebody should look up again."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language

from lawbook.models import HOUSE, MEM, MONTH, YEAR, FactVersion, FactVersions
from lawbook.terms import SPANS, Term, local_day
from trail.questions import Question, Rows, ask

VERIFIED_EVERY = "fact_verification_interval"
"""The fact that says for how long a verified fact is believed."""


class UnknownFact(LookupError):
    """No fact has this code, or none applies on the day."""


class NoTerm(ValueError):
    """The fact counts persons, records or the like, and is no span of time."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What a law says in one number, as it applies from `since` up to but without `until`."""

    code: str
    name_zh: str
    name_en: str
    words_zh: str
    words_en: str
    value: int
    unit: str
    citation_zh: str
    citation_en: str
    article: str
    since: date
    until: date | None
    certainty: str
    source: str
    verified_on: date | None
    verified_by: str

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        return self.name_zh if _reads_chinese() else self.name_en

    @property
    def words(self) -> str:
        """What the fact says and from when it counts, in the language of the reader."""
        return self.words_zh if _reads_chinese() else self.words_en

    @property
    def citation(self) -> str:
        """The law with its article, in the language of the reader."""
        law = self.citation_zh if _reads_chinese() else self.citation_en
        return f"{law} {self.article}".strip()

    @property
    def is_house_rule(self) -> bool:
        """Whether no law gives the number, so that the company may set its own."""
        return self.certainty == HOUSE

    @property
    def term(self) -> Term:
        """The value as a span of time.

        :raises NoTerm: it is none.
        """
        if self.unit not in SPANS:
            raise NoTerm(self.code)
        return Term(self.value, self.unit)


COLUMNS = tuple(Fact.__dataclass_fields__)


def fact(code: str, at: datetime) -> Fact:
    """Return the fact `code` as it applies on the day of `at` in the time zone of the house.

    :raises UnknownFact: there is none.
    """
    return ask(fact_asked(code, at))


def fact_asked(code: str, at: datetime) -> Question[Fact]:
    """Ask for the fact `code` on the day of `at`; reading the answer raises `UnknownFact` where there is none."""

    def read(rows: Rows) -> Fact:
        if not rows:
            raise UnknownFact(code)
        return Fact(*rows[0])

    return Question(_FACT, {"code": code, "day": local_day(at)}, read)


_FACT = """
select code, name_zh, name_en, words_zh, words_en, value, unit, citation_zh, citation_en, article, since, until,
  certainty, source, verified_on, verified_by
from lawbook_factversion where code = %(code)s and since <= %(day)s and (until is null or until > %(day)s)
order by since limit 1"""


def newest(code: str) -> Fact | None:
    """Return the last version of a fact, for naming it; None where there is no such fact."""
    row = FactVersion.objects.filter(code=code).order_by("-since").values(*COLUMNS).first()
    return Fact(**row) if row else None


def floors(at: datetime) -> list[Fact]:
    """Return the facts in force that say for how many months or years something is kept at least, by code."""
    rows = FactVersion.objects.in_force(local_day(at)).filter(unit__in=(MONTH, YEAR), code__endswith="_keep")
    return [Fact(**row) for row in rows.order_by("code").values(*COLUMNS)]


def to_verify(at: datetime) -> list[Fact]:
    """Return the facts, in force or still to come, that are known from memory only or were verified long ago."""
    return [Fact(**row) for row in unverified(at).values(*COLUMNS)]


def unverified(at: datetime) -> FactVersions:
    """Return the rows of `to_verify`. House rules are not among them: there is nothing to look up."""
    today, believed = local_day(at), fact(VERIFIED_EVERY, at).term
    rows = FactVersion.objects.exclude(certainty=HOUSE).exclude(until__lte=today)
    days = rows.exclude(certainty=MEM).values_list("verified_on", flat=True).distinct()
    old = [day for day in days if day is not None and believed.last_day(day) < today]
    return rows.filter(certainty=MEM) | rows.filter(verified_on__in=old)


def _reads_chinese() -> bool:
    return (get_language() or "").startswith("zh")
