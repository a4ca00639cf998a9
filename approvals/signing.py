"""What signers bind themselves to: the chain of heads (docs/FORMATS.md, head₀ and next head)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from ledger import canonical
from ledger.log.act import Act

HEAD = b"mingbai/head/v1\n"
NEXT = b"mingbai/next/v1\n"
KEY = b"mingbai/key/v1\n"
# What the second hand adds to an act that the first has signed before (docs/FORMATS.md).
LATER = {
    "meeting.closed": ("second",),
    "paper.signed": ("second", "confirmer", "confirmer_seat"),
}


def first_head(
    revision: int, digest: str, policy: str, chain: str, skips: Sequence[dict[str, Any]]
) -> str:
    """Return head₀ of a revision, hex."""
    bound = {
        "revision": revision,
        "digest": digest,
        "policy": policy,
        "chain": chain,
        "skips": list(skips),
    }
    return sha256(HEAD + canonical.encode(bound)).hexdigest()


def next_head(head: str, leaves: Iterable[str]) -> str:
    """Return the head after a turn whose approvals have these hex leaf hashes."""
    bound = {"head": head, "signoffs": sorted(leaves)}
    return sha256(NEXT + canonical.encode(bound)).hexdigest()


def key_id(alg: str, public: bytes) -> str:
    """Return the id of a public key: 16 hex digits."""
    return sha256(KEY + alg.encode() + b"\n" + public).hexdigest()[:16]


def first_half(act: Act) -> bytes:
    """Return the bytes that the first hand of an act of two hands signs.

    They are those of the whole act, or, where the second hand signs later or in another way
    (`second` in the body), those of the act as it stood then.
    """
    second = act.body.get("second")
    if second is None:
        return act.to_sign()
    kept = {name: value for name, value in act.body.items() if name not in LATER[act.kind]}
    return act._replace(at=datetime.fromisoformat(second["began"]), body=kept).to_sign()
