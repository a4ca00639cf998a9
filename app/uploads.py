"""Papers that people bring: by content, bounded, cleaned of what has no business in a receipt."""

import io
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from PIL import Image, ImageOps

from app import invoices
from ledger import papers
from ledger.refusal import Refusal

PIXELS = 60_000_000
LONG_SIDE = 4000  # of a picture as it is kept: A4 at 340 dots an inch
# What Pillow says of a picture that is torn, hostile or none.
UNREADABLE = (
    OSError,
    ValueError,
    TypeError,
    SyntaxError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
# ISO 32000-1 12.6 (actions) and 7.11.4 (embedded files): what makes a PDF act or carry files.
ACTIVE = frozenset({"/JS", "/JavaScript", "/AA", "/EmbeddedFiles", "/EF", "/XFA"})
ACTS = frozenset(
    {
        "/JavaScript", "/Launch", "/GoToE", "/GoToR", "/ImportData", "/SubmitForm",
        "/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/FileAttachment", "/RichMedia",
        "/3D", "/Screen",
    }
)  # fmt: skip


def take(root: Path, data: bytes) -> str:
    """Keep an uploaded paper and return its digest; pictures are decoded and written anew.

    Raises:
        NoPaper: the content is none of JPEG, PNG, PDF, OFD and XML, or cannot be read.
        NoInvoice: an XML or OFD file that states no invoice.
        ActivePdf: the PDF holds scripts, launch actions or embedded files.
        PaperTooLarge: over 10 MiB (`ledger.papers`).
    """
    if len(data) > papers.LARGEST:
        raise papers.PaperTooLarge(mib=f"{len(data) / 2**20:.1f}")
    kind = papers.sniff(data)
    if kind is None:
        raise NoPaper
    if kind in {"xml", "ofd"}:
        # The original of a digital invoice is this file: it is kept as it came, never its print.
        if invoices.read(data) is None:
            raise NoInvoice
        return papers.save(root, data)
    if kind == "pdf":
        _check_pdf(data)
        return papers.save(root, data)
    return papers.save(root, _picture(data, kind))


def _picture(data: bytes, kind: papers.Kind) -> bytes:
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(data), formats=(kind.upper(),)) as picture,
        ):
            if picture.width * picture.height > PIXELS:
                raise NoPaper
            plain = _flat(picture)
    except UNREADABLE as fault:
        raise NoPaper from fault
    out = io.BytesIO()
    # Nothing of the old file's metadata is handed on: no place, no camera, no owner.
    plain.save(out, "PNG" if kind == "png" else "JPEG", quality=88)
    return out.getvalue()


def _flat(picture: Image.Image) -> Image.Image:
    """Return the picture upright, on white, in three colours, no longer than it need be."""
    picture.draft("RGB", (LONG_SIDE, LONG_SIDE))
    # A phone writes its picture lying and notes in the metadata how to turn it.
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONG_SIDE, LONG_SIDE))
    if not upright.has_transparency_data:
        return _bare(upright.convert("RGB"))
    clear = upright.convert("RGBA")
    return _bare(Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear))


def _bare(picture: Image.Image) -> Image.Image:
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    return bare


def _check_pdf(data: bytes) -> None:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            active = any(_active(item) for item in _parts(pdf))
            pages = len(pdf.pages)
    except (pikepdf.PdfError, pikepdf.ForeignObjectError, *UNREADABLE, RuntimeError) as fault:
        raise NoPaper from fault
    if active:
        raise ActivePdf
    if not pages:
        raise NoPaper


def _parts(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Give every dictionary of a PDF, those written inside another one too."""
    waiting = [pdf.trailer, *pdf.objects]
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Array):
            inner = list(item.as_list())
        elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            yield item
            inner = [value for _, value in item.items()]
        else:
            continue
        # What is referred to by number is an object of its own, met in `objects`.
        waiting += [one for one in inner if _nested(one)]


def _nested(item: object) -> bool:
    return isinstance(item, pikepdf.Array | pikepdf.Dictionary) and not item.is_indirect


def _active(item: pikepdf.Object) -> bool:
    named = {str(item.get(name)) for name in ("/S", "/Subtype") if name in item}
    return bool(named & ACTS) or not ACTIVE.isdisjoint(item.keys())


class NoPaper(Refusal):
    """The upload is no picture, PDF or electronic invoice that can be read."""

    code = "W030"
    says = (
        "附件只收 JPEG、PNG 图片、PDF，以及电子发票的 OFD、XML 原件，且要能正常打开。"
        "请重新拍照或导出后再传。"
    )
    status = 422


class ActivePdf(Refusal):
    """The PDF holds scripts, actions or embedded files."""

    code = "W031"
    says = "这个 PDF 带有脚本、动作或内嵌文件，不能接收。请打印成普通 PDF 或拍照后再传。"
    status = 422


class NoInvoice(Refusal):
    """An XML or OFD file that states no invoice."""

    code = "W032"
    says = "这个 XML 或 OFD 文件里读不出发票号码。请换成发票的 PDF，或打印后拍照上传。"
    rule = "财会〔2024〕12号 第六条、第十八条（电子凭证会计数据标准）"
    status = 422
