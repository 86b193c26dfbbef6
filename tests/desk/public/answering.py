"""What a customer does with a link, page by page."""

import re
from typing import Any

from django.test import Client

from tests.desk.at_work import text
from tests.desk.public.conftest import HELD

BOTH = {"answer-service": "yes", "answer-marketing": "no", "separate-service": "yes"}


def check(public: Client, token: str, given: str = HELD) -> Any:
    """Type something into the check of a link."""
    return public.post(f"/en/c/{token}/check/", {"given": given})


def proof_in(page: Any) -> str:
    """Return the proof that a page with questions carries."""
    (found,) = re.findall(r'name="proof" value="([^"]+)"', text(page))
    return str(found)


def answer(public: Client, token: str, proof: str, **given: Any) -> Any:
    """Send answers."""
    sent = BOTH | {name.replace("_", "-"): value for name, value in given.items()} | {"proof": proof}
    return public.post(f"/en/c/{token}/answer/", {name: value for name, value in sent.items() if value})


def answered(public: Client, token: str, **given: Any) -> str:
    """Pass the check and answer; return the address of the receipt."""
    page = answer(public, token, proof_in(check(public, token)), **given)
    assert page.status_code == 302, text(page)
    return str(page["Location"])
