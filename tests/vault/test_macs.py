"""Many texts under one key."""

import hmac

import pytest

from vault.macs import Mac


@pytest.mark.parametrize("key", [b"k" * 32, b"short", b"longer than a block " * 5])
def test_digests_each_text_as_hmac_sha256_does(key):
    mac = Mac(key)

    for text in (b"", b"15400000018", b"one more" * 40):
        assert mac.digest(text) == hmac.digest(key, text, "sha256")


def test_names_no_key_when_printed():
    assert repr(Mac(b"k" * 32)) == "Mac(•••)"
