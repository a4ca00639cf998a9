"""Personal data at rest: columns that a database, its backup or its thief cannot read.

The key lies in a file of the data folder, apart from the database. Columns are sealed and opened
on their way in and out, so that every store goes on as if they were text.
"""

import hmac
import os
from base64 import b64decode, b64encode
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Dialect, Engine, Text
from sqlalchemy.types import TypeDecorator

from ledger import canonical
from ledger.refusal import Refusal

FILE = "personal.key"
NONCE = 12
BITS = 256
MARK = "p1:"  # the first way of sealing; another one gets another mark


class Vault:
    """The key to the personal columns of an installation, made at its first use."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    @cached_property
    def key(self) -> bytes:
        """Return the key.

        Raises:
            NoVault: the engine was opened without a data folder.
        """
        if self.folder is None:
            raise NoVault
        return _key(self.folder / FILE)

    @cached_property
    def cipher(self) -> AESGCM:
        """Return the cipher under the key."""
        return AESGCM(self.key)

    def seal(self, text: str, label: str) -> str:
        """Return a text as it is stored in the column `label`."""
        nonce = os.urandom(NONCE)
        data = self.cipher.encrypt(nonce, text.encode(), label.encode())
        return MARK + b64encode(nonce + data).decode()

    def open(self, sealed: str, label: str) -> str:
        """Return the text of a sealed value.

        Raises:
            KeyLost: the key file is another one, or the value was changed or moved.
        """
        try:
            raw = b64decode(sealed.removeprefix(MARK), validate=True)
            return self.cipher.decrypt(raw[:NONCE], raw[NONCE:], label.encode()).decode()
        except (InvalidTag, ValueError) as fault:
            raise KeyLost from fault


def _key(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(AESGCM.generate_key(BITS))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)  # two first uses at once: one key wins
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return path.read_bytes()[: BITS // 8]


def entrust(engine: Engine, folder: Path | None) -> None:
    """Give an engine the vault of its data folder."""
    engine.dialect.personal = Vault(folder)  # type: ignore[attr-defined]


class Personal(TypeDecorator[str]):
    """Text that is sealed in the database; `label` binds a value to its column."""

    impl = Text
    cache_ok = True

    def __init__(self, label: str) -> None:
        self.label = label
        super().__init__()

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401
        """Seal a value on its way in."""
        return None if value is None else _vault(dialect).seal(value, self.label)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401
        """Open a value on its way out."""
        return None if value is None else _vault(dialect).open(value, self.label)


def secret(conn: Connection, *what: object) -> str:
    """Return 32 bytes (hex) that only the key makes, always the same ones for `what`."""
    said = canonical.encode([str(one) for one in what])
    return hmac.digest(_vault(conn.dialect).key, b"mingbai/salt/v1\n" + said, "sha256").hex()


def _vault(dialect: Dialect) -> Vault:
    found: Vault = getattr(dialect, "personal", None) or Vault(None)
    return found


class NoVault(Refusal):
    """Personal data is asked for where no data folder, and so no key, is known."""

    code = "G010"
    says = "没有指定数据目录，读写不了个人信息。请检查安装设置 data。"
    status = 500


class KeyLost(Refusal):
    """The key file does not fit the database."""

    code = "G011"
    says = (
        "个人信息解不开：数据目录里的 personal.key 与数据库不配套。请找回原来的密钥文件，不要新建。"
    )
    status = 500
