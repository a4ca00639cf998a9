"""Receipts: what a signer takes home, a signed tree head and the proof that the act is under it.

Format: C2SP tlog-proof (https://c2sp.org/tlog-proof) with the event's line as its extra data, over
a checkpoint signed by the server's key. docs/FORMATS.md, "Receipts".
"""

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from approvals import register
from approvals.acts import StrangeKey
from approvals.keys import Hand
from ledger import note, tree
from ledger.log import store as log
from ledger.refusal import Refusal

HEAD = "c2sp.org/tlog-proof@v1"
LONGEST = 63  # proof lines: enough for any size of 64 bits


class Receipt(NamedTuple):
    """An act's line, its leaf number, the audit path to it, and the signed checkpoint."""

    line: bytes
    seq: int
    proof: tuple[bytes, ...]
    note: str
    checkpoint: note.Checkpoint


def give(conn: Connection, server: Hand, village: str, seq: int) -> str:
    """Return the receipt of an act as text.

    Raises:
        StrangeKey: the village's log does not hold the server's key.
        NoSuchAct: the log has no such leaf.
    """
    people = register.of(conn, village)
    if people.server != server.key:
        raise StrangeKey
    event = log.at(conn, village, seq)
    if event is None:
        raise NoSuchAct(seq=seq)
    leaves = log.leaves(conn, village)
    text = note.checkpoint_text(note.Checkpoint(origin(village), len(leaves), tree.root(leaves)))
    signed = note.sign_note(text, key_name(village), server.public, server.raw)
    return render(event.body, seq, tree.inclusion_proof(leaves, seq), signed)


def origin(village: str) -> str:
    """Return the origin of a village's checkpoints."""
    return f"mingbai/{village}"


def key_name(village: str) -> str:
    """Return the name of the server's key on a village's receipts."""
    return f"mingbai/{village}/server"


def render(line: bytes, index: int, proof: Sequence[bytes], signed: str) -> str:
    """Return a receipt's text."""
    hashes = [base64.b64encode(one).decode() for one in proof]
    extra = base64.b64encode(line).decode()
    return "".join(
        f"{one}\n" for one in [HEAD, f"extra {extra}", f"index {index}", *hashes, ""]
    ) + (signed)


def parse(text: str) -> Receipt:
    """Read a receipt; `check` holds it against its signature and its proof.

    Raises:
        BadReceipt: the text is no receipt.
    """
    head, blank, signed = text.replace("\r\n", "\n").partition("\n\n")
    lines = head.split("\n")
    well = blank and len(lines) >= 3 and lines[0] == HEAD and len(lines) <= LONGEST + 3  # noqa: PLR2004
    if not well or lines[1][:6] != "extra " or lines[2][:6] != "index ":
        raise BadReceipt
    if not note.SIZE.fullmatch(lines[2][6:]):
        raise BadReceipt
    signed = signed.rstrip("\n") + "\n"
    try:
        checkpoint = note.parse_checkpoint(note.split_note(signed)[0])
        proof = tuple(base64.b64decode(one, validate=True) for one in lines[3:])
        line = base64.b64decode(lines[1][6:], validate=True)
    except (Refusal, binascii.Error, ValueError) as fault:
        raise BadReceipt from fault
    return Receipt(line, int(lines[2][6:]), proof, signed, checkpoint)


def check(receipt: Receipt, public: bytes) -> None:
    """Hold a receipt against the server's raw public key and against its own proof.

    Raises:
        FalseReceipt: the signature is not the key's, or the act does not lie under the checkpoint.
    """
    head = receipt.checkpoint
    village = head.origin.removeprefix("mingbai/")
    try:
        note.open_note(receipt.note, key_name(village), public)
    except Refusal as fault:
        raise FalseReceipt(why="签名不是本村账上登记的系统密钥签的") from fault
    leaf = tree.leaf_hash(receipt.line)
    if not tree.verify_inclusion(leaf, receipt.seq, head.size, receipt.proof, head.root):
        raise FalseReceipt(why="里面的操作不在它所说的账本里")


def check_any(receipt: Receipt, servers: Sequence[bytes]) -> None:
    """Hold a receipt against the keys that the server has had, whichever signed it.

    Raises:
        FalseReceipt: as `check`.
    """
    head = receipt.checkpoint
    name = key_name(head.origin.removeprefix("mingbai/"))
    hashes = {blob[:4] for who, blob in note.split_note(receipt.note)[1] if who == name}
    signers = [public for public in servers if note.key_hash(name, public) in hashes]
    check(receipt, signers[0] if signers else b"\0" * tree.WIDTH)


def compare(receipt: Receipt, books: Path) -> None:
    """Hold a receipt against a books directory that `verify` found good.

    Raises:
        FalseReceipt: the books do not hold the act at its place, or are another log altogether.
    """
    lines = [
        line
        for path in sorted(books.glob("*/*.events.jsonl"))
        for line in path.read_bytes().splitlines()
    ]
    size = receipt.checkpoint.size
    if len(lines) < size:
        raise FalseReceipt(why=f"账簿只有 {len(lines)} 条，回执已到第 {size} 条：有操作被抽走")
    if lines[receipt.seq] != receipt.line:
        raise FalseReceipt(why=f"账簿第 {receipt.seq} 条与回执上的不是同一项操作：被改动过")
    if tree.root([tree.leaf_hash(line) for line in lines[:size]]) != receipt.checkpoint.root:
        raise FalseReceipt(why="账簿与回执不是同一套账：之前的操作被改动过")


class NoSuchAct(Refusal):
    """The log has no leaf of this number."""

    code = "R101"
    says = "账上没有第 {seq} 条操作，不能出具回执。"
    status = 404


class BadReceipt(Refusal):
    """The text is no receipt."""

    code = "R102"
    says = "这不是签名回执，或内容不全。请使用当时下载的原始文件。"
    rule = "C2SP tlog-proof"
    status = 422


class FalseReceipt(Refusal):
    """The receipt does not hold: against its key, its own proof, or the books."""

    code = "R103"
    says = "回执核对不上：{why}。请保留回执，并告诉村务监督委员会和县级主管部门。"
    rule = "RFC 9162"
    status = 422
