"""Signed notes, checkpoints and cosignatures: a seal that other programs can check.

Formats: C2SP signed-note, tlog-checkpoint and tlog-cosignature (https://c2sp.org/signed-note,
/tlog-checkpoint, /tlog-cosignature) with Ed25519. docs/FORMATS.md, "Seal" and "Witnesses".
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
COSIGNATURE = b"\x04"
DASH = "\u2014"
SIGNATURE = re.compile(rf"{DASH} ([^\s+]+) ([A-Za-z0-9+/]+=*)")
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")
WIDTH = 32
HASHED, STAMP, SIGNED = 4, 8, 64  # bytes of a key hash, a time, a signature
LATEST = 2**63 - 1


class Checkpoint(NamedTuple):
    """A log at one moment: whose, how many leaves, their root (32 bytes), further lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


class Verifier(NamedTuple):
    """A key that can check: its name and the raw Ed25519 public key (32 bytes)."""

    name: str
    public: bytes


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
    return _hash(name, public, ED25519)


def cosignature_hash(name: str, public: bytes) -> bytes:
    """Return the four bytes that point to a witness's Ed25519 key (raw, 32 bytes) of this name."""
    return _hash(name, public, COSIGNATURE)


def usable_name(name: str) -> bool:
    """Tell whether a key may bear this name: no blanks, no plus signs, no control characters."""
    return bool(name) and not re.search(r"[\s+]", name) and not CONTROL.search(name)


def verifier_key(verifier: Verifier, kind: bytes) -> str:
    """Return the key as one word to hand on: `name+hash+key`. `kind` is ED25519 or COSIGNATURE."""
    hashed = _hash(*verifier, kind).hex()
    return f"{verifier.name}+{hashed}+{base64.b64encode(kind + verifier.public).decode()}"


def parse_verifier_key(text: str, kind: bytes) -> Verifier:
    """Read what `verifier_key` wrote for a key of this kind.

    Raises:
        BadVerifierKey: the text is no such key, or a letter of it was mistyped.
    """
    name, *rest = text.split("+", 2)
    if len(rest) != 2 or not usable_name(name):  # noqa: PLR2004 - hash and key
        raise BadVerifierKey
    data = _base64(rest[1], BadVerifierKey)
    found = Verifier(name, data[1:])
    if len(found.public) != WIDTH or verifier_key(found, kind) != text:
        raise BadVerifierKey
    return found


def sign_note(text: str, name: str, public: bytes, sign: Callable[[bytes], bytes]) -> str:
    """Return the note: the text, a blank line, the signature line.

    `sign` makes the raw Ed25519 signature (64 bytes) over the bytes of the text.

    Raises:
        BadNote: the text does not end in a newline, or the name is not usable.
    """
    _check_signable(text, name)
    blob = base64.b64encode(key_hash(name, public) + sign(text.encode())).decode()
    return f"{text}\n{DASH} {name} {blob}\n"


def open_note(note: str, name: str, public: bytes) -> str:
    """Return the text of a note after checking the signature of this key.

    Signatures of other keys (witnesses) are left aside; more than one of this key is refused.

    Raises:
        BadNote: the note is not well formed.
        WrongSignature: no good signature of this key is on it.
    """
    text, blobs = split_note(note)
    expected = key_hash(name, public)
    ours = [blob[4:] for signer, blob in blobs if signer == name and blob[:4] == expected]
    if len(ours) != 1:
        raise WrongSignature
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(ours[0], text.encode())
    except (InvalidSignature, ValueError) as fault:
        raise WrongSignature from fault
    return text


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text of a note, no signature checked, and its signatures: name and blob of each.

    Raises:
        BadNote: the note is not well formed.
    """
    head, blank, tail = note.rpartition("\n\n")
    if not blank or not tail.endswith("\n") or CONTROL.search(note):
        raise BadNote
    return f"{head}\n", [_line(line, BadNote) for line in tail[:-1].split("\n")]


def cosign(text: str, name: str, public: bytes, time: int, sign: Callable[[bytes], bytes]) -> str:
    """Return a witness's signature line (no newline) for the text of a checkpoint.

    `time` is in seconds since 1970 (UTC); `sign` makes the raw Ed25519 signature (64 bytes).

    Raises:
        BadNote: the text does not end in a newline, or the name is not usable.
        ValueError: the time is not within 0 … 2^63 - 1.
    """
    _check_signable(text, name)
    if not 0 <= time <= LATEST:
        message = f"no time: {time}"
        raise ValueError(message)
    blob = cosignature_hash(name, public) + time.to_bytes(STAMP) + sign(_cosigned(text, time))
    return f"{DASH} {name} {base64.b64encode(blob).decode()}"


def check_cosignature(line: str, text: str, name: str, public: bytes) -> int:
    """Return when (seconds since 1970, UTC) this witness signed this text.

    `line` is one signature line without its newline.

    Raises:
        BadCosignature: the line is no good signature of this witness over this text.
    """
    signer, blob = _line(line, BadCosignature)
    hashed, stamp, signature = blob[:HASHED], blob[HASHED:][:STAMP], blob[HASHED + STAMP :]
    time = int.from_bytes(stamp)
    wrong = signer != name or hashed != cosignature_hash(name, public)
    if wrong or len(signature) != SIGNED or time > LATEST:
        raise BadCosignature
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _cosigned(text, time))
    except (InvalidSignature, ValueError) as fault:
        raise BadCosignature from fault
    return time


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _hash(name: str, public: bytes, kind: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:HASHED]


def _check_signable(text: str, name: str) -> None:
    if not text.endswith("\n") or not usable_name(name):
        raise BadNote


def _line(line: str, kind: type[Refusal]) -> tuple[str, bytes]:
    found = SIGNATURE.fullmatch(line)
    if not found:
        raise kind
    return found[1], _base64(found[2], kind)


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


class BadCosignature(Refusal):
    """The line is no good cosignature of the witness asked for over this text."""

    code = "N004"
    says = "见证签名不符：不是这个见证方对这份封账文件签的。请向见证方重新索取见证签名。"
    rule = "C2SP tlog-cosignature"
    status = 422


class BadVerifierKey(Refusal):
    """The text is no verifier key of the kind asked for."""

    code = "N006"
    says = "公钥串不对，可能抄错或不是这一类公钥。请向对方重新索取“名称+指纹+公钥”一整行。"
    rule = "C2SP signed-note"
    status = 422
