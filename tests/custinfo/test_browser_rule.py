"""Tests in Chromium are never left out by accident: without it they fail, and CI takes no leave."""

import os
import subprocess
import sys

import pytest

from conftest import browser_program
from tests.processes import BASE_DIR


def collect(**changes: str) -> "subprocess.CompletedProcess[str]":
    words = ["-m", "pytest", "-q", "-n", "0", "--collect-only", "tests/browser/test_frame.py"]
    names = {name: value for name, value in os.environ.items() if name not in {"CI", "BROWSER"}}
    return subprocess.run(
        [sys.executable, *words],
        cwd=BASE_DIR,
        env=names | changes,
        capture_output=True,
        text=True,
        check=False,
    )


def test_says_with_one_command_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(pytest.fail.Exception, match="apt-get install --yes chromium fonts-noto-cjk"):
        browser_program()


def test_ci_leaves_none_out() -> None:
    done = collect(BROWSER="no", CI="yes")
    assert done.returncode != 0
    assert "it has no place in CI" in done.stdout + done.stderr
    assert (
        subprocess.run(
            ["bash", ".ci/run"],
            cwd=BASE_DIR,
            env=os.environ | {"BROWSER": "no"},
            capture_output=True,
            check=False,
        ).returncode
        == 2
    )
