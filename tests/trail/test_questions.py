"""Questions: several in one round trip, each answered by its own statement."""

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from trail.questions import Question, ask, ask_together

pytestmark = pytest.mark.django_db


def number(value: int) -> Question[int]:
    return Question("select %(value)s::int", {"value": value}, lambda rows: rows[0][0])


def test_gives_the_answers_in_the_order_of_the_questions_in_one_round_trip():
    nothing = Question("select 1 where false", (), list)
    with CaptureQueriesContext(connection) as asked:
        assert ask_together(number(1), nothing, number(3)) == (1, [], 3)
    assert len(asked) == 1


def test_takes_parameters_as_values_and_never_as_sql():
    text = "'; drop table trail_event; -- 100 % ;\n"
    said = Question("select %(text)s, 'a' like '%%a'", {"text": text}, lambda rows: rows[0])
    assert ask_together(said, number(2)) == ((text, True), 2)
    assert ask(said) == (text, True)


def test_answers_each_statement_after_the_one_before_it():
    at_first = Question("select set_config('test.said', 'before', true)", (), list)
    then = Question("select current_setting('test.said')", (), lambda rows: rows[0][0])
    assert ask_together(at_first, then)[1] == "before"


def test_lets_an_answer_ask_for_more():
    more = Question("select 4", (), lambda rows: rows[0][0] + ask(number(5)))
    assert ask_together(more, number(6)) == (9, 6)


def test_gives_no_answer_at_all_where_one_statement_fails():
    with pytest.raises(ProgrammingError):
        ask_together(number(1), Question("select from nowhere_at_all", (), list))


def test_has_postgresql_plan_each_question_once_per_connection():
    for value in (7, 8):
        assert ask(number(value)) == value
        assert ask_together(number(value), number(9)) == (value, 9)
    planned = "select generic_plans + custom_plans from pg_prepared_statements where statement = %s"
    with connection.cursor() as cursor:
        cursor.execute(planned, ["select $1::int"])
        assert cursor.fetchall() == [(6,)], "one statement, asked six times"


def test_logs_questions_with_what_was_asked_so_that_their_plans_can_be_looked_at():
    with CaptureQueriesContext(connection) as asked:
        ask_together(number(1), number(2))
        ask(number(3))
    assert [one["sql"] for one in asked] == ["select 1::int;\nselect 2::int", "select 3::int"]
