"""One log with two histories, its key and its witnesses' keys, for the tests of witnesses."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import note, tree, witnesses
from ledger.note import Verifier

ORIGIN = "mingbai/510802-sandui-jingtian"
COMMON, LARGEST = 3, 12  # leaves that the histories share, and have at most
HISTORIES = ("a", "b")


def secret(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


KEY = secret(200)
LOG = Verifier(ORIGIN, KEY.public_key().public_bytes_raw())


def leaves(history: str, size: int) -> list[bytes]:
    """Return the leaf hashes of a history; the first few are common to all."""
    lines = [str(n) if n < COMMON else f"{history}{n}" for n in range(size)]
    return [tree.leaf_hash(line.encode()) for line in lines]


@cache
def text(history: str, size: int, origin: str = ORIGIN) -> str:
    root = tree.root(leaves(history, size))
    return note.checkpoint_text(note.Checkpoint(origin, size, root, ("period 2021-05",)))


@cache
def signed(history: str, size: int, origin: str = ORIGIN) -> str:
    """Return the note of the log, which signs whatever history it likes."""
    return note.sign_note(text(history, size, origin), origin, LOG.public, KEY.sign)


@cache
def body(history: str, old: int, size: int, origin: str = ORIGIN) -> bytes:
    """Return a request to go on from `old` leaves to `size` leaves of a history."""
    proof = tree.consistency_proof(leaves(history, size), old) if old <= size else []
    return witnesses.build_request(old, proof, signed(history, size, origin))
