"""Ask a witness over the network for its cosignature (C2SP tlog-witness)."""

import contextlib
import re
import threading
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ledger import note, witnesses
from ledger.refusal import Refusal

LONGEST = 16 * 1024  # bytes of an answer
SAID = 200  # letters of a witness's own words that are passed on
GOOD, CONFLICT = 200, 409
UNREADABLE = "回答读不懂"


def ask(url: str, request: bytes, timeout: float) -> str | int:
    """Send a request to a witness and return its answer.

    Args:
        url: where the witness is, http or https, without `/add-checkpoint`.
        request: what `witnesses.build_request` made.
        timeout: seconds for everything together, names and slow answers included.

    Returns:
        The cosignature line (without its last newline; a witness with several keys answers with
        several lines): unchecked, hold it against the witness's key. Or the witness's latest size,
        if it is not where the request begins: make a proof from there and ask again.

    Raises:
        BadAddress: the address is no http or https address.
        NoAnswer: the witness did not answer, refused, or said what is no answer.
        SplitSeen: the witness signed another root of this size.
    """
    address = _address(url)
    found: list[tuple[int, bytes] | str] = []
    # A thread of its own, because the timeouts of sockets begin anew with every byte and do not
    # bound the look-up of names: a corrupt witness must not be able to hold up a seal.
    thread = threading.Thread(
        target=lambda: found.append(_post(address, request, timeout)), daemon=True
    )
    thread.start()
    thread.join(timeout)
    answer = found[0] if found else f"{timeout:g} 秒内没有答复"
    if isinstance(answer, str):
        raise NoAnswer(url=url, why=answer)
    status, body = answer
    text = body.decode(errors="replace")
    if status not in {GOOD, CONFLICT}:
        why = " ".join(re.sub(r"[^\w\s\[\]（）“”，。：；、/.-]", "", text[:SAID]).split())
        raise NoAnswer(url=url, why=f"HTTP {status} {why}".strip().rstrip("。"))
    lines = text.split("\n")
    if lines.pop():  # no newline at the end: the answer was cut off
        raise NoAnswer(url=url, why=UNREADABLE)
    if status == CONFLICT:
        return _conflict(url, request, lines)
    if not lines or not all(note.SIGNATURE.fullmatch(line) for line in lines):
        raise NoAnswer(url=url, why=UNREADABLE)
    return "\n".join(lines)


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        usable = False
    if not usable or re.search(r"\s", url) or not url.isascii():
        raise BadAddress(url=url)
    return f"{url.rstrip('/')}/add-checkpoint"


def _conflict(url: str, request: bytes, lines: list[str]) -> int:
    if len(lines) != 1 or not note.SIZE.fullmatch(lines[0]):
        raise NoAnswer(url=url, why=UNREADABLE)
    asked = witnesses.parse_request(request)
    if int(lines[0]) == asked.old:  # it is where we said and refuses still: the root is another
        raise SplitSeen(url=url, origin=asked.checkpoint.origin, size=asked.old)
    return int(lines[0])


class _NoRedirect(HTTPRedirectHandler):
    """Take a redirection as an answer: whoever the witness points to is not the witness."""

    def redirect_request(  # the signature of the base class
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow nothing."""


def _post(address: str, body: bytes, timeout: float) -> tuple[int, bytes] | str:
    """Return status and body of the answer, or why there is none."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    request = Request(address, body, headers, method="POST")  # noqa: S310 - http or https only
    try:
        try:
            answer = build_opener(_NoRedirect).open(request, timeout=timeout)
        except HTTPError as fault:
            answer = fault
        with contextlib.closing(answer):
            data = answer.read(LONGEST + 1)
            return (answer.status, data) if len(data) <= LONGEST else "回答太长"
    except URLError as fault:
        reason = fault.reason
        return f"连接不上（{getattr(reason, 'strerror', None) or reason}）"
    except (OSError, HTTPException, ValueError) as fault:  # ValueError: a name that cannot be
        return f"连接中断（{getattr(fault, 'strerror', None) or type(fault).__name__}）"


class NoAnswer(Refusal):
    """A witness did not give its cosignature."""

    code = "F120"
    says = "见证方 {url} 没有给出见证签名：{why}。请与见证方联系后再试，或用 U 盘申请。"
    rule = "C2SP tlog-witness"
    status = 502


class BadAddress(Refusal):
    """The address of a witness is not usable."""

    code = "F121"
    says = "见证方地址“{url}”不能用。请填 http:// 或 https:// 开头的地址。"
    status = 422


class SplitSeen(Refusal):
    """A witness signed another root of the same size: there are two histories of one log."""

    code = "F122"
    says = (
        "见证方 {url} 说它见过“{origin}”另一套前 {size} 条，没有见证。"
        "请核对该见证方首页上的根；确有两套账本的，保留账簿文件并报告县级主管部门。"
    )
    rule = "C2SP tlog-witness"
