"""Key files: made once, closed to others, refused when loose."""

import json
import os
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from vault.checks import deposits_can_be_opened, keys_are_usable
from vault.keyfiles import (
    BadKeyFile,
    make_missing,
    read_deposit_file,
    read_kek_file,
    read_login_file,
    read_receipt_file,
    read_recipient_file,
)


@pytest.fixture
def files(tmp_path):
    kek, login = tmp_path / "keys" / "kek.json", tmp_path / "keys" / "login.json"
    make_missing({"KEK_FILE": kek, "LOGIN_KEY_FILE": login})
    return kek, login


@pytest.fixture
def others(tmp_path) -> dict[str, Path]:
    """The receipt key, and what deposits are opened with and sealed to."""
    names = {"RECEIPT_KEY_FILE": "r", "DEPOSIT_KEY_FILE": "d", "DEPOSIT_RECIPIENT_FILE": "p"}
    made = {setting: tmp_path / name for setting, name in names.items()}
    assert make_missing(made) == list(made.values())
    return made


def test_makes_closed_files(files):
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(os.listdir(files[0].parent)) == ["kek.json", "login.json"]
    assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700


def test_makes_the_missing_one_and_leaves_the_other(files):
    kek, login = files
    before = kek.read_bytes()
    login.unlink()

    assert make_missing({"KEK_FILE": kek, "LOGIN_KEY_FILE": login}) == [login]
    assert kek.read_bytes() == before
    assert make_missing({"KEK_FILE": kek, "LOGIN_KEY_FILE": login}) == []


def test_reads_what_it_made(files):
    kek, login = files
    held = read_kek_file(kek)

    assert len(held.kek.keys[held.kek.current]) == 32
    assert len(held.index[1]) == 32
    assert read_login_file(login).current == 1
    assert "b'" not in repr(held)
    assert "b'" not in repr(read_login_file(login))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o620, 0o610])
def test_refuses_loose_modes(mode, files):
    for file, read in zip(files, (read_kek_file, read_login_file), strict=True):
        file.chmod(mode)
        with pytest.raises(BadKeyFile, match="0600"):
            read(file)


def test_refuses_links(files, tmp_path):
    link = tmp_path / "link.json"
    link.symlink_to(files[0])
    with pytest.raises(BadKeyFile):
        read_kek_file(link)


def test_refuses_a_file_of_someone_else(files, monkeypatch):
    other = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: other)
    with pytest.raises(BadKeyFile, match="belong"):
        read_kek_file(files[0])


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"kek": {}},
        {"kek": {"current": 2, "keys": {"1": "AAAA"}}},
        {"kek": {"current": 1, "keys": {"1": "AAAA"}}},
        {"index": {"1": "not base64"}},
        {"index": []},
    ],
)
def test_refuses_damaged_files_without_printing_them(change, files):
    content = json.loads(files[0].read_text())
    files[0].write_text(json.dumps(content | change))
    with pytest.raises(BadKeyFile) as refused:
        read_kek_file(files[0])
    assert "AAAA" not in str(refused.value)


@pytest.mark.parametrize("content", ["", "{", "[]", "null"])
def test_refuses_what_is_no_json_object(content, files):
    files[1].write_text(content)
    with pytest.raises(BadKeyFile):
        read_login_file(files[1])


def test_makes_keys_by_command(tmp_path, settings):
    settings.KEK_FILE, settings.LOGIN_KEY_FILE = tmp_path / "a.json", tmp_path / "b.json"
    settings.RECEIPT_KEY_FILE, settings.DEPOSIT_RECIPIENT_FILE = tmp_path / "c.json", tmp_path / "d.recipient"
    settings.DEPOSIT_KEY_FILE = str(tmp_path / "d.key")
    out = StringIO()
    call_command("make_keys", stdout=out)
    call_command("make_keys", stdout=out)

    assert out.getvalue().count("made ") == 5
    assert "all key files are there" in out.getvalue()


def test_makes_what_seals_deposits_from_what_opens_them(others):
    (identity,) = read_deposit_file(others["DEPOSIT_KEY_FILE"])
    assert str(read_recipient_file(others["DEPOSIT_RECIPIENT_FILE"])) == str(identity.to_public())
    assert "AGE-SECRET-KEY" not in repr(identity)
    others["DEPOSIT_RECIPIENT_FILE"].unlink()
    assert make_missing(others) == [others["DEPOSIT_RECIPIENT_FILE"]]
    assert read_receipt_file(others["RECEIPT_KEY_FILE"]).current == 1


def test_makes_no_identity_beside_the_recipient_of_another(others):
    others["DEPOSIT_KEY_FILE"].unlink()
    with pytest.raises(BadKeyFile, match="belongs to it"):
        make_missing(others)
    assert not others["DEPOSIT_KEY_FILE"].exists()


def test_refuses_files_in_each_others_place(others, files):
    everything = [*others.values(), *files]
    readers = {
        read_receipt_file: others["RECEIPT_KEY_FILE"],
        read_deposit_file: others["DEPOSIT_KEY_FILE"],
        read_recipient_file: others["DEPOSIT_RECIPIENT_FILE"],
    }
    for read, own in readers.items():
        for path in everything:
            if path != own:
                with pytest.raises(BadKeyFile):
                    read(path)
        own.chmod(0o644)
        with pytest.raises(BadKeyFile, match="0600"):
            read(own)


def test_refuses_a_worker_whose_key_opens_no_deposit(others, settings, tmp_path):
    settings.DEPOSIT_RECIPIENT_FILE = others["DEPOSIT_RECIPIENT_FILE"]
    settings.DEPOSIT_KEY_FILE = str(others["DEPOSIT_KEY_FILE"])
    settings.PRODUCTION = True
    assert deposits_can_be_opened() == []
    other = {"DEPOSIT_KEY_FILE": tmp_path / "x.key", "DEPOSIT_RECIPIENT_FILE": tmp_path / "x.recipient"}
    make_missing(other)
    for key in (str(other["DEPOSIT_KEY_FILE"]), str(tmp_path / "none"), ""):
        settings.DEPOSIT_KEY_FILE = key
        (message,) = deposits_can_be_opened()
        assert (message.id, message.level) == ("vault.E005", 40)


@pytest.mark.parametrize(("production", "level"), [(True, 40), (False, 30)])
def test_checks_key_files_at_start(production, level, files, settings):
    settings.KEK_FILE, settings.LOGIN_KEY_FILE = files
    settings.PRODUCTION = production
    assert keys_are_usable(None) == []

    settings.KEK_FILE = files[0].with_name("missing.json")
    files[1].chmod(0o644)
    settings.LOGIN_KEY_FILE = files[1].rename(files[1].with_name("loose.json"))
    found = keys_are_usable(None)

    assert [(message.id, message.level) for message in found] == [
        ("vault.E001", level),
        ("vault.E002", level),
    ]
