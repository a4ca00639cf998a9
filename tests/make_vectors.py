"""Make the test vectors of docs/TRUST.md. They are frozen: no file is ever written over."""

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from authenticator import EDDSA, ES256, Authenticator
from test_approvals_verify_hands import lend, on_paper
from test_approvals_verify_witnesses import NAMES, appoint, cosign, key_server
from verify_history import Writer, hand, opening, payment, policy, rent

from approvals import passkey, receipts, signing
from approvals.verify import verify
from ledger import canonical, note, tree
from ledger.digits import digits

FOLDER = Path(__file__).parent / "vectors"
VILLAGE = "510802-sandui-jingtian"
DAY = "2021-05-12"


def keep(name: str, data: bytes) -> None:
    """Write a vector, unless it is there."""
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(data)


def keep_json(name: str, value: object) -> None:
    keep(name, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n")


def canonicals() -> list[dict[str, str]]:
    values: list[Any] = [
        {}, [], "", 0, -1, 2**53 - 1, True, None, "分红", {"b": 1, "a": [1, "é"]},
        {"\U00020bb7": 1, "\uff21": 2, "村": 3}, {"x": {"y": [{"z": '\\"/'}]}},
    ]  # fmt: skip
    return [{"json": json.dumps(value), "bytes": canonical.encode(value).hex()} for value in values]


def refused() -> list[str]:
    texts = ['{"a":1,"a":2}', "1.0", "9007199254740992", '{"b":1,"a":2}', '"e\\u0301"', '"\\u202e"',
             '"\\ud800"', " 1", "1 ", "-0", "[1,]", "NaN", '{"a":1}\n', '"\\u0041"']  # fmt: skip
    return [text.encode().hex() for text in texts]


def trees() -> dict[str, Any]:
    leaves = [tree.leaf_hash(str(n).encode()) for n in range(11)]
    return {
        "leaves": [leaf.hex() for leaf in leaves],
        "roots": [tree.root(leaves[:n]).hex() for n in range(12)],
        "inclusion": [
            [[one.hex() for one in tree.inclusion_proof(leaves[:n], i)] for i in range(n)]
            for n in range(1, 12)
        ],
        "consistency": [
            [[one.hex() for one in tree.consistency_proof(leaves[:n], m)] for m in range(n + 1)]
            for n in range(1, 12)
        ],
    }


def heads() -> dict[str, Any]:
    skips = [{"step": "first-secretary", "rule": "vacant"}]
    bound = (2, "ab" * 32, "cd" * 32, "payment", skips)
    first = signing.first_head(*bound)
    leaves = ["22" * 32, "11" * 32]
    return {
        "first": {"of": list(bound), "head": first},
        "next": {"head": first, "leaves": leaves, "then": signing.next_head(first, leaves)},
        "key": {"public": "00" * 32, "id": signing.key_id("ed25519", bytes(32))},
    }


def numbers() -> list[dict[str, str]]:
    return [
        {"root": root.hex(), "period": period, "digits": digits(root, VILLAGE, period)}
        for root, period in ((bytes(32), "2021-05"), (sha256(b"x").digest(), "2021-12"))
    ]


def passkeys() -> list[dict[str, str]]:
    found = []
    for alg in (ES256, EDDSA):
        device = Authenticator(alg)
        data = b"mingbai/act/v1\n{}"
        given = device.assertion(passkey.challenge(data))
        value = passkey.Assertion(*given)
        value = value._replace(signature=passkey.spelt(alg, value.signature))
        found.append(
            {
                "alg": alg, "public": device.public.hex(), "rp": device.rp,
                "signed": data.hex(), "value": value.value(),
            }
        )  # fmt: skip
    return found


def story() -> Writer:
    """Return three sealed months: a loan, a wet signature, witnesses, corrections."""
    text = policy()
    for chain in text["chains"]:
        chain["paper_most"] = 1
        for step in chain["steps"]:
            step["method"] = "paper" if step["id"] == "village-cadre" else step["method"]
    book = Writer(policy=text)
    book.found()
    key_server(book)
    appoint(book)
    book.enter(opening())
    book.on(DAY)
    lend(book, "cadre1", "agri1")
    for way in ("lent", "paper"):
        fen = 80_000 if way == "lent" else 70_000
        track = book.walk(book.submit(payment(DAY, fen)), until="village-cadre")
        if way == "lent":
            book.sign(track, "village-cadre", "agri1", "village-cadre", **{"for": "cadre1"})
        else:
            on_paper(book, track)
        track.advance()
        book.pay(track)
        book.post(track)
    book.enter(payment(DAY, 3_000_000))
    book.seal("2021-05")
    for period, day in (("2021-06", "2021-06-10"), ("2021-07", "2021-07-10")):
        for name in NAMES[:3]:
            cosign(book, max(book.notes), name)
        book.on(day)
        book.enter(rent(day, 1_200_000))
        book.seal(period)
    return book


def books() -> None:
    """Write the books directory, its verdict, and the receipt of one act."""
    book = story()
    for name, data in book.files().items():
        keep(f"books/{VILLAGE}/{name}", data)
    verdict = verify(FOLDER / "books" / VILLAGE)
    assert verdict.good, verdict.fault
    keep_json("verdict.json", verdict.as_json())
    server = hand("server")
    size, seq = 80, 60
    leaves = book.leaves[:size]
    text = note.checkpoint_text(note.Checkpoint(f"mingbai/{VILLAGE}", size, tree.root(leaves)))
    name = receipts.key_name(VILLAGE)
    signed = note.sign_note(text, name, server.public, server.sign)
    proof = tree.inclusion_proof(leaves, seq)
    keep("receipt.txt", receipts.render(book.lines[seq], seq, proof, signed).encode())
    keep_json("keys.json", {"server": server.public.hex(), "registrar": hand("registrar").key})


def main() -> None:
    keep_json("canonical.json", {"good": canonicals(), "refused": refused()})
    keep_json("tree.json", trees())
    keep_json("heads.json", heads())
    keep_json("digits.json", numbers())
    keep_json("passkeys.json", passkeys())
    witness = hand("school")
    root = sha256(b"7").digest()
    text = note.checkpoint_text(note.Checkpoint("mingbai/x", 7, root, ("period 2021-05",)))
    line = note.cosign(text, "school", witness.public, 1_622_512_800, witness.sign)
    log = hand("registrar")
    keep_json(
        "notes.json",
        {
            "text": text, "line": line, "witness": base64.b64encode(witness.public).decode(),
            "note": note.sign_note(text, "mingbai/x", log.public, log.sign),
            "log": base64.b64encode(log.public).decode(),
        },
    )  # fmt: skip
    books()


if __name__ == "__main__":
    main()
