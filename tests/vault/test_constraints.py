"""Raw SQL cannot put plaintext into a sealed column."""

import json

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.state import ProjectState

from tests.database import APP, OWNER, log_in_as
from vault.constraints import MAKE_FUNCTION, SealedBytes, SealedDocument, SealedValue
from vault.sealing import seal, seal_bytes

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
SEALED = "AQEAAAAB" + "x" * 40


class Drawer(models.Model):
    """A table of this test, with one column of each sealed sort."""

    doc = models.JSONField(null=True)
    text = models.TextField(null=True)
    data = models.BinaryField(null=True)

    class Meta:
        app_label = "trail"
        managed = False
        db_table = "tests_drawer"
        constraints = [
            SealedDocument("doc", name="drawer_documents_are_sealed"),
            SealedValue("text", name="drawer_texts_are_sealed"),
            SealedBytes("data", name="drawer_data_are_sealed"),
        ]


@pytest.fixture
def drawer(transactional_db):
    """Make the table as a migration would, then be the limited role."""
    log_in_as(OWNER)
    with connection.schema_editor() as editor:
        MAKE_FUNCTION.database_forwards("trail", editor, ProjectState(), ProjectState())
        editor.create_model(Drawer)
    log_in_as(APP)
    yield
    log_in_as(OWNER)
    with connection.schema_editor() as editor:
        editor.delete_model(Drawer)
    log_in_as(APP)


def put(column: str, value: str | bytes | None) -> None:
    cast = {"doc": "::jsonb"}.get(column, "")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"insert into tests_drawer ({column}) values (%s{cast})", [value])


def test_takes_what_is_sealed(drawer, keys, place):
    for length in (0, 1, 11, 500):
        sealed = seal("x" * length, place, keys)
        put("text", sealed)
        put("doc", json.dumps({"mobile": sealed, "note": sealed}))
        put("data", seal_bytes(b"x" * length, place, keys))
    put("doc", "{}")
    put("text", None)


@pytest.mark.parametrize(
    "doc",
    [
        '"text"',
        "[]",
        "null",
        "7",
        json.dumps([SEALED]),
        '{"mobile": "15400000018"}',
        '{"passport": "AR1234567"}',
        '{"mobile": null}',
        '{"mobile": ""}',
        '{"mobile": 15400000018}',
        '{"mobile": true}',
        json.dumps({"mobile": [SEALED]}),
        json.dumps({"mobile": {"mobile": SEALED}}),
        json.dumps({"mobile": SEALED, "note": "in the clear, and longer than any short value would be"}),
        json.dumps({"mobile": SEALED + " "}),
        json.dumps({"mobile": SEALED + "\n15400000018"}),
        json.dumps({"mobile": "B" + SEALED[1:]}),
        json.dumps({"mobile": "AA" + SEALED[2:]}),
        json.dumps({"mobile": SEALED[:45]}),
        json.dumps({"mobile": SEALED + "="}),
        json.dumps({"mobile": SEALED, "note": SEALED[:45]}),
        json.dumps({"mobile": f'{SEALED}", "{SEALED}'}),
        json.dumps({"mobile": f"{SEALED}, {SEALED}"}),
        json.dumps({"mobile": SEALED, "note": [[SEALED]]}),
    ],
)
def test_refuses_documents_with_anything_in_the_clear(doc, drawer):
    with pytest.raises(IntegrityError):
        put("doc", doc)


@pytest.mark.parametrize("text", ["", "15400000018", "AR1234567", SEALED[:45], SEALED + "\nclear", "B" * 60])
def test_refuses_texts_in_the_clear(text, drawer):
    with pytest.raises(IntegrityError):
        put("text", text)


@pytest.mark.parametrize("data", [b"", b"15400000018", b"\x01" * 33, b"PK" + b"x" * 60])
def test_refuses_bytes_in_the_clear(data, drawer):
    with pytest.raises(IntegrityError):
        put("data", data)


def test_survives_the_migration_writer():
    constraint = SealedDocument("doc", name="drawer_documents_are_sealed")
    path, args, kwargs = constraint.deconstruct()

    assert path == "vault.constraints.SealedDocument"
    assert SealedDocument(*args, **kwargs) == constraint
    assert constraint.clone() == constraint
