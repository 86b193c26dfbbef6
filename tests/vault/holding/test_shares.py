"""The KEK file sealed m-of-n: enough shares open it, fewer and others do not."""

from itertools import combinations

import pytest
from pyrage import x25519

from vault.holding import shares
from vault.holding.shares import BadShares, Share, WrongShare, read_identity, read_sealed
from vault.keyfiles import BadKeyFile

CONTENT = b'{"format": 1, "secret": "of the house"}'


def people(count: int) -> tuple[list[Share], list[x25519.Identity]]:
    identities = [x25519.Identity.generate() for _ in range(count)]
    return [Share(f"c{n}", str(one.to_public())) for n, one in enumerate(identities)], identities


@pytest.mark.parametrize(("count", "threshold"), [(1, 1), (3, 2), (5, 3), (5, 5)])
def test_opens_with_every_subset_of_enough_shares(count, threshold):
    named, identities = people(count)
    sealed = shares.seal(CONTENT, named, threshold)

    for subset in combinations(range(count), threshold):
        assert sealed.open({index: identities[index] for index in subset}) == CONTENT
    assert sealed.open(dict(enumerate(identities))) == CONTENT


def test_stays_closed_with_too_few_shares():
    named, identities = people(3)
    sealed = shares.seal(CONTENT, named, 2)
    for index, identity in enumerate(identities):
        with pytest.raises(WrongShare):
            sealed.open({index: identity})


def test_stays_closed_with_a_share_in_another_place():
    named, identities = people(3)
    sealed = shares.seal(CONTENT, named, 2)
    with pytest.raises(WrongShare):
        sealed.open({0: identities[2], 1: identities[1]})


def test_shows_the_content_in_no_envelope_of_one_share():
    """Each envelope asks for all of its subset: the outer share alone meets a second envelope."""
    import pyrage

    named, identities = people(2)
    (envelope,) = shares.seal(CONTENT, named, 2).envelopes.values()
    inner = pyrage.decrypt(envelope, [identities[0]])
    assert CONTENT not in inner
    assert inner.startswith(b"age-encryption.org/")


def test_knows_whose_share_was_brought():
    named, identities = people(3)
    sealed = shares.seal(CONTENT, named, 2)
    assert [sealed.index_of(one) for one in identities] == [0, 1, 2]
    with pytest.raises(WrongShare):
        sealed.index_of(x25519.Identity.generate())


@pytest.mark.parametrize(
    ("count", "threshold", "said"),
    [
        (6, 2, "Between one and 5"),
        (0, 1, "Between one"),
        (3, 4, "4 cannot be needed"),
        (3, 0, "0 cannot be needed"),
    ],
)
def test_refuses_impossible_numbers(count, threshold, said):
    with pytest.raises(BadShares, match=said):
        shares.seal(CONTENT, people(count)[0], threshold)


def test_refuses_one_person_twice():
    (one, two), _ = people(2)
    for named in ([one, Share("other", one.recipient)], [one, Share(one.name, two.recipient)]):
        with pytest.raises(BadShares, match="own name"):
            shares.seal(CONTENT, named, 2)


def test_reads_what_it_wrote_and_refuses_what_is_loose_or_damaged(tmp_path):
    path = tmp_path / "kek.sealed"
    sealed = shares.seal(CONTENT, people(3)[0], 2)
    shares.write_sealed(path, sealed)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_sealed(path) == sealed

    path.chmod(0o644)
    with pytest.raises(BadKeyFile, match="0600"):
        read_sealed(path)
    path.chmod(0o600)
    path.write_text('{"format": 1, "threshold": 9, "shares": [], "envelopes": []}')
    with pytest.raises(BadKeyFile, match="not a sealed KEK file"):
        read_sealed(path)


def test_takes_an_identity_with_its_comments_and_shows_nothing_of_another_text():
    identity = x25519.Identity.generate()
    assert str(read_identity(f"# created: today\n# public key: x\n{identity}\n")) == str(identity)
    for text in ("", "AGE-SECRET-KEY-1QQQQ", f"{identity}\n{identity}", "geheim"):
        with pytest.raises(WrongShare) as refused:
            read_identity(text)
        assert "geheim" not in str(refused.value)
