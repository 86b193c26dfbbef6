"""Vectors made once, by hand from the format's description, without this program. They must open for ever."""

import json
from base64 import b64encode
from pathlib import Path
from uuid import UUID

import pytest

from vault.blind_index import digests
from vault.envelope import SUITE, from_text, middle, read_header, to_text, unlock
from vault.keyfiles import KekFile, Versioned
from vault.keyring import DataKeyInUse, aad_head, about
from vault.opening import open_login
from vault.providers import FileProvider

GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "vector", GOLDEN["sealed"], ids=lambda vector: f"{vector['field']} suite {vector.get('suite', 1)}"
)
def test_opens_every_sealed_vector(vector):
    head = aad_head(UUID(GOLDEN["deployment"]), vector["domain"], UUID(vector["subject"]))
    suite = vector.get("suite", SUITE)
    key = DataKeyInUse(bytes.fromhex(vector["key"]), head, vector["version"], suite)
    aad = key.aad(middle(vector["field"], vector["level"]))
    sealed = from_text(vector["sealed"])

    assert aad.hex() == vector["aad"]
    assert read_header(sealed[:6]) == (suite, vector["version"])
    assert sealed[:6] == key.header
    assert unlock(sealed, aad, key.cipher).decode() == vector["clear"]
    assert to_text(sealed) == vector["sealed"]


@pytest.mark.parametrize("vector", GOLDEN["wrapped"], ids=lambda vector: f"kek {vector['kek_version']}")
def test_unwraps_every_wrapped_vector(vector):
    version = vector["kek_version"]
    kek = FileProvider(KekFile(Versioned(version, {version: bytes.fromhex(vector["kek"])}), {}))
    bound = about(UUID(vector["subject"]), vector["domain"], vector["version"])

    assert kek.unwrap(bytes.fromhex(vector["wrapped"]), bound, version).hex() == vector["key"]


@pytest.mark.parametrize("vector", GOLDEN["login"], ids=lambda vector: vector["about"])
def test_opens_every_login_vector(vector, tmp_path, settings):
    version = vector["version"]
    held = {str(version): b64encode(bytes.fromhex(vector["key"])).decode()}
    file = tmp_path / "login.json"
    file.write_text(json.dumps({"format": 1, "login": {"current": version, "keys": held}}))
    file.chmod(0o600)
    settings.LOGIN_KEY_FILE = file

    assert open_login(vector["sealed"], vector["about"]) == vector["clear"]


@pytest.mark.parametrize("vector", GOLDEN["index"], ids=lambda vector: vector["index"])
def test_finds_every_index_vector(vector, tmp_path, settings):
    key = b64encode(bytes(32)).decode()
    file = tmp_path / "kek.json"
    roots = {str(vector["epoch"]): b64encode(bytes.fromhex(vector["root"])).decode()}
    file.write_text(json.dumps({"format": 1, "kek": {"current": 1, "keys": {"1": key}}, "index": roots}))
    file.chmod(0o600)
    settings.KEK_FILE = file

    found = digests(vector["field"], vector["index"], vector["kind"], vector["text"])

    assert found == [(vector["epoch"], bytes.fromhex(vector["digest"]))]
