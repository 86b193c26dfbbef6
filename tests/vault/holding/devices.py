"""A PKCS#11 device for tests: SoftHSM2, with a token of their own in a directory of their own."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pkcs11
import pytest

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)


class Device(NamedTuple):
    """What a provider wants to know of a token."""

    module: str
    token: str
    pin: Path


@contextmanager
def a_device(place: Path) -> Iterator[Device]:
    """Give an empty token, and forget it afterwards."""
    module = next((path for path in MODULES if Path(path).exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.fail("SoftHSM2 is missing: apt-get install --yes softhsm2")
    (place / "tokens").mkdir()
    conf = place / "softhsm2.conf"
    conf.write_text(
        f"directories.tokendir = {place / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    patch = pytest.MonkeyPatch()
    patch.setenv("SOFTHSM2_CONF", str(conf))
    words = ["--init-token", "--free", "--label", "custinfo", "--pin", "1234", "--so-pin", "4321"]
    subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)
    pin = place / "pin"
    pin.touch(0o600)
    pin.write_text("1234\n")
    look_anew(module)
    yield Device(module, "custinfo", pin)
    patch.undo()


def look_anew(module: str) -> None:
    """Let the module see which tokens there are now, as after a plug was pulled or put in."""
    if module in pkcs11._loaded:
        pkcs11._loaded[module].reinitialize()
