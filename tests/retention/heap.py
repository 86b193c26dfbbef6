"""The files of tables, as they lie on disk."""

from __future__ import annotations

import os

import psycopg
from django.db import connections
from psycopg.conninfo import make_conninfo

from custinfo.servers import credentials
from custinfo.servers.place import Place
from custinfo.servers.running import data_dir


def bytes_of(alias: str, *tables: str) -> bytes:
    """Return the bytes of the heaps and indexes of tables, with everything written out before."""
    place = Place(data_dir("test"))
    name = str(connections[alias].settings_dict["NAME"])
    password = credentials.keep(place.secrets)["postgres"]
    url = make_conninfo(os.environ["DATABASE_OWNER_URL"], dbname=name, user="postgres", password=password)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("checkpoint")
        found = admin.execute(
            "select pg_relation_filepath(c.oid) from pg_class c left join pg_index i on i.indexrelid = c.oid"
            " where coalesce(i.indrelid, c.oid) = any(%s::regclass[])",
            [list(tables)],
        ).fetchall()
    return b"".join((place.postgres / path).read_bytes() for (path,) in found)
