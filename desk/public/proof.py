"""Proof, kept in the form because there is no session, that the check of this link was passed a moment ago."""

from hashlib import sha256

from django.core import signing

SALT = "desk.public.proof"
GOOD_FOR_SECONDS = 30 * 60


def prove(token: str) -> str:
    """Return a signed proof, bound to the link; it holds neither the token nor what was typed."""
    return signing.TimestampSigner(salt=SALT).sign(_digest(token))


def is_proven(token: str, proof: str) -> bool:
    """Tell whether this is a proof for this link, half an hour old at most."""
    try:
        said = signing.TimestampSigner(salt=SALT).unsign(proof, max_age=GOOD_FOR_SECONDS)
    except signing.BadSignature:
        return False
    return said == _digest(token)


def _digest(token: str) -> str:
    return sha256(f"{SALT}:{token}".encode()).hexdigest()
