import hashlib
from typing import Any

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import tree

LINES = [f"line {i}".encode() for i in range(33)]
LEAVES = [tree.leaf_hash(line) for line in LINES]
SIZES = range(len(LEAVES) + 1)


@pytest.fixture(scope="module")
def oracle() -> Any:
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for line in LINES:
        other.append_entry(line)
    return other


def test_hashes_are_prefixed() -> None:
    assert tree.leaf_hash(b"") == hashlib.sha256(b"\x00").digest()
    assert tree.node_hash(b"a", b"b") == hashlib.sha256(b"\x01ab").digest()
    assert tree.root([]) == hashlib.sha256(b"").digest()


def test_roots_agree_with_the_oracle_at_every_size(oracle: Any) -> None:
    frontier = tree.Frontier()
    for n in SIZES:
        if n:
            frontier.append(LEAVES[n - 1])
            assert tree.root(LEAVES[:n]) == oracle.get_root(n)
        assert frontier.size == n
        assert frontier.root() == tree.root(LEAVES[:n])
        assert tree.Frontier.load(frontier.dump()).root() == frontier.root()
        frontier = tree.Frontier.load(frontier.dump())


def test_every_leaf_of_every_small_tree_proves_its_place_and_no_other() -> None:
    for n in range(1, 18):
        root = tree.root(LEAVES[:n])
        for i in range(n):
            proof = tree.inclusion_proof(LEAVES[:n], i)
            for j in range(-1, n + 2):
                assert tree.verify_inclusion(LEAVES[i], j, n, proof, root) is (j == i)
            assert not tree.verify_inclusion(LEAVES[i], i, n, [*proof, root], root)
            assert not tree.verify_inclusion(LEAVES[-1], i, n, proof, root)
            if proof:
                assert not tree.verify_inclusion(LEAVES[i], i, n, proof[:-1], root)
                assert not tree.verify_inclusion(LEAVES[i], i, n, [root, *proof[1:]], root)


def test_audit_paths_agree_with_the_oracle(oracle: Any) -> None:
    for n in SIZES[1:]:
        for i in range(n):
            path = [
                bytes.fromhex(node) for node in oracle.prove_inclusion(i + 1, n).serialize()["path"]
            ]
            assert path[0] == LEAVES[i]
            assert path[1:] == tree.inclusion_proof(LEAVES[:n], i)


def test_every_small_tree_is_a_prefix_of_its_successors() -> None:
    for n in range(18):
        new_root = tree.root(LEAVES[:n])
        for m in range(n + 1):
            old_root = tree.root(LEAVES[:m])
            proof = tree.consistency_proof(LEAVES[:n], m)
            assert tree.verify_consistency(m, n, proof, old_root, new_root)
            assert not tree.verify_consistency(m, n, [*proof, old_root], old_root, new_root)
            assert not tree.verify_consistency(m, n, proof, LEAVES[-1], new_root)
            assert not tree.verify_consistency(m, n, proof, old_root, LEAVES[-1]) or m == 0 < n
            if proof:
                assert not tree.verify_consistency(m, n, proof[:-1], old_root, new_root)
                assert not tree.verify_consistency(m, n, [], old_root, new_root)


def test_a_proof_says_nothing_of_a_greater_size() -> None:
    for n in range(2, 18):
        for m in range(1, n):
            proof = tree.consistency_proof(LEAVES[:n], m)
            old_root, new_root = tree.root(LEAVES[:m]), tree.root(LEAVES[:n])
            for size in (2 * n, 2 * n + 1, 64):
                assert not tree.verify_consistency(m, size, proof, old_root, new_root)


def test_a_forked_log_has_no_proof() -> None:
    forked = [LEAVES[0], LEAVES[5], *LEAVES[2:12]]
    for m in range(2, 12):
        old_root, new_root = tree.root(LEAVES[:m]), tree.root(forked)
        proof = tree.consistency_proof(forked, m)
        assert not tree.verify_consistency(m, 12, proof, old_root, new_root)


def test_sizes_that_cannot_be_are_not_consistent() -> None:
    root = tree.root(LEAVES[:3])
    assert not tree.verify_consistency(4, 3, [root], root, root)
    assert not tree.verify_consistency(-1, 3, [root], root, root)
    assert not tree.verify_consistency(0, 3, [root], tree.EMPTY, root)


def test_nothing_grows_from_a_tree_of_no_size() -> None:
    assert tree.verify_consistency(0, 0, [], tree.EMPTY, tree.EMPTY)
    assert not tree.verify_consistency(0, 0, [], tree.EMPTY, LEAVES[0])
    assert not tree.verify_consistency(0, -1, [], tree.EMPTY, LEAVES[0])


def test_proofs_of_what_is_not_there_are_refused() -> None:
    for i in (-1, 3):
        with pytest.raises(IndexError):
            tree.inclusion_proof(LEAVES[:3], i)
    for m in (-1, 4):
        with pytest.raises(IndexError):
            tree.consistency_proof(LEAVES[:3], m)


@given(st.lists(st.binary(max_size=8), max_size=70), st.data())
def test_a_frontier_read_back_goes_on_as_if_never_put_away(
    lines: list[bytes], data: st.DataObject
) -> None:
    leaves = [tree.leaf_hash(line) for line in lines]
    stop = data.draw(st.integers(0, len(leaves)))
    frontier = tree.Frontier()
    for leaf in leaves[:stop]:
        frontier.append(leaf)
    frontier = tree.Frontier.load(frontier.dump())
    for leaf in leaves[stop:]:
        frontier.append(leaf)
    assert frontier.root() == tree.root(leaves)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1",
        "0 aa",
        "-1",
        "2 zz",
        f"1 {'A' * 64}",
        f"3 {'a' * 64}",
        f"1 {'a' * 62}",
        f"1  {'a' * 64}",
        f"1\n{'a' * 64}",
        f" 1 {'a' * 64}",
    ],
)
def test_what_is_no_frontier_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - int() and fromhex() word it their own way
        tree.Frontier.load(text)
