"""The server's own key: it signs receipts and hands in cosignatures, and decides nothing."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.settings import Settings
from approvals.keys import ALG, Hand
from approvals.register import SERVER
from approvals.signing import key_id

FILE = "server.key"
WIDTH = 32


def hand(settings: Settings) -> Hand:
    """Return the server's hand; its key is made at first use, readable by the server alone.

    A lost key is no loss to the log: a new one is enrolled by the registrar, and receipts given
    under the old one stay good.
    """
    path = settings.data / FILE
    secret = _secret(path)
    private = Ed25519PrivateKey.from_private_bytes(secret)
    public = private.public_key().public_bytes_raw()
    return Hand(SERVER, key_id(ALG, public), public, SERVER, private.sign)


def _secret(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = Ed25519PrivateKey.generate().private_bytes_raw()
        part = path.with_suffix(f".{os.getpid()}.part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)  # two first starts at once: one key wins
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return path.read_bytes()[:WIDTH]
