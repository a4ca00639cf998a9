"""Witnesses: how many must agree, and how each of them judges a new checkpoint.

A witness keeps, per log, only the size and the root of the last checkpoint it signed, and signs
nothing that does not continue it. Format of requests and answers: C2SP tlog-witness
(https://c2sp.org/tlog-witness); docs/FORMATS.md, "Witnesses". The status of each refusal here is
the HTTP status of the answer.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger import canonical, note, tree
from ledger.note import Checkpoint, Verifier
from ledger.refusal import Refusal

WITNESSES, QUORUM, FAULTY = 4, 3, 1
OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
VALUE = re.compile(r"[0-9a-f]{128}")
LOST = b"mingbai/registrar-lost/v1\n"
LONGEST = 63  # proof lines: enough for any size of 64 bits


class Seen(NamedTuple):
    """What a witness keeps of a log: size and root (32 bytes) of the last checkpoint it signed."""

    size: int
    root: bytes


START = Seen(0, tree.EMPTY)


class Lost(NamedTuple):
    """A request to set a new registrar's key where the old one is lost; hex unless said.

    `size` and `root` are those of the last seal, which the witness has seen; `previous` and `key`
    are ids of keys, `public` is the new raw key.
    """

    village: str
    period: str
    size: int
    root: str
    previous: str
    key: str
    public: str
    reason: str

    def to_sign(self) -> bytes:
        """Return the bytes that a witness signs: a domain of its own, then what is asked."""
        return LOST + canonical.encode(self._asdict())


class Request(NamedTuple):
    """What a log asks of a witness: to go on from `old` leaves to the checkpoint of a note."""

    old: int
    proof: tuple[bytes, ...]
    note: str
    checkpoint: Checkpoint


class Accepted(NamedTuple):
    """A checkpoint worth a cosignature: the text to sign, and what to keep before signing."""

    text: str
    seen: Seen


def build_lost(asked: Sequence[Lost]) -> bytes:
    """Return the file by which witnesses are asked for a new registrar: canonical JSON, LF."""
    return canonical.encode({"format": 1, "lost": [one._asdict() for one in asked]}) + b"\n"


def parse_lost(data: bytes) -> list[Lost]:
    """Return what a file of `build_lost` asks for.

    Raises:
        BadLost: it is none.
    """
    try:
        found = canonical.decode(data.removesuffix(b"\n"))
        asked = [Lost(**one) for one in found["lost"]]
    except (Refusal, TypeError, KeyError) as fault:
        raise BadLost from fault
    texts = all(
        isinstance(v, str) for one in asked for n, v in one._asdict().items() if n != "size"
    )
    if found.get("format") != 1 or not asked or not texts:
        raise BadLost
    return asked


def parse_endorsed(text: str) -> dict[str, dict[str, bytes]]:
    """Return signatures by village and witness from lines of `village witness hex`.

    Raises:
        BadLost: a line is none.
    """
    found: dict[str, dict[str, bytes]] = {}
    for line in filter(None, text.split("\n")):
        parts = line.split(" ")
        if len(parts) != 3 or not VALUE.fullmatch(parts[2]):  # noqa: PLR2004
            raise BadLost
        found.setdefault(parts[0], {})[parts[1]] = bytes.fromhex(parts[2])
    return found


def quorum_holds(n: int, q: int, f: int) -> bool:
    """Tell whether q of n witnesses suffice though f of them may be corrupt.

    Two quorums have at least 2q - n members in common. More than f means that an honest witness is
    in both, and no honest witness signs two histories.
    """
    return 0 <= f < n and q <= n and 2 * q - n > f


def check_quorum(n: int = WITNESSES, q: int = QUORUM, f: int = FAULTY) -> None:
    """Hold a plan (q of n witnesses, f of them corrupt) against `quorum_holds`.

    Raises:
        WeakQuorum: two histories could each find q witnesses.
    """
    if quorum_holds(n, q, f):
        return
    if 0 <= f < n:
        least = (n + f) // 2 + 1
        change = f"把需要的见证签名改为 {least}" + (f" 至 {n} 个" if least < n else " 个")
    else:
        change = "另定见证方数和作假方数：作假方数从 0 起，且要少于见证方数"
    raise WeakQuorum(n=n, q=q, f=f, change=change)


def build_request(old: int, proof: Sequence[bytes], signed: str) -> bytes:
    """Return the body of a request: from `old` leaves, by `proof` (32-byte hashes), to the note."""
    lines = [f"old {old}", *(base64.b64encode(one).decode() for one in proof)]
    return "".join(f"{line}\n" for line in [*lines, ""]).encode() + signed.encode()


def parse_request(body: bytes) -> Request:
    """Read the body of a request; no signature and no proof is checked yet.

    Raises:
        BadRequest: the body is no such request.
    """
    try:
        head, blank, signed = body.decode().partition("\n\n")
        checkpoint = note.parse_checkpoint(note.split_note(signed)[0])
    except (UnicodeDecodeError, note.BadNote, note.BadCheckpoint) as fault:
        raise BadRequest from fault
    first, *lines = head.split("\n")
    old = OLD.fullmatch(first)
    if not blank or not old or len(lines) > LONGEST:
        raise BadRequest
    return Request(int(old[1]), tuple(_node(line) for line in lines), signed, checkpoint)


def judge(known: Seen | None, request: Request, log: Verifier | None) -> Accepted:
    """Return what a witness may sign, and what it must keep before it does.

    Args:
        known: what the witness keeps of this log, None if it has signed nothing of it.
        request: the request as parsed.
        log: the key that the witness trusts for the request's origin, None if it watches no such.

    Raises:
        UnknownOrigin: no key is trusted for the origin.
        NotTheLog: the checkpoint is not signed with that key.
        OldAboveNew: the checkpoint is smaller than the old size in the request.
        OtherSize: the witness is not at the old size; `size` is where it is.
        OtherRoot: the witness signed another root of this size: there are two histories.
        BadProof: the checkpoint does not continue what the witness signed.
    """
    new = request.checkpoint
    if log is None:
        raise UnknownOrigin(origin=new.origin)
    try:
        text = note.open_note(request.note, *log)
    except note.WrongSignature as fault:
        raise NotTheLog(origin=new.origin) from fault
    if request.old > new.size:
        raise OldAboveNew(old=request.old, new=new.size)
    last = known or START
    if request.old != last.size:
        raise OtherSize(origin=new.origin, size=last.size)
    if new.size == last.size and new.root != last.root and new.size:
        raise OtherRoot(origin=new.origin, size=last.size)
    if not tree.verify_consistency(last.size, new.size, request.proof, last.root, new.root):
        raise BadProof(origin=new.origin, size=last.size)
    return Accepted(text, Seen(new.size, new.root))


def cosigners(signed: str, trusted: Iterable[Verifier]) -> dict[str, int]:
    """Return which of the trusted witnesses cosigned a note, and when (seconds since 1970, UTC).

    Other signatures, and bad ones, are left aside. A key counts once, whatever names it bears: a
    cosignature does not bind the name, so its holder could sign under each of them.

    Raises:
        BadNote: the note is not well formed.
    """
    text, blobs = note.split_note(signed)
    lines = [(name, f"{note.DASH} {name} {base64.b64encode(b).decode()}") for name, b in blobs]
    found: dict[str, int] = {}
    counted: set[bytes] = set()
    for witness in trusted:
        times = [_time(line, text, witness) for name, line in lines if name == witness.name]
        good = [time for time in times if time is not None]
        if good and witness.public not in counted:
            counted.add(witness.public)
            found[witness.name] = max(good)
    return found


def _time(line: str, text: str, witness: Verifier) -> int | None:
    try:
        return note.check_cosignature(line, text, *witness)
    except note.BadCosignature:
        return None


def _node(line: str) -> bytes:
    try:
        data = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise BadRequest from fault
    if len(data) != tree.WIDTH or base64.b64encode(data).decode() != line:
        raise BadRequest
    return data


class WeakQuorum(Refusal):
    """So few witnesses could be found for each of two histories."""

    code = "N005"
    says = (
        "{n} 方见证、凑齐 {q} 个见证签名就算数、其中 {f} 方可能作假，这样两套账本可能同时得到见证。"
        "请{change}。"
    )
    rule = "2q - n > f"
    status = 422


class BadRequest(Refusal):
    """The body is no request for a cosignature."""

    code = "N060"
    says = "见证申请的格式不对。请用明白账生成的申请文件，不要改动。"
    rule = "C2SP tlog-witness"
    status = 400


class UnknownOrigin(Refusal):
    """The witness watches no log of this origin."""

    code = "N061"
    says = "本见证方没有受托见证“{origin}”。请先由见证方登记这个账本的公钥。"
    rule = "C2SP tlog-witness"
    status = 404


class NotTheLog(Refusal):
    """The checkpoint is not signed with the key that the witness trusts for its origin."""

    code = "N062"
    says = "“{origin}”的封账文件不是用见证方登记的公钥签的，不予见证。请核对镇登记员的公钥。"
    rule = "C2SP tlog-witness"
    status = 403


class OldAboveNew(Refusal):
    """The checkpoint is smaller than the size that it is to continue."""

    code = "N063"
    says = "申请里的新账本只有 {new} 条，比旧账本的 {old} 条还少，不予见证。请重新生成申请文件。"
    rule = "C2SP tlog-witness"
    status = 400


class OtherSize(Refusal):
    """The witness's last checkpoint has another size than the request goes on from."""

    code = "N064"
    says = "见证方对“{origin}”已见证到第 {size} 条。请从第 {size} 条起重新生成申请文件。"
    rule = "C2SP tlog-witness"


class OtherRoot(Refusal):
    """The witness signed another root of the same size: there are two histories of one log."""

    code = "N065"
    says = (
        "“{origin}”的前 {size} 条与见证方见过的内容不同，账本可能有两套，不予见证。"
        "请保留这份申请文件并报告乡镇和县级主管部门。"
    )
    rule = "C2SP tlog-witness"


class BadProof(Refusal):
    """The checkpoint does not continue what the witness signed before."""

    code = "N066"
    says = (
        "不能证明“{origin}”的新账本是在见证过的前 {size} 条之后接着记的，不予见证。"
        "请重新生成申请文件；仍不行，请报告乡镇和县级主管部门。"
    )
    rule = "RFC 9162, 2.1.4"
    status = 422


class BadLost(Refusal):
    """A request for a new registrar, or an answer to one, cannot be read."""

    code = "F117"
    says = "登记员更换的申请或见证方的回复读不懂。请用明白账生成的文件，不要手工改动。"
    status = 422
