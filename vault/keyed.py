"""Keyed digests of texts that are no value of a field: a leaked list, a decoy row of an export.

    key    = HMAC-SHA256(own key of this deployment in the domain "digests"; what it is about)
    digest = HMAC-SHA256(key; text)

Unlike those of the blind index they outlive every epoch: what they were made of is kept nowhere.
"""

import hmac
from collections.abc import Iterable
from datetime import datetime

from vault.envelope import framed
from vault.own_keys import made_own_key

DOMAIN = "digests"


def keyed(about: str, said: Iterable[bytes], *, at: datetime) -> list[bytes]:
    """Return the digests of texts, 32 bytes each, in their order.

    :param about: a code that keeps one use's digests apart from those of others.
    """
    key = hmac.digest(made_own_key(DOMAIN, at=at), framed(about.encode()), "sha256")
    return [hmac.digest(key, text, "sha256") for text in said]
