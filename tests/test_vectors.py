"""The frozen vectors of docs/TRUST.md: every later version must read them as this one does."""

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from approvals import passkey, receipts, signing
from approvals.verify import verify
from ledger import canonical, note, tree
from ledger.digits import digits
from ledger.refusal import Refusal

FOLDER = Path(__file__).parent / "vectors"
VILLAGE = "510802-sandui-jingtian"
# Changing a vector is changing what was promised: this digest binds them all.
ALL = "50fd442a56c3372198adb1555de4d427b2d11291f6dbd289ebb51854f5215b68"


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_bytes())


def test_the_vectors_are_those_that_were_frozen() -> None:
    found = sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        data = sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(FOLDER).as_posix()} {data}\n".encode())
    assert found.hexdigest() == ALL


def test_canonical_bytes() -> None:
    for one in load("canonical.json")["good"]:
        data = bytes.fromhex(one["bytes"])
        assert canonical.encode(json.loads(one["json"])) == data
        assert canonical.decode(data) == json.loads(one["json"])


@pytest.mark.parametrize("data", load("canonical.json")["refused"])
def test_bytes_that_are_not_canonical(data: str) -> None:
    with pytest.raises(Refusal):
        canonical.decode(bytes.fromhex(data))


def test_roots_and_proofs() -> None:
    found = load("tree.json")
    leaves = [bytes.fromhex(leaf) for leaf in found["leaves"]]
    roots = [bytes.fromhex(root) for root in found["roots"]]
    assert [tree.leaf_hash(str(n).encode()) for n in range(11)] == leaves
    assert [tree.root(leaves[:n]) for n in range(12)] == roots
    for n in range(1, 12):
        for i in range(n):
            proof = [bytes.fromhex(one) for one in found["inclusion"][n - 1][i]]
            assert tree.inclusion_proof(leaves[:n], i) == proof
            assert tree.verify_inclusion(leaves[i], i, n, proof, roots[n])
        for m in range(n + 1):
            proof = [bytes.fromhex(one) for one in found["consistency"][n - 1][m]]
            assert tree.verify_consistency(m, n, proof, roots[m], roots[n])


def test_heads_and_key_ids() -> None:
    found = load("heads.json")
    first = found["first"]
    assert signing.first_head(*first["of"]) == first["head"]
    then = found["next"]
    assert signing.next_head(then["head"], then["leaves"]) == then["then"]
    key = found["key"]
    assert signing.key_id("ed25519", bytes.fromhex(key["public"])) == key["id"]


def test_digits() -> None:
    for one in load("digits.json"):
        assert digits(bytes.fromhex(one["root"]), VILLAGE, one["period"]) == one["digits"]


def test_notes_and_cosignatures() -> None:
    found = load("notes.json")
    public = base64.b64decode(found["log"])
    assert note.open_note(found["note"], "mingbai/x", public) == found["text"]
    witness = base64.b64decode(found["witness"])
    assert note.check_cosignature(found["line"], found["text"], "school", witness) == 1_622_512_800


def test_passkeys() -> None:
    for one in load("passkeys.json"):
        signed, public = bytes.fromhex(one["signed"]), bytes.fromhex(one["public"])
        assert passkey.check(one["alg"], public, one["rp"], signed, one["value"]) is None
        assert passkey.check(one["alg"], public, one["rp"], signed + b" ", one["value"])


def test_the_books_and_a_receipt_of_them() -> None:
    books, known = FOLDER / "books" / VILLAGE, load("keys.json")
    verdict = verify(books, registrar=known["registrar"])
    assert verdict.as_json() == load("verdict.json")
    assert verdict.good
    text = (FOLDER / "receipt.txt").read_text("utf-8")
    receipt = receipts.parse(text)
    receipts.check(receipt, bytes.fromhex(known["server"]))
    receipts.compare(receipt, books)
