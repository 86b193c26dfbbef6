"""One-time codes, against the vectors of RFC 6238 (appendix B, SHA-1, last six digits)."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pytest

from restricted import totp

SECRET = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_gives_the_codes_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(SECRET, totp.step_at(at)) == code
    assert totp.step_of(SECRET, f"{code[:3]} {code[3:]}", at) == seconds // 30


def test_takes_a_code_of_one_step_around_and_none_that_was_used() -> None:
    at = datetime(2026, 11, 26, tzinfo=UTC)
    now = totp.step_at(at)
    for slack, found in ((-2, None), (-1, now - 1), (0, now), (1, now + 1), (2, None)):
        assert totp.step_of(SECRET, totp.code_at(SECRET, now + slack), at) == found
    assert totp.step_of(SECRET, totp.code_at(SECRET, now), at, after=now) is None
    later = at + timedelta(seconds=30)
    assert totp.step_of(SECRET, totp.code_at(SECRET, now + 1), later, after=now) == now + 1


@pytest.mark.parametrize("code", ["", "12345", "１２３４５６", "abcdef", "1234567"])
def test_refuses_what_is_no_code(code: str) -> None:
    assert totp.step_of(SECRET, code, datetime(2026, 11, 26, tzinfo=UTC)) is None
