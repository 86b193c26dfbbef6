"""Fill tables with millions of rows: their indexes are built once afterwards, as fast as sorting goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier

# Keys and what constraints hang on stay; the indexes of partitions come and go with those of their table.
_INDEXES = """
select index.relname, pg_get_indexdef(index.oid) from pg_index held
join pg_class index on index.oid = held.indexrelid
where held.indrelid = any(%s::regclass[]) and not held.indisunique order by index.relname"""


@contextmanager
def without_indexes(*tables: str) -> Iterator[None]:
    """Take the indexes of tables away for a while, and leave the tables as autovacuum does within minutes of life.

    What was filled is committed when it is left; without the vacuum each row of an index costs a visit to its page.
    """
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        found = owner.execute(_INDEXES, [list(tables)]).fetchall()
        for name, _made in found:
            owner.execute(SQL("drop index {}").format(Identifier(name)))
        try:
            yield
        finally:
            owner.execute("set maintenance_work_mem = '1GB'")
            for _name, made in found:
                owner.execute(made.replace(" ON ONLY ", " ON ", 1))
            for table in tables:
                owner.execute(SQL("vacuum (analyze) {}").format(Identifier(table)))
