"""Database constraints that let only sealed values into a sealed column, whoever writes (raw SQL included).

A model's first migration carries `MAKE_FUNCTION` before its table:

    operations = [MAKE_FUNCTION, migrations.CreateModel(...)]

The regular expression stays uncounted and the length is asked by a function, because a counted one costs ten
times as much; `strict`, because the lax mode would look inside arrays.
"""

from typing import Any

from django.db import migrations, models

_SHAPE = "^A[Q-Za-f][A-Za-z0-9_-]+$"
"""Base64url of format byte 1 and any suite."""
_SHORTEST = 46
"""Letters of a sealed empty text; `MAKE_FUNCTION` has it too."""

MAKE_FUNCTION = migrations.RunSQL(
    """
    create or replace function sealed_min_length(document jsonb) returns boolean
    immutable parallel safe language sql
    as $$ select coalesce(min(length(value)), 46) >= 46 from jsonb_each_text(document) $$
    """,
    reverse_sql=migrations.RunSQL.noop,
)


class _Holds(models.Func):
    arity = 1
    output_field = models.BooleanField()


class _HoldsSealedDocument(_Holds):
    template = (
        "jsonb_typeof(%(expressions)s) = 'object' and not jsonb_path_exists(%(expressions)s, "
        f"""'strict $.* ? (@.type() != "string" || !(@ like_regex "{_SHAPE}"))'::jsonpath, '{{}}', true) """
        "and sealed_min_length(%(expressions)s)"
    )


class _HoldsSealedText(_Holds):
    template = f"%(expressions)s ~ '{_SHAPE}' and length(%(expressions)s) >= {_SHORTEST}"


class _HoldsSealedBytes(_Holds):
    template = (
        r"substring(%(expressions)s from 1 for 1) = '\x01'::bytea and octet_length(%(expressions)s) >= 34"
    )


class _Sealed(models.CheckConstraint):
    holds: type[_Holds]

    def __init__(self, field: str, *, name: str) -> None:
        self.field = field
        super().__init__(condition=self.holds(models.F(field)), name=name)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        return f"{type(self).__module__}.{type(self).__qualname__}", (self.field,), {"name": self.name}


class SealedDocument(_Sealed):
    """A JSONB column holds an object whose every value is a sealed text; a JSON null is none."""

    holds = _HoldsSealedDocument


class SealedValue(_Sealed):
    """A text column holds a sealed text, or NULL."""

    holds = _HoldsSealedText


class SealedBytes(_Sealed):
    """A bytea column holds sealed bytes, or NULL."""

    holds = _HoldsSealedBytes
