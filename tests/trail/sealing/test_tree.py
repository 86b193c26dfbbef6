"""RFC 6962: the well-known test tree of the Certificate Transparency code, and proofs of trees of any size."""

from hypothesis import given, settings
from hypothesis import strategies as st

from trail.sealing import tree
from trail.standalone.verify_trail import Fold, consistent, included, leaf_hash, node_hash

ENTRIES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Roots of the trees over the first 1 to 8 entries, as Certificate Transparency publishes them."""


def reader(leaves: list[bytes]):
    def read(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        return node_hash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))

    return read


def simple_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962 §2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(simple_root(leaves[:half]), simple_root(leaves[half:]))


def test_has_the_published_roots():
    leaves = [leaf_hash(entry) for entry in ENTRIES]
    assert tree.root(0, reader([])).hex() == Fold().root().hex() == EMPTY
    fold = Fold()
    for size, root in enumerate(ROOTS, 1):
        fold.add(0, size - 1, leaves[size - 1])
        assert fold.root().hex() == tree.root(size, reader(leaves)).hex() == root


def test_gives_the_published_proofs():
    leaves = [leaf_hash(entry) for entry in ENTRIES]
    read = reader(leaves)
    assert [one.hex() for one in tree.inclusion(0, 8, read)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [one.hex() for one in tree.consistency(6, 8, read)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_proves_any_leaf_of_any_tree_and_nothing_else(data):
    size = data.draw(st.integers(1, 70))
    leaves = [leaf_hash(str(number).encode()) for number in range(size)]
    read, index = reader(leaves), data.draw(st.integers(0, size - 1))
    root, proof = simple_root(leaves), tree.inclusion(index, size, read)
    assert tree.root(size, read) == root
    assert included(leaves[index], index, size, proof, root)
    other = data.draw(
        st.integers(0, size - 1).filter(lambda one: one != index) if size > 1 else st.just(size)
    )
    assert not included(leaves[index], other, size, proof, root)
    assert not included(leaf_hash(b"another"), index, size, proof, root)
    assert not included(leaves[index], index, size, [*proof, root], root)
    if proof:
        assert not included(leaves[index], index, size, proof[:-1], root)
        bent = data.draw(st.integers(0, len(proof) - 1))
        assert not included(leaves[index], index, size, [*proof[:bent], root, *proof[bent + 1 :]], root)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_proves_that_a_tree_extends_an_older_one_and_no_other(data):
    new = data.draw(st.integers(1, 70))
    old = data.draw(st.integers(1, new))
    leaves = [leaf_hash(str(number).encode()) for number in range(new)]
    before, after = simple_root(leaves[:old]), simple_root(leaves)
    proof = tree.consistency(old, new, reader(leaves))
    assert consistent(old, before, new, after, proof)
    forked = [*leaves[: old - 1], leaf_hash(b"forked"), *leaves[old:]]
    assert not consistent(old, simple_root(forked[:old]), new, after, proof)
    assert not consistent(old, before, new, simple_root(forked), proof)
    assert not consistent(old, before, new, after, [*proof, after])
    if old < new:
        assert not consistent(new, after, old, before, proof)
        assert not consistent(old, before, new, after, proof[:-1])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=8))
def test_grows_many_leaves_at_once_as_one_by_one(counts):
    slow, fast, completed, told = Fold(), Fold(), [], []
    for count in counts:
        leaves = [leaf_hash(str(slow.end + number).encode()) for number in range(count)]
        told += [
            (level, index, digest)
            for level, first, row in tree.extend(fast, leaves)
            for index, digest in enumerate(row, first)
        ]
        for leaf in leaves:
            completed += slow.add(0, slow.end, leaf)[1:]
        assert (fast.nodes, fast.end, fast.root()) == (slow.nodes, slow.end, slow.root())
    assert sorted(told) == sorted(completed)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 300), st.integers(0, 300))
def test_tiles_any_run_of_leaves_with_whole_subtrees(start, more):
    tiles = list(tree.subtrees(start, start + more))
    place = start
    for level, index in tiles:
        assert index << level == place
        place += 1 << level
    assert place == start + more
    assert len(tiles) <= 2 * max(more, 1).bit_length()
