"""Papers brought to the counter: hostile PDFs, photos as phones write them, torn files."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from PIL import Image

from app import uploads
from ledger import papers

TURNED = 6  # EXIF: to be turned a quarter clockwise
ORIENTATION, GPS, MODEL = 0x0112, 0x8825, 0x0110


def pdf(change: Callable[[pikepdf.Pdf], object], **how: object) -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    change(made)
    out = io.BytesIO()
    made.save(out, **how)  # type: ignore[arg-type]
    return out.getvalue()


def link(made: pikepdf.Pdf, action: Dictionary) -> None:
    box = [0, 0, 9, 9]
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=box, A=action)
    made.pages[0].obj.Annots = Array([note])


def names(made: pikepdf.Pdf, tree: Dictionary) -> None:
    made.Root.Names = tree


def attached(made: pikepdf.Pdf) -> None:
    inner = Dictionary(F=made.make_stream(b"MZ"))
    spec = Dictionary(Type=Name.Filespec, F="a.exe", EF=inner)
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], FS=spec)
    made.pages[0].obj.Annots = Array([note])


def on_open(made: pikepdf.Pdf, action: object) -> None:
    made.Root.OpenAction = action


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS="app.alert(1)")


HOSTILE: dict[str, Callable[[pikepdf.Pdf], object]] = {
    "script on opening": lambda p: on_open(p, script()),
    "script on opening, by number": lambda p: on_open(p, p.make_indirect(script())),
    "script behind a link": lambda p: link(p, script()),
    "script that follows a link": lambda p: link(
        p, Dictionary(S=Name.URI, URI="https://example.cn", Next=Array([script()]))
    ),
    "scripts by name": lambda p: names(
        p, Dictionary(JavaScript=Dictionary(Names=Array(["a", script()])))
    ),
    "a program to start": lambda p: link(p, Dictionary(S=Name.Launch, F="cmd.exe")),
    "another file to open": lambda p: link(p, Dictionary(S=Name.GoToR, F="//host/x.pdf")),
    "a form to send": lambda p: link(p, Dictionary(S=Name.SubmitForm, F="https://example.cn")),
    "files inside": lambda p: names(p, Dictionary(EmbeddedFiles=Dictionary(Names=Array([])))),
    "a file pinned on": attached,
    "a page that acts": lambda p: setattr(p.pages[0].obj, "AA", Dictionary(O=script())),
    "an XFA form": lambda p: setattr(p.Root, "AcroForm", Dictionary(XFA=Array([]))),
}
HARMLESS: dict[str, Callable[[pikepdf.Pdf], object]] = {
    "opens at its first page": lambda p: on_open(p, Array([p.pages[0].obj, Name.Fit])),
    "goes to its first page": lambda p: on_open(
        p, Dictionary(S=Name.GoTo, D=Array([p.pages[0].obj, Name.Fit]))
    ),
    "links to a page": lambda p: link(p, Dictionary(S=Name.URI, URI="https://example.cn")),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize("what", HOSTILE)
def test_a_pdf_that_acts_is_refused(tmp_path: Path, what: str, *, packed: bool) -> None:
    mode = pikepdf.ObjectStreamMode
    data = pdf(HOSTILE[what], object_stream_mode=mode.generate if packed else mode.disable)
    with pytest.raises(uploads.ActivePdf):
        uploads.take(tmp_path, data)
    assert not (tmp_path / "papers").exists()


@pytest.mark.parametrize("what", HARMLESS)
def test_an_ordinary_pdf_is_kept_byte_for_byte(tmp_path: Path, what: str) -> None:
    data = pdf(HARMLESS[what])
    assert papers.load(tmp_path, uploads.take(tmp_path, data)) == data


def emptied(made: pikepdf.Pdf) -> None:
    del made.pages[0]


@pytest.mark.parametrize("data", [b"%PDF-1.7 torn", pdf(emptied)], ids=["torn", "empty"])
def test_a_pdf_without_pages_is_no_paper(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(uploads.NoPaper):
        uploads.take(tmp_path, data)


def photo(picture: Image.Image, kind: str = "JPEG", **tags: object) -> bytes:
    exif = Image.Exif()
    exif[MODEL], exif[ORIENTATION] = "phone-of-somebody", tags.get("turned", 1)
    exif.get_ifd(GPS)[1] = "N"
    out = io.BytesIO()
    picture.save(out, kind, exif=exif.tobytes(), quality=95)
    return out.getvalue()


def kept(root: Path, data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(papers.load(root, uploads.take(root, data))))


def test_a_photo_taken_upright_stays_upright(tmp_path: Path) -> None:
    lying = Image.new("RGB", (200, 100), "white")
    lying.paste("red", (0, 0, 100, 100))  # the left half, the top once it is turned
    shown = kept(tmp_path, photo(lying, turned=TURNED))
    assert shown.size == (100, 200)
    top, bottom = shown.getpixel((50, 40)), shown.getpixel((50, 160))
    red, white = 60, 200  # at most, at least, of green
    assert top[1] < red  # type: ignore[index,operator]
    assert bottom[1] > white  # type: ignore[index,operator]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_nothing_of_who_and_where_is_kept(tmp_path: Path, kind: str) -> None:
    shown = kept(tmp_path, photo(Image.new("RGB", (20, 20), "white"), kind))
    assert shown.format == kind
    assert dict(shown.getexif()) == {}
    assert not {"exif", "comment", "XML:com.adobe.xmp", "icc_profile"} & shown.info.keys()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_clear_is_shown_on_white(tmp_path: Path, mode: str) -> None:
    clear = Image.new("RGBA", (30, 30), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (10, 10, 20, 20))
    out = io.BytesIO()
    clear.convert(mode).save(out, "PNG")
    shown = kept(tmp_path, out.getvalue())
    assert shown.getpixel((2, 2)) == (255, 255, 255)
    assert shown.getpixel((15, 15)) == (0, 0, 0)


def test_a_large_photo_is_kept_at_a_size_that_reads_well(tmp_path: Path) -> None:
    shown = kept(tmp_path, photo(Image.new("RGB", (7000, 3500), "white")))
    assert max(shown.size) == uploads.LONG_SIDE
    assert shown.width == 2 * shown.height


@pytest.mark.parametrize("side", [9_000, 10_000])
def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path: Path, side: int) -> None:
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    with pytest.raises(uploads.NoPaper):
        uploads.take(tmp_path, out.getvalue())


def test_too_large_is_said_before_it_is_opened(tmp_path: Path) -> None:
    with pytest.raises(papers.PaperTooLarge):
        uploads.take(tmp_path, b"\xff\xd8\xff" + bytes(papers.LARGEST))


SAMPLES = (
    photo(Image.effect_noise((40, 30), 40), turned=TURNED),
    photo(Image.effect_noise((40, 30), 40), "PNG"),
    pdf(HARMLESS["links to a page"]),
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_torn_file_is_kept_clean_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    torn = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 6))):
        torn[data.draw(st.integers(0, len(torn) - 1))] = data.draw(st.integers(0, 255))
    torn = torn[: data.draw(st.integers(1, len(torn)))]
    try:
        digest = uploads.take(tmp_path, bytes(torn))
    except (uploads.NoPaper, uploads.ActivePdf):
        return
    assert b"phone-of-somebody" not in papers.load(tmp_path, digest)
