"""The restricted host's jobs killed while they wrap keys anew: the next run goes on, and every key opens."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from restricted.models import DataKey, Value
from restricted.place import deployment_id
from tests.processes import BASE_DIR, restricted_environment, wait_until
from tests.restricted.test_upkeep import newer_kek
from trail.services import clock
from vault.apart import ApartKey, Part, Wrapped, make_apart_key, seal_apart
from vault.models import WRAPPED_BYTES

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"], transaction=True)
KILLS = 20 if os.environ.get("SOAK") else 2
KEYS = 6_000


def many_keys() -> None:
    """Make values, each with a data key of its own under the first master key."""
    at, first = clock(), make_apart_key(uuid4(), 1)
    name = seal_apart(b"", Part(first.value, first.value, "f", "name"), ApartKey(first, deployment_id()))
    values = [
        Value(
            id=uuid4(),
            subject=uuid4(),
            field="credit_report",
            media_type="text/plain",
            name=name,
            size=0,
            parts=0,
            deposited_at=at,
            taken_at=at,
        )
        for _ in range(KEYS)
    ]
    Value.objects.bulk_create(values)
    DataKey.objects.bulk_create(_key(value) for value in values)


def _key(value: Value) -> DataKey:
    made = make_apart_key(value.pk, 1)
    assert len(made.wrapped) == WRAPPED_BYTES
    return DataKey(value=value, version=1, wrapped=made.wrapped, kek_version=made.kek_version)


def moved() -> int:
    return DataKey.objects.filter(kek_version=2).count()


def is_moving(before: int, process: subprocess.Popen[bytes]) -> bool:
    return moved() > before or process.poll() is not None


def is_past(moment: float) -> bool:
    return time.monotonic() > moment


@pytest.mark.kills
def test_every_key_is_wrapped_anew_after_kill_9(settings, tmp_path: Path) -> None:
    many_keys()
    newer_kek(settings, tmp_path)
    names = restricted_environment(RESTRICTED_KEK_FILE=str(settings.RESTRICTED_KEK_FILE))
    instants = Random("custinfo L4 rewrap kills")
    for number in range(KILLS + 1):
        before = moved()
        process = subprocess.Popen(
            [sys.executable, "manage.py", "restricted_jobs", "--once"],
            cwd=BASE_DIR,
            env=names,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            if number == KILLS:
                assert process.wait(120) == 0
                break
            wait_until(partial(is_moving, before, process), what="the first batch")
            wait_until(partial(is_past, time.monotonic() + instants.uniform(0, 0.05)))
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert moved() == KEYS
    deployment = deployment_id()
    for row in DataKey.objects.order_by("pk")[:: KEYS // 500]:
        ApartKey(Wrapped(row.value_id, row.version, bytes(row.wrapped), row.kek_version), deployment)
