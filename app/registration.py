"""Create a passkey: what a browser is asked for, and what its authenticator answers.

The relying party is the host of `base_url`; a counter on this very machine is `localhost`, because
browsers make no passkeys for bare numbers.
"""

import json
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.decode_credential_public_key import (
    DecodedEC2PublicKey,
    DecodedOKPPublicKey,
    decode_credential_public_key,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from approvals import passkey
from approvals.passkey import Assertion
from approvals.passkeys import BadCredential, Credential, Owned
from approvals.touch import BadAssertion, ForeignOrigin, Pending
from ledger.refusal import Refusal

ALGORITHMS = [COSEAlgorithmIdentifier.ECDSA_SHA_256, COSEAlgorithmIdentifier.EDDSA]
LONGEST = 40_000
MILLISECONDS = 300_000
HERE = frozenset({"127.0.0.1", "::1", passkey.LOCAL})


def relying_party(base_url: str) -> tuple[str, str]:
    """Return the relying party of an installation and the address to open; empty if none can be."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if host in HERE:
        port = f":{parts.port}" if parts.port else ""
        return passkey.LOCAL, f"http://{passkey.LOCAL}{port}"
    if parts.scheme != "https" or _is_number(host) or not passkey.RP.fullmatch(host):
        return "", ""
    return host, f"https://{parts.netloc}"


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def creation(rp: str, name: str, title: str, challenge: bytes, known: Owned | None) -> Any:  # noqa: ANN401 - JSON
    """Return the options by which a browser makes a passkey; not on a device that has `known`."""
    options = generate_registration_options(
        rp_id=rp,
        rp_name="明白账",
        user_name=name,
        user_display_name=title,
        challenge=challenge,
        timeout=MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=known.credential)] if known else [],
        supported_pub_key_algs=ALGORITHMS,
    )
    return json.loads(options_to_json(options))


def created(text: str, rp: str, challenge: bytes) -> Credential:
    """Return what an authenticator made.

    Raises:
        ForeignOrigin: on another site. BadCredential: not what was asked for.
    """
    answer = _answer(text, BadCredential)
    try:
        client = passkey.client_of(base64url_to_bytes(answer["response"]["clientDataJSON"])) or {}
        origin = client.get("origin")
    except (KeyError, TypeError, ValueError) as fault:
        raise BadCredential from fault
    if not passkey.fits(origin, rp) or client.get("crossOrigin", False) is not False:
        raise ForeignOrigin
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=rp,
            expected_origin=str(origin),
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
        alg, public = _public(made.credential_public_key)
    except Exception as fault:  # the library's parsers raise whatever their input makes them raise
        raise BadCredential from fault
    return Credential(made.credential_id, alg, public, rp, made.sign_count)


def _public(cose: bytes) -> tuple[str, bytes]:
    key = decode_credential_public_key(cose)
    if isinstance(key, DecodedEC2PublicKey):
        return passkey.ES256, b"\x04" + key.x + key.y
    if isinstance(key, DecodedOKPPublicKey):
        return passkey.EDDSA, key.x
    raise TypeError


def request(owned: Owned, pending: Pending) -> Any:  # noqa: ANN401 - JSON
    """Return the options by which a browser asks a passkey to sign a pending act."""
    options = generate_authentication_options(
        rp_id=owned.rp,
        challenge=bytes.fromhex(pending.challenge),
        timeout=MILLISECONDS,
        allow_credentials=[PublicKeyCredentialDescriptor(id=owned.credential)],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return json.loads(options_to_json(options))


def asserted(text: str) -> tuple[bytes, Assertion]:
    """Return the credential's id and the assertion in a browser's answer.

    Raises:
        BadAssertion: it is none.
    """
    answer = _answer(text, BadAssertion)
    try:
        parts = answer["response"]
        names = ("authenticatorData", "clientDataJSON", "signature")
        given = Assertion(*(base64url_to_bytes(parts[name]) for name in names))
        credential = base64url_to_bytes(answer["id"])
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise BadAssertion from fault
    if passkey.read(given.value()) is None:
        raise BadAssertion
    return credential, given


def _answer(text: str, refusal: type[Refusal]) -> dict[str, Any]:
    try:
        found = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError) as fault:
        raise refusal from fault
    if not isinstance(found, dict):
        raise refusal
    return found


class NoAddress(Refusal):
    """Browsers make no passkeys for the address of this installation."""

    code = "H021"
    says = "本系统现在的网址不能用通行密钥（须是 https 域名），请用签名密码。"
