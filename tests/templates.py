"""Databases with every table made, once per run: the tests' own databases are copies of them, and so are the sites'.

Making two hundred tables takes half a minute; copying them takes a second.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from custinfo.databases import postgres_programs
from custinfo.servers.running import BASE_DIR

OWNERS = {
    "default": "DATABASE_OWNER_URL",
    "keyring": "KEYRING_DATABASE_OWNER_URL",
    "restricted": "RESTRICTED_DATABASE_OWNER_URL",
}
READ_BY_MIGRATE = OWNERS | {"restricted": "RESTRICTED_DATABASE_URL"}
"""The variable that settings read for each database as `migrate` runs in the process that holds all of them."""
