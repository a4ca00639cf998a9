"""The webhook: what is reminded of, as signed JSON to a program of the office (Standard Webhooks).

The address is looked up once and the connection goes to what was found, so that no name can point
into the house after it was checked; redirections are not followed.
"""

import base64
import hmac
import ipaddress
import json
import socket
import threading
import time
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from app.sending import Letter, Never, NotNow

SECONDS = 10.0
GOOD, GONE = range(200, 300), 410
LATER = frozenset({408, 425, 429})


class Webhook:
    """Posts letters to one address, signed with HMAC-SHA256; a receiver knows them by their id."""

    repeats = True

    def __init__(self, url: str, secret: str, *, private: bool = False) -> None:
        self.url, self.secret, self.private = url, secret, private

    def send(self, letter: Letter) -> None:
        """Post a letter.

        Raises:
            NotNow: no connection, no answer or an answer that asks to come again.
            Never: the address is none, or lies in the house; or the answer is a plain no.
        """
        parts = _parts(self.url)
        host = _looked_up(parts, private=self.private)
        body = json.dumps({"id": letter.id, **letter.facts}, ensure_ascii=False).encode()
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "mingbai",
            "webhook-id": letter.id,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(self.secret, letter.id, stamp, body),
        }
        status = _post(parts, host, body, headers)
        if status in GOOD:
            return
        later = status >= 500 or status in LATER  # noqa: PLR2004 - the server's own trouble
        msg = f"对方答 HTTP {status}"
        raise (NotNow if later else Never)(msg)


def signature(secret: str, name: str, stamp: str, body: bytes) -> str:
    """Return the signature over id, time and body: `v1,` and base64.

    A secret that begins with `whsec_` is base64, any other is taken as it stands.
    """
    raw = secret.removeprefix("whsec_")
    key = base64.b64decode(raw) if raw != secret else secret.encode()
    signed = hmac.new(key, f"{name}.{stamp}.".encode() + body, sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username or not url.isascii() or any(letter <= " " for letter in url):
        msg = f"地址“{url[:100]}”不能用"
        raise Never(msg)
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _looked_up(parts: SplitResult, *, private: bool) -> str:
    """Return the address behind a host's name; one that lies in the house is refused."""
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except OSError as fault:
        msg = f"找不到主机 {parts.hostname}"
        raise NotNow(msg) from fault
    hosts = [str(one[4][0]) for one in found]
    if not private:
        for host in hosts:
            address = ipaddress.ip_address(host.partition("%")[0])
            mapped = getattr(address, "ipv4_mapped", None) or address
            if not mapped.is_global or mapped.is_multicast:
                msg = f"{parts.hostname} 是内部地址 {host}，没有允许（webhook_private）"
                raise Never(msg)
    return hosts[0]


def _post(parts: SplitResult, host: str, body: bytes, headers: dict[str, str]) -> int:
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    line = kind(str(parts.hostname), _port(parts), timeout=SECONDS)

    # The address that was judged is the one connected to.
    def connect(_address: object, *more: object) -> socket.socket:
        return socket.create_connection((host, _port(parts)), *more)  # type: ignore[arg-type]

    line._create_connection = connect  # type: ignore[attr-defined] # noqa: SLF001
    # A socket's own time begins anew with every byte: this one bounds the whole.
    whole = threading.Timer(SECONDS * 2, lambda: line.sock and line.sock.close())
    whole.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line.request("POST", path, body, headers)
        return line.getresponse().status
    except (OSError, HTTPException, ValueError) as fault:
        raise NotNow(f"没有送到：{type(fault).__name__} {fault}"[:200]) from fault
    finally:
        whole.cancel()
        line.close()
