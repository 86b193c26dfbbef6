"""Database constraints that let only sealed values into a sealed column, whoever writes (raw SQL included).

A model's first migration carries `MAKE_FUNCTION` before its table:

    operations = [MAKE_FUNCTION, migrations.CreateModel(...)]

A document is looked at in one function, once for all its values: their letters by one regular expression, uncounted,
because a counted one costs ten times as much, and the length of each by itself. No JSON path, which would try the
expression on each value anew, and no query, which PostgreSQL would begin for each row.
"""

from typing import Any

from django.db import migrations, models

_SHAPE = "^A[Q-Za-f][A-Za-z0-9_-]+$"
"""Base64url of format byte 1 and any suite."""
_SHORTEST = 46
"""Letters of a sealed empty text; `MAKE_FUNCTION` has them too, with two quotes."""

MAKE_FUNCTION = migrations.RunSQL(
    """
    create or replace function is_sealed_document(document jsonb) returns boolean
    immutable strict parallel safe language plpgsql as $$
    declare
      listed text := jsonb_path_query_array(document, '$.*');
      said text := substr(listed, 2, length(listed) - 2);
      quoted text;
    begin
      if jsonb_typeof(document) <> 'object' or said !~ '^(?:"A[Q-Za-f][A-Za-z0-9_-]+"(?:, |$))*$' then
        return false;
      end if;
      foreach quoted in array string_to_array(said, ', ') loop
        if length(quoted) < 48 then return false; end if;
      end loop;
      return true;
    end $$
    """,
    reverse_sql=migrations.RunSQL.noop,
)


class _Holds(models.Func):
    arity = 1
    output_field = models.BooleanField()


class _HoldsSealedDocument(_Holds):
    template = "is_sealed_document(%(expressions)s)"


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
