"""Questions to the main database: written out in SQL, several answered in one round trip.

What every read asks is written out, because the ORM takes longer to make such a statement than PostgreSQL to answer
it. Nothing is kept: a question that is asked again is answered anew. Statements that travel together still run one
after the other, each with a snapshot of its own: what one has waited for (a lock), the next ones see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import psycopg
from django.db import connection

Answer = TypeVar("Answer")
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Question(Generic[Answer]):
    """One statement with its parameters, and what its rows mean."""

    sql: str
    parameters: Mapping[str, Any] | Sequence[Any]
    read: Callable[[Rows], Answer]


class Prepared(psycopg.Cursor[Any]):
    """A cursor whose statements PostgreSQL reads and plans once per connection, not each time: most of their cost."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        return super().execute(query, params, prepare=True, **more)


def ask(question: Question[Answer]) -> Answer:
    """Return the answer to one question.

    Its statement is prepared, so each parameter needs a type that PostgreSQL can tell from its place, or a cast.
    """
    connection.ensure_connection()
    # Django's own way to wrap a cursor, with its log of statements and its errors; it has no public name.
    with connection._prepare_cursor(Prepared(connection.connection)) as cursor:  # type: ignore[attr-defined]
        cursor.execute(question.sql, question.parameters)
        return question.read(cursor.fetchall())


def ask_together(*questions: Question[Any]) -> tuple[Any, ...]:
    """Return the answers to several questions, in their order, in one round trip."""
    with connection.cursor() as cursor:
        cursor.execute(";\n".join(cursor.mogrify(one.sql, one.parameters) for one in questions))
        answers = []
        for number, question in enumerate(questions):
            if number:
                cursor.nextset()
            answers.append(question.read(cursor.fetchall()))
    return tuple(answers)
