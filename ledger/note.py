"""Signed notes and checkpoints: a seal that other programs can check.

Formats: C2SP signed-note and tlog-checkpoint (https://c2sp.org/signed-note, /tlog-checkpoint) with
Ed25519. docs/FORMATS.md, "Seal".
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.refusal import Refusal

ED25519 = b"\x01"
DASH = "\u2014"
SIGNATURE = re.compile(rf"{DASH} ([^\s+]+) ([A-Za-z0-9+/]+=*)")
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")
WIDTH = 32


class Checkpoint(NamedTuple):
    """A log at one moment: whose, how many leaves, their root (32 bytes), further lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """Return the checkpoint as the text of a note."""
    root = base64.b64encode(checkpoint.root).decode()
    lines = [checkpoint.origin, str(checkpoint.size), root, *checkpoint.extensions]
    return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a note as a checkpoint: checkpoint_text(parse_checkpoint(t)) == t.

    Raises:
        BadCheckpoint: the text is no checkpoint, or not spelled as `checkpoint_text` spells it.
    """
    lines = text.split("\n")
    if len(lines) < 4 or not all(lines[:-1]) or not SIZE.fullmatch(lines[1]):  # noqa: PLR2004
        raise BadCheckpoint
    root = _base64(lines[2], BadCheckpoint)
    checkpoint = Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:-1]))
    if len(checkpoint.root) != WIDTH or checkpoint_text(checkpoint) != text:
        raise BadCheckpoint
    return checkpoint


def key_hash(name: str, public: bytes) -> bytes:
    """Return the four bytes that point to an Ed25519 key (raw, 32 bytes) of this name."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def sign_note(text: str, name: str, public: bytes, sign: Callable[[bytes], bytes]) -> str:
    """Return the note: the text, a blank line, the signature line.

    `sign` makes the raw Ed25519 signature (64 bytes) over the bytes of the text.

    Raises:
        BadNote: the text does not end in a newline, or the name has blanks or plus signs.
    """
    if not text.endswith("\n") or not name or re.search(r"[\s+]", name):
        raise BadNote
    blob = base64.b64encode(key_hash(name, public) + sign(text.encode())).decode()
    return f"{text}\n{DASH} {name} {blob}\n"


def open_note(note: str, name: str, public: bytes) -> str:
    """Return the text of a note after checking the signature of this key.

    Signatures of other keys (witnesses) are left aside; more than one of this key is refused.

    Raises:
        BadNote: the note is not well formed.
        WrongSignature: no good signature of this key is on it.
    """
    text, blobs = _parts(note)
    expected = key_hash(name, public)
    ours = [blob[4:] for signer, blob in blobs if signer == name and blob[:4] == expected]
    if len(ours) != 1:
        raise WrongSignature
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(ours[0], text.encode())
    except (InvalidSignature, ValueError) as fault:
        raise WrongSignature from fault
    return text


def _parts(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    head, blank, tail = note.rpartition("\n\n")
    if not blank or not tail.endswith("\n") or CONTROL.search(note):
        raise BadNote
    found = [SIGNATURE.fullmatch(line) for line in tail[:-1].split("\n")]
    if not all(found):
        raise BadNote
    return f"{head}\n", [(match[1], _base64(match[2], BadNote)) for match in found if match]


def _base64(text: str, kind: type[Refusal]) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise kind from fault
    if base64.b64encode(data).decode() != text:  # one spelling only: no spare bits
        raise kind
    return data


class BadNote(Refusal):
    """The text is no signed note."""

    code = "N001"
    says = "封账文件格式不对，可能被改动过。请使用原始文件。"
    rule = "C2SP signed-note"
    status = 422


class BadCheckpoint(Refusal):
    """The text of the note is no checkpoint."""

    code = "N002"
    says = "封账文件的内容不是账本校验点，可能被改动过。请使用原始文件。"
    rule = "C2SP tlog-checkpoint"
    status = 422


class WrongSignature(Refusal):
    """The note does not carry exactly one good signature of the key asked for."""

    code = "N003"
    says = "封账文件的签名不符。请向乡镇登记员索取原始文件核对。"
    rule = "C2SP signed-note"
    status = 422
