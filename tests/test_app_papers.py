"""What a signer sees of a case: its papers as pictures, and why this seat is asked."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from test_app_staff import PIN, XIAOHE, case, enter, size, token

from app import bounded, facsimile, uploads
from app.web.room import Room
from approvals import keys, submission
from ledger.voucher import Paper

SIGNER = "xiaohe-sup1"


def room_of(counter: TestClient) -> Room:
    found: Room = counter.app.state.room  # type: ignore[attr-defined]
    return found


def leaves(count: int) -> bytes:
    """Return a PDF of so many pages, each with a black square of its own height."""
    pdf = pikepdf.new()
    for n in range(1, count + 1):
        page = pdf.add_blank_page(page_size=(200, 400))
        page.contents_add(pdf.make_stream(b"0 0 200 %d re f" % (n * 40)))
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def bring(counter: TestClient, *digests: str) -> str:
    """Submit the open case again with these papers; return the case."""
    place, one = room_of(counter), case(counter)
    kept = tuple(Paper(digest, "发票", f"样例{n}") for n, digest in enumerate(digests))
    maker, desk = keys.unlock(place.engine, one.maker, PIN), place.desk(XIAOHE)
    with place.engine.begin() as conn:
        voucher = replace(one.voucher, papers=kept, sheets=len(kept))
        submission.submit(conn, maker, desk, voucher, one.case)
    return str(one.case)


def test_each_page_of_a_pdf_is_a_picture() -> None:
    data = leaves(3)
    for n in (1, 2, 3):
        drawn = bounded.run(facsimile.__file__, data, str(n))
        assert drawn is not None
        with Image.open(io.BytesIO(drawn)) as picture:
            grey = picture.convert("L")
        assert grey.size == (facsimile.WIDTH, 2 * facsimile.WIDTH)
        black = sum(grey.histogram()[:128]) / (grey.width * grey.height)
        assert black == pytest.approx(n * 40 / 400, abs=0.01)


@pytest.mark.parametrize(("data", "number"), [(leaves(1), 2), (leaves(1), 0), (b"%PDF-1.7 x", 1)])
def test_what_cannot_be_drawn_is_none(data: bytes, number: int) -> None:
    assert bounded.run(facsimile.__file__, data, str(number)) is None


def test_a_page_of_endless_length_is_drawn_small() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(10, 14_000))
    out = io.BytesIO()
    pdf.save(out)
    with Image.open(io.BytesIO(facsimile.answer(out.getvalue(), "1"))) as picture:
        assert picture.height <= facsimile.WIDTH * facsimile.TALLEST


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 0.001)
    assert bounded.run(facsimile.__file__, leaves(1), "1") is None


def test_a_signer_sees_pdf_pages_pictures_and_what_is_lost(counter: TestClient) -> None:
    root = room_of(counter).settings.papers
    photo = io.BytesIO()
    Image.new("RGB", (30, 30), "red").save(photo, "PNG")
    pdf, png, lost = uploads.take(root, leaves(2)), uploads.take(root, photo.getvalue()), "0" * 64
    name = bring(counter, pdf, png, lost)
    enter(counter, SIGNER)
    enter(counter, "agri1")
    page = counter.get(f"/case/{XIAOHE}/{name}").text
    base = f"/paper/{XIAOHE}/{name}"
    assert f'src="{base}/{pdf}?page=2"' in page
    assert f'src="{base}/{pdf}?page=3"' not in page
    assert f'src="{base}/{png}"' in page
    assert f"{base}/{lost}" not in page
    assert "文件不在或已损坏" in page
    assert counter.get(f"{base}/{pdf}").headers["content-type"] == "application/pdf"
    drawn = counter.get(f"{base}/{pdf}?page=1")
    assert drawn.headers["content-type"] == "image/png"
    assert drawn.headers["content-security-policy"].startswith("sandbox")
    assert counter.get(f"{base}/{pdf}?page=3").status_code == 404
    assert counter.get(f"{base}/{pdf}?page=-1").status_code == 422
    assert counter.get(f"{base}/{png}?page=1").headers["content-type"] == "image/png"
    path = Path(root) / "papers" / pdf[:2] / pdf
    path.chmod(0o644)
    path.write_bytes(b"%PDF-1.7 changed on the disk")
    assert page.count("文件不在或已损坏") == 1
    assert counter.get(f"/case/{XIAOHE}/{name}").text.count("文件不在或已损坏") == 2


def test_a_signer_is_told_why(counter: TestClient) -> None:
    enter(counter, SIGNER)
    one = case(counter)
    page = counter.get(f"/case/{XIAOHE}/{one.case}").text
    assert "为什么要您签" in page
    assert "“八审会签”规定，“支出：两议、两审、六级审签”要逐级审签" in page
    need = one.needs["supervision"]
    assert f"这一步由村务监督委员会签，需要 {need} 人，已有 0 人。" in page
    english = counter.get(f"/case/{XIAOHE}/{one.case}?lang=en").text
    assert f"needed: {need}, so far: 0" in english


def test_the_figures_of_a_meeting_stay_when_they_are_wrong(counter: TestClient) -> None:
    name = bring(counter)
    csrf = enter(counter, "xiaohe-secretary")
    page = counter.get(f"/case/{XIAOHE}/{name}").text
    assert '<option value="xiaohe-clerk">' in page
    assert "这一步由会议表决，村支书（村主任）主持。" in page
    before = size(counter)
    form = {"csrf": csrf, "step": "council", "pin": PIN, "recorder_pin": PIN}
    form |= {"recorder": "xiaohe-clerk", "roster": "5", "present": "4", "favour": "6"}
    form["seen"] = re.findall(r'name="seen" value="([^"]+)"', page)[0]
    back = counter.post(f"/case/{XIAOHE}/{name}/meeting", data={**form, "against": "0"})
    assert "A018" in back.text
    assert 'name="favour" inputmode="numeric" required value="6"' in back.text
    assert '<option value="xiaohe-clerk" selected>' in back.text
    assert PIN not in back.text.replace(token(counter), "")
    assert size(counter) == before
