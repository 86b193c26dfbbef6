"""Hand out proof: the event is recorded before the first byte leaves."""

from __future__ import annotations

import zipfile
from datetime import datetime
from importlib.resources import files
from typing import IO

from django.conf import settings

from trail import services
from trail.actor import Actor
from trail.events import PROOF_EXPORTED
from trail.sealing import proofs
from trail.sealing.export import ExportSummary, write_export

VERIFIER = "verify_trail.py"
READ_ME = """\
trail.ndjson      the events, the checkpoints and the proof       事件、校验点与证明
verify_trail.py   verifies them; Python 3.11 and `cryptography`   校验程序；需 Python 3.11 与 cryptography
trail.public      the public keys, as this site names them        本系统公布的公钥

    python verify_trail.py trail.ndjson --key KEYS --witness NOTES

Take KEYS from whoever told you before, not from this archive, and NOTES from the witness (the file `checkpoints` that
it keeps, or a mail). Exit code: 0 whole, 1 tampered, 2 incomplete.
KEYS 请使用事先另行取得的公钥，勿用本压缩包内的；NOTES 取自见证方（其保存的 checkpoints 文件或邮件）。
退出码：0 完整，1 被篡改，2 不完整。
"""


def period(
    out: IO[bytes], *, since: datetime, until: datetime, what: str, by: Actor, at: datetime
) -> ExportSummary:
    """Write a period of the trail with all that verifies it, as a zip file.

    :param what: how the event names the period, `2026-05`.
    """
    services.record(PROOF_EXPORTED, by=by, at=at, facts={"what": what})
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("trail.ndjson", "w", force_zip64=True) as lines:
            summary = write_export(lines, since=since, until=until)
        archive.writestr(VERIFIER, files("trail.standalone").joinpath(VERIFIER).read_bytes())
        archive.writestr("trail.public", settings.TRAIL_PUBLIC_FILE.read_bytes())
        archive.writestr("README.txt", READ_ME.encode())
    return summary


def event(number: int, moment: datetime, *, by: Actor, at: datetime) -> bytes:
    """Return the proof that one event lies under the newest checkpoint.

    :raises proofs.NotSealed: it does not yet.
    """
    proof = proofs.inclusion(number, moment)
    services.record(PROOF_EXPORTED, by=by, at=at, facts={"what": f"event:{number}"})
    return proof
