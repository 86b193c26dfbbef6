"""Restore a backup where nobody looks, and compare what came back with its manifest."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pyrage
from psycopg.conninfo import make_conninfo

from retention.backups import making, postgres
from retention.backups.manifests import Manifest
from retention.models.backups import DATA
from trail.archive import archived
from trail.sealing.verification import verify
from vault import dumps, scratch
from vault.models import Deployment
from vault.trial import keys_that_do_not_open
from vault.whole_files import sha256_of

Identities = list[pyrage.x25519.Identity]


def faults_of_file(manifest: Manifest) -> list[str]:
    """Return whether the file is missing or changed."""
    if not manifest.path.exists():
        return ["file_missing"]
    return [] if sha256_of(manifest.path) == manifest.sha256 else ["file_changed"]


def faults_of(manifest: Manifest, identities: Identities) -> list[str]:
    """Restore a backup into a scratch database, compare, drop it; return the codes of what is wrong.

    :raises scratch.MayNotMakeDatabases: the login may not make databases.
    """
    if found := faults_of_file(manifest):
        return found
    alias = postgres.ALIAS[manifest.kind]
    with scratch.databases(alias) as names, scratch.pointed_at(names):
        try:
            postgres.load(manifest.path, identities, alias)
        except postgres.NotRestored:
            return ["not_restorable"]
        return list(differences(manifest))


def differences(manifest: Manifest) -> Iterator[str]:
    """Yield how the database that this process looks at differs from a manifest."""
    alias = postgres.ALIAS[manifest.kind]
    with psycopg.connect(make_conninfo(**postgres.login(alias))) as connection:
        if dumps.counts(connection) != dict(manifest.rows):
            yield "counts_differ"
        if dumps.heads(connection) != dict(manifest.heads):
            yield "heads_differ"
        if manifest.kind == DATA and making.checkpoint(connection) != manifest.trail:
            yield "trail_differs"
    if manifest.kind == DATA:
        if verify(archived=[f"{one.month:%Y_%m}" for one in archived()]).bad:
            yield "trail_tampered"
    else:
        yield from _of_keys(manifest)


def _of_keys(manifest: Manifest) -> Iterator[str]:
    if [str(one.id) for one in Deployment.objects.all()] != [manifest.deployment]:
        yield "foreign_deployment"
    if keys_that_do_not_open():
        yield "keys_do_not_open"
