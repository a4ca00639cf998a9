"""Papers of account (receipts, minutes, photos), kept by the digest of their bytes."""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Literal

from ledger.refusal import Refusal

Kind = Literal["pdf", "png", "jpeg", "ofd", "xml"]
LARGEST = 10 * 2**20
DIGEST = re.compile(r"[0-9a-f]{64}")
PDF_WITHIN = 1024  # readers accept a few bytes before the header
XML_WITHIN = 200  # the mark of an XML file stands first, after blanks at most


def sniff(data: bytes) -> Kind | None:
    """Tell what the bytes are by their content, never by a name; None for anything else.

    `ofd` is the layout file of GB/T 33190, a zip with `OFD.xml`; `xml` any XML in UTF-8.
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if b"%PDF-" in data[:PDF_WITHIN]:
        return "pdf"
    if data.startswith(b"PK\x03\x04") and b"OFD.xml" in data:
        return "ofd"
    if (
        data[:XML_WITHIN]
        .removeprefix(b"\xef\xbb\xbf")
        .lstrip()
        .startswith((b"<?xml", b"<EInvoice"))
    ):
        return "xml"
    return None


def save(root: Path, data: bytes) -> str:
    """Keep a paper under `root/papers/ab/<sha256>` and return its digest (hex).

    The file is there whole or not at all; saving the same bytes again changes nothing.

    Raises:
        PaperTooLarge: more than 10 MiB.
        EmptyPaper: no bytes.
    """
    if not data:
        raise EmptyPaper
    if len(data) > LARGEST:
        raise PaperTooLarge(mib=f"{len(data) / 2**20:.1f}")
    digest = hashlib.sha256(data).hexdigest()
    target = _place(root, digest)
    if not _intact(target, digest):
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, data)
    return digest


def load(root: Path, digest: str) -> bytes:
    """Return the paper with this digest (hex).

    Raises:
        UnknownPaper: there is none.
        DamagedPaper: the bytes on disk are not those that were saved.
    """
    target = _place(root, digest)
    if not target.is_file():
        raise UnknownPaper(digest=digest[:12])
    data = target.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise DamagedPaper(digest=digest[:12])
    return data


def _place(root: Path, digest: str) -> Path:
    # Digests come from requests: nothing but 64 hex digits may become a path.
    if not DIGEST.fullmatch(digest):
        raise UnknownPaper(digest=digest[:12])
    return root / "papers" / digest[:2] / digest


def _intact(target: Path, digest: str) -> bool:
    return target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == digest


def _write(target: Path, data: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        part = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
        _sync_folder(folder)  # each may be new: the name of a folder lies in the one above


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class PaperTooLarge(Refusal):
    """The paper is larger than 10 MiB."""

    code = "F001"
    says = "文件有 {mib} MB，超过 10 MB 的上限。请压缩或重新拍照后上传。"
    status = 413


class EmptyPaper(Refusal):
    """The paper has no bytes."""

    code = "F002"
    says = "文件是空的，请重新选择。"
    status = 422


class UnknownPaper(Refusal):
    """No paper with this digest is kept here."""

    code = "F003"
    says = "没有找到单据 {digest}…，请重新上传原件。"
    status = 404


class DamagedPaper(Refusal):
    """The bytes on disk are not those that were saved: somebody or something changed them."""

    code = "F004"
    says = "单据 {digest}… 与保存时不一致，可能被改动或损坏。请从备份恢复，并告知镇代管中心。"
    rule = "财会〔2024〕12号 第三十一条 防篡改"
    status = 500
