"""An authenticator in software: credentials for registration, assertions for signing.

It answers a page's options as a browser would; `bend` changes one thing of the answer, so that a
test can say which one is refused.
"""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from approvals.passkey import EDDSA, ES256, ORDER

LOCALHOST = "http://localhost:8321"


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One credential of one relying party."""

    alg: str = ES256
    rp: str = "localhost"
    origin: str = LOCALHOST
    counter: int = 0
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    private: Any = None

    def __post_init__(self) -> None:
        if self.private is None:
            made = generate_private_key(SECP256R1()) if self.alg == ES256 else None
            self.private = made or Ed25519PrivateKey.generate()

    @property
    def public(self) -> bytes:
        """The public key as the log spells it."""
        if self.alg == EDDSA:
            return bytes(self.private.public_key().public_bytes_raw())
        point = (Encoding.X962, PublicFormat.UncompressedPoint)
        return bytes(self.private.public_key().public_bytes(*point))

    @property
    def key(self) -> str:
        """The id of the key by docs/FORMATS.md."""
        data = b"mingbai/key/v1\n" + self.alg.encode() + b"\n" + self.public
        return sha256(data).hexdigest()[:16]

    def cose(self) -> bytes:
        """Return the public key as authenticators give it."""
        if self.alg == EDDSA:
            return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: self.public})
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: self.public[1:33], -3: self.public[33:]})

    def client(self, kind: str, challenge: bytes, bend: Mapping[str, Any]) -> bytes:
        said = {"type": kind, "challenge": b64(challenge), "origin": self.origin}
        said |= {"crossOrigin": False, **bend.get("said", {})}
        text: str = bend.get("client") or json.dumps(said)
        return text.encode()

    def data(self, bend: Mapping[str, Any]) -> bytes:
        """Return the authenticator's data: relying party, flags, counter."""
        self.counter = bend.get("counter", self.counter)
        rp = sha256(bend.get("rp", self.rp).encode()).digest()
        return rp + bytes([bend.get("flags", 0x05)]) + self.counter.to_bytes(4)

    def raw(self, data: bytes, *, high: bool | None = None) -> bytes:
        """Sign bytes; `high` asks for the high or the low s of ECDSA."""
        if not isinstance(self.private, EllipticCurvePrivateKey):
            return bytes(self.private.sign(data))
        r, s = decode_dss_signature(self.private.sign(data, ECDSA(SHA256())))
        low = min(s, ORDER - s)
        s = s if high is None else (ORDER - low if high else low)
        return encode_dss_signature(r, s)

    def assertion(self, challenge: bytes, **bend: Any) -> tuple[bytes, bytes, bytes]:
        """Return authenticatorData, clientDataJSON and signature."""
        data, client = self.data(bend), self.client("webauthn.get", challenge, bend)
        signature = self.raw(data + sha256(client).digest(), high=bend.get("high"))
        return data, client, bend.get("signature", signature)

    def value(self, challenge: bytes, **bend: Any) -> str:
        """Return the value of a signature item."""
        return ".".join(part.hex() for part in self.assertion(challenge, high=False, **bend))

    def get(self, options: Mapping[str, Any], **bend: Any) -> dict[str, Any]:
        """Answer request options."""
        data, client, signature = self.assertion(unb64(options["challenge"]), **bend)
        response = {"authenticatorData": b64(data), "clientDataJSON": b64(client)}
        response |= {"signature": b64(signature), "userHandle": None}
        name = b64(bend.get("credential", self.credential))
        return {"id": name, "rawId": name, "type": "public-key", "response": response}

    def create(self, options: Mapping[str, Any], **bend: Any) -> dict[str, Any]:
        """Answer creation options, without attestation."""
        client = self.client("webauthn.create", unb64(options["challenge"]), bend)
        data = self.data({"flags": 0x45, **bend}) + bytes(16)
        data += len(self.credential).to_bytes(2) + self.credential + self.cose()
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {"clientDataJSON": b64(client), "attestationObject": b64(attested)}
        name = b64(self.credential)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}
