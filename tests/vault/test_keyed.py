"""Keyed digests: the same for the same text, apart by use, and under a key that lies in the keyring alone."""

import hmac

import pytest

from trail.services import clock
from vault.envelope import framed
from vault.keyed import DOMAIN, keyed
from vault.own_keys import made_own_key, own_key

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_tells_equal_texts_of_one_use_and_no_others():
    first, again, other = keyed("lists", [b"a", b"a", b"b"], at=clock())
    assert first == again != other
    assert keyed("lists", [b"a"], at=clock()) == [first]
    assert keyed("decoys", [b"a"], at=clock()) != [first]


def test_lies_under_a_key_that_is_made_once():
    assert own_key(DOMAIN) is None
    (digest,) = keyed("lists", [b"a"], at=clock())
    key = own_key(DOMAIN)
    assert key is not None
    assert made_own_key(DOMAIN, at=clock()) == key
    assert digest == hmac.digest(hmac.digest(key, framed(b"lists"), "sha256"), b"a", "sha256")
