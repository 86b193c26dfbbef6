"""Questions to the main database: written out in SQL, several answered in one round trip.

What every read asks is written out, because the ORM takes longer to make such a statement than PostgreSQL to answer
it. Nothing is kept: a question that is asked again is answered anew. Statements that travel together still run one
after the other, each with a snapshot of its own: what one has waited for (a lock), the next ones see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

Answer = TypeVar("Answer")
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Question(Generic[Answer]):
    """One statement with its parameters, and what its rows mean."""

    sql: str
    parameters: Mapping[str, Any] | Sequence[Any]
    read: Callable[[Rows], Answer]


class Asked:
    """What Django takes for a cursor: it sends one question, or several in one round trip.

    PostgreSQL reads and plans each statement once per connection and not each time, which is most of its cost. The
    connection has to allow that (`custinfo.databases`).
    """

    def __init__(self, opened: psycopg.Connection[Any]) -> None:
        self._opened = opened
        self._questions: Sequence[Question[Any]] = ()
        self._cursors: list[psycopg.Cursor[Any]] = []

    def execute(self, sql: str, questions: Sequence[Question[Any]]) -> None:
        """Send the questions; `sql` is all of them, for whoever stands between."""
        self._questions = questions
        if len(questions) == 1:
            self._send(questions[0])
            return
        with self._opened.pipeline():
            for question in questions:
                self._send(question)

    def _send(self, question: Question[Any]) -> None:
        cursor = psycopg.Cursor(self._opened)
        self._cursors.append(cursor)
        cursor.execute(question.sql, question.parameters, prepare=True)

    def fetchall(self) -> list[Rows]:
        """Return the rows of each question, in their order."""
        return [cursor.fetchall() for cursor in self._cursors]

    def close(self) -> None:
        """Close the cursors."""
        for cursor in self._cursors:
            cursor.close()

    @property
    def _query(self) -> SimpleNamespace:
        """What was asked, written out with its values: Django's log of statements, where one is kept, looks here."""
        written = psycopg.ClientCursor(self._opened)
        said = (written.mogrify(one.sql, one.parameters) for one in self._questions)
        return SimpleNamespace(query=";\n".join(said).encode())


def ask(question: Question[Answer], *, using: str = DEFAULT_DB_ALIAS) -> Answer:
    """Return the answer to one question.

    Its statement is prepared, so each parameter needs a type that PostgreSQL can tell from its place, or a cast.
    """
    (answer,) = _asked((question,), using)
    return question.read(answer)


def ask_together(*questions: Question[Any]) -> tuple[Any, ...]:
    """Return the answers to several questions, in their order, in one round trip."""
    answers = _asked(questions, DEFAULT_DB_ALIAS)
    return tuple(question.read(rows) for question, rows in zip(questions, answers, strict=True))


def _asked(questions: Sequence[Question[Any]], using: str) -> list[Rows]:
    connection: Any = connections[using]
    connection.ensure_connection()
    # Django's own way to wrap a cursor, with its log of statements and its errors; it has no public name.
    with connection._prepare_cursor(Asked(connection.connection)) as cursor:
        cursor.execute(";\n".join(one.sql for one in questions), questions)
        answers: list[Rows] = cursor.fetchall()
    return answers
