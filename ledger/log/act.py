"""The envelope of an act: one statement, the signatures over it, one line of the log.

One envelope serves every kind of act, so that there is one thing to sign, to hash and to check
(docs/FORMATS.md, "Event line").
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ledger import canonical

FORMAT = 1
DOMAIN = b"mingbai/act/v1\n"


class Signature(NamedTuple):
    """A signature by the key with this id; `value` is hex."""

    key: str
    alg: str
    value: str


class Act(NamedTuple):
    """Somebody's deciding act.

    `at` carries its offset; `person` and `seat` are ids, `subject` is what the act is about (a
    case, a period, a seat, …), `body` is the kind's own content, JSON values only.
    """

    village: str
    kind: str
    at: datetime
    person: str
    seat: str
    method: str
    nonce: str
    subject: str
    body: Mapping[str, Any]

    def statement(self) -> dict[str, Any]:
        """Return the statement as it is signed and stored."""
        return {
            "format": FORMAT,
            "village": self.village,
            "kind": self.kind,
            "at": self.at.isoformat(timespec="seconds"),
            "person": self.person,
            "seat": self.seat,
            "method": self.method,
            "nonce": self.nonce,
            "subject": self.subject,
            "body": dict(self.body),
        }

    def to_sign(self) -> bytes:
        """Return the bytes that a key signs: domain, newline, canonical statement."""
        return DOMAIN + canonical.encode(self.statement())


class Event(NamedTuple):
    """One leaf of a village's log; `body` is the exact line, `leaf` its RFC 9162 leaf hash."""

    village: str
    seq: int
    kind: str
    subject: str
    body: bytes
    leaf: bytes

    def line(self) -> dict[str, Any]:
        """Return the parsed line: seq, statement, signatures.

        The bytes were canonical when they were appended; whoever doubts it asks `verify`.
        """
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    def statement(self) -> dict[str, Any]:
        """Return the parsed statement."""
        statement: dict[str, Any] = self.line()["statement"]
        return statement


def line(seq: int, act: Act, signatures: tuple[Signature, ...]) -> bytes:
    """Return the canonical bytes of the event at `seq` (no newline)."""
    return canonical.encode(
        {
            "seq": seq,
            "statement": act.statement(),
            "signatures": [signature._asdict() for signature in signatures],
        }
    )
