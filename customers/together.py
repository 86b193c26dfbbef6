"""Thousands of customers in one statement: `column = any(array)` with one parameter, where `in (…)` has thousands."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import BooleanField, F, Func, Value


class OneOfTexts(Func):
    """Whether a column holds one of these texts."""

    template = "(%(expressions)s::text[]))"
    arg_joiner = " = any("
    output_field = BooleanField()
    conditional = True

    def __init__(self, column: str, values: Collection[str]) -> None:
        super().__init__(F(column), Value(list(values)))


class OneOf(Func):
    """Whether a column holds one of these refs."""

    template = "(%(expressions)s::uuid[]))"
    arg_joiner = " = any("
    output_field = BooleanField()
    conditional = True

    def __init__(self, column: str, values: Collection[UUID] | Collection[int]) -> None:
        super().__init__(F(column), Value(f"{{{','.join(map(str, values))}}}"))


class OneOfIds(OneOf):
    """Whether a column holds one of these ids."""

    template = "(%(expressions)s::bigint[]))"
