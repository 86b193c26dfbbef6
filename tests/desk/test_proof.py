"""Seal and proof: the state as it is, a month and an event that verify elsewhere, and a record of who took them."""

import io
import subprocess
import sys
import zipfile

import pytest
from django.utils import timezone

from staff.roles import AGENT, AUDITOR, OFFICER
from tests.desk.at_work import browser, text
from tests.trail.sealing.acts import record, seal_all
from trail.events import PROOF_EXPORTED
from trail.models import Event
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def verify(tmp_path, name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "verify_trail.py", name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


def test_says_what_is_sealed_and_what_waits(cast) -> None:
    size = seal_all()
    record(3)
    words = text(browser(cast.person(AUDITOR)).get("/trail/proof/"))
    assert f"{size:,}" in words
    assert "还没有见证方见过" in words


def test_gives_a_month_that_verifies_elsewhere(cast, tmp_path) -> None:
    record(2)
    seal_all()
    month = f"{timezone.localtime(clock()):%Y-%m}"
    answer = browser(cast.person(AUDITOR)).post("/trail/proof/month/", {"month": month})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="custinfo-trail-{month}.zip"'
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert sorted(archive.namelist()) == ["README.txt", "trail.ndjson", "trail.public", "verify_trail.py"]
        archive.extractall(tmp_path)
    told = Event.objects.filter(kind=PROOF_EXPORTED.code).latest("id")
    assert told.facts == {"what": month}
    # The download's own event is not sealed yet, so the month is not complete.
    done = verify(tmp_path, "trail.ndjson")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (2, "INCOMPLETE"), done.stdout + done.stderr
    lines = (tmp_path / "trail.ndjson").read_text().splitlines(keepends=True)
    number = next(
        place for place, line in enumerate(lines) if '"index" : null' not in line and '"mobile"' not in line
    )
    lines[number + 1] = lines[number + 1].replace('"department" : "', '"department" : "x', 1)
    (tmp_path / "trail.ndjson").write_text("".join(lines))
    assert verify(tmp_path, "trail.ndjson").returncode == 1


def test_gives_the_proof_of_an_event_from_its_page(cast, tmp_path) -> None:
    (number,) = record()
    found = Event.objects.get(id=number)
    client = browser(cast.person(OFFICER))
    page = text(client.get(f"/trail/events/{number}/", {"at": found.at.isoformat()}))
    assert f"/trail/proof/events/{number}/" in page
    early = client.post(f"/trail/proof/events/{number}/", {"at": found.at.isoformat()}, follow=True)
    assert "尚未存证" in text(early)
    seal_all()
    answer = client.post(f"/trail/proof/events/{number}/", {"at": found.at.isoformat()})
    from trail.standalone import verify_trail

    (tmp_path / "event.ndjson").write_bytes(answer.content)
    verdict = verify_trail.verify_file(tmp_path / "event.ndjson")
    assert (verdict.code, verdict.bad, verdict.missing) == (0, [], [])
    assert Event.objects.filter(kind=PROOF_EXPORTED.code).latest("id").facts == {"what": f"event:{number}"}


def test_is_not_offered_to_others(cast) -> None:
    client = browser(cast.person(AGENT))
    assert client.get("/trail/proof/").status_code == 403
    assert "/trail/proof/" not in text(client.get("/"))
