"""What a passkey signs and how it is checked: one arithmetic for the server and for `verify`.

The act's bytes are hashed into the challenge of a WebAuthn assertion; the authenticator signs the
challenge, the address of the page and the fact that it verified its owner (docs/FORMATS.md,
"Passkeys").
"""

import json
import re
from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

DOMAIN = b"mingbai/passkey/v1\n"
ES256 = "webauthn-es256"
EDDSA = "webauthn-eddsa"
ALGS = (ES256, EDDSA)
METHOD = "passkey"
VALUE = re.compile(
    r"((?:[0-9a-f]{2}){37,1024})\.((?:[0-9a-f]{2}){2,4096})\.((?:[0-9a-f]{2}){8,72})"
)
RP = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
LOCAL = "localhost"
PRESENT, VERIFIED = 0x01, 0x04
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

# Why an assertion is refused, in the order in which it is looked at.
Reason = Literal[
    "form", "type", "challenge", "origin", "embedded", "rp", "verified", "spelling", "signature"
]
Public = EllipticCurvePublicKey | Ed25519PublicKey


class Assertion(NamedTuple):
    """The three parts of a signature's value."""

    authenticator: bytes
    client: bytes
    signature: bytes

    def value(self) -> str:
        """Return the text of the signature item."""
        return ".".join(part.hex() for part in self)

    @property
    def counter(self) -> int:
        """How many times the authenticator says that it has signed; 0 where it does not count."""
        return int.from_bytes(self.authenticator[33:37])


def challenge(data: bytes) -> bytes:
    """Return the challenge for an act's bytes to sign."""
    return sha256(DOMAIN + data).digest()


def public_key(alg: str, public: bytes) -> Public:
    """Return a public key: 65 bytes of an uncompressed P-256 point, or 32 bytes of Ed25519.

    Raises:
        ValueError: it is none.
    """
    if alg == EDDSA:
        return Ed25519PublicKey.from_public_bytes(public)
    if len(public) != 65 or public[0] != 4:  # noqa: PLR2004 - the point must be uncompressed
        raise ValueError(alg)
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public)


_known = lru_cache(maxsize=4096)(public_key)


def read(value: str) -> Assertion | None:
    """Return the parts of a signature's value, or None when it has not its form."""
    match = VALUE.fullmatch(value)
    return Assertion(*map(bytes.fromhex, match.groups())) if match else None


def spelt(alg: str, signature: bytes) -> bytes:
    """Return an authenticator's signature in its one spelling: of ECDSA the low s, in DER.

    Raises:
        ValueError: it is no signature at all.
    """
    if alg != ES256:
        return signature
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, ORDER - s))


def client_of(client: bytes) -> dict[str, Any] | None:
    """Return what the browser says that it asked for; None when it is no plain JSON object."""
    try:
        found = json.loads(client.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # A name said twice would be read in two ways by two checkers.
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def fits(origin: object, rp: str) -> bool:
    """Tell whether a page's origin belongs to a relying party."""
    if not isinstance(origin, str):
        return False
    name = re.escape(rp)
    pattern = rf"https://(?:[a-z0-9-]+\.)*{name}(?::\d{{1,5}})?"
    if rp == LOCAL:
        pattern = rf"http://{name}(?::\d{{1,5}})?"
    return re.fullmatch(pattern, origin, re.ASCII) is not None


def check(alg: str, public: bytes, rp: str, data: bytes, value: str) -> Reason | None:  # noqa: PLR0911 - one return for each reason
    """Return why an assertion is no good signature over an act's bytes; None when it is one."""
    given = read(value)
    said = client_of(given.client) if given else None
    if given is None or said is None:
        return "form"
    if said.get("type") != "webauthn.get":
        return "type"
    if said.get("challenge") != urlsafe_b64encode(challenge(data)).rstrip(b"=").decode():
        return "challenge"
    if not fits(said.get("origin"), rp):
        return "origin"
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        return "embedded"
    if given.authenticator[:32] != sha256(rp.encode()).digest():
        return "rp"
    if given.authenticator[32] & (PRESENT | VERIFIED) != PRESENT | VERIFIED:
        return "verified"
    return _arithmetic(alg, public, given)


def _arithmetic(alg: str, public: bytes, given: Assertion) -> Reason | None:
    signed = given.authenticator + sha256(given.client).digest()
    try:
        if spelt(alg, given.signature) != given.signature:
            return "spelling"
        key = _known(alg, public)
        if isinstance(key, Ed25519PublicKey):
            key.verify(given.signature, signed)
        else:
            key.verify(given.signature, signed, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return "signature"
    return None
