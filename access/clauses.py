"""The clauses of the five management documents, by id, with their words: what a rule stands on.

`data/clauses.tsv` holds id, the Chinese words of the clause and in English what it asks of this software. The
documents: S0 客户信息分类与安全防护手册, S1 客户信息保护及隐私安全措施, S2 客服信息安全管理制度,
S3 客户安全管理制度, S4 企业如何有效保护客户信息.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

TABLE = Path(__file__).parent / "data" / "clauses.tsv"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its id and its words in both languages."""

    id: str
    zh: str
    en: str

    @property
    def words(self) -> str:
        """The words in the language of the reader."""
        return self.zh if (get_language() or "").startswith("zh") else self.en


@cache
def every_clause() -> dict[str, Clause]:
    """Give all clauses by id, in the order of the documents."""
    rows = (line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines())
    return {row[0]: Clause(*row) for row in rows}


def words(clause: str) -> str:
    """Give the words of a clause in the reader's language; "" for an id that no document knows."""
    known = every_clause().get(clause)
    return known.words if known else ""
