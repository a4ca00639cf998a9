"""The Merkle tree of a village's log (RFC 9162, section 2.1) with SHA-256.

Every function here works on leaf *hashes* (32 bytes, what `leaf_hash` returns), never on lines.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
WIDTH = 32


def leaf_hash(line: bytes) -> bytes:
    """Return the leaf hash of an event line: SHA-256(0x00 ‖ line)."""
    return sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: enough to append and to know the root, in log(n) hashes."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # roots of the perfect subtrees, largest first

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash at the end."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            size >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        if not self._peaks:
            return EMPTY
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found

    def dump(self) -> str:
        """Return the frontier as text: size, then its hashes in hex, separated by blanks."""
        return " ".join([str(self.size), *(peak.hex() for peak in self._peaks)])

    @classmethod
    def load(cls, text: str) -> "Frontier":
        """Read what `dump` wrote.

        Raises:
            ValueError: the text is no frontier.
        """
        size, *peaks = text.split(" ")
        frontier = cls()
        frontier.size = int(size)
        frontier._peaks = [bytes.fromhex(peak) for peak in peaks]
        widths = {len(peak) for peak in frontier._peaks} - {WIDTH}
        if frontier.dump() != text or frontier.size.bit_count() != len(peaks) or widths:
            message = "not a frontier"
            raise ValueError(message)
        return frontier


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes; of an empty log, SHA-256 of nothing."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of the leaf at `index`, nearest node first (RFC 9162, 2.1.3.1).

    Raises:
        IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    k = _half(len(leaves))
    if index < k:
        return [*inclusion_proof(leaves[:k], index), root(leaves[k:])]
    return [*inclusion_proof(leaves[k:], index - k), root(leaves[:k])]


def verify_inclusion(  # the five facts of an inclusion
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> bool:
    """Tell whether the leaf is at `index` of the tree of `size` with root `expected` (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    found, last = leaf, size - 1
    for node in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = node_hash(node, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, node)
        index, last = index >> 1, last >> 1
    return last == 0 and found == expected


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that the first `old_size` leaves are a prefix (RFC 9162, 2.1.4.1).

    Raises:
        IndexError: the old size is not within 0 … len(leaves).
    """
    if not 0 <= old_size <= len(leaves):
        raise IndexError(old_size)
    if old_size in {0, len(leaves)}:
        return []
    return _subproof(leaves, old_size, known=True)


def verify_consistency(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Tell whether the tree of `old_size` is a prefix of the tree of `new_size` (2.1.4.2)."""
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return new_size > 0 and not proof and old_root == EMPTY
    if not 0 < old_size < new_size or not proof:
        return False
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    return _climb(old_size - 1, new_size - 1, path) == (old_root, new_root)


def _climb(old_last: int, new_last: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    while old_last & 1:
        old_last, new_last = old_last >> 1, new_last >> 1
    old = new = path[0]
    for node in path[1:]:
        if new_last == 0:
            return None
        if old_last & 1 or old_last == new_last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not old_last & 1 and old_last:
                old_last, new_last = old_last >> 1, new_last >> 1
        else:
            new = node_hash(new, node)
        old_last, new_last = old_last >> 1, new_last >> 1
    return (old, new) if new_last == 0 else None


def _subproof(leaves: Sequence[bytes], m: int, *, known: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if known else [root(leaves)]
    k = _half(len(leaves))
    if m <= k:
        return [*_subproof(leaves[:k], m, known=known), root(leaves[k:])]
    return [*_subproof(leaves[k:], m - k, known=False), root(leaves[:k])]


def _half(size: int) -> int:
    """Return the largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)
