"""Signatures on paper: printed, brought back, confirmed; a paper of something else is refused."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pikepdf
import pypdfium2
import pytest
from counters import adopt
from fastapi.testclient import TestClient
from PIL import Image
from sample import payment
from test_app_hands import last, resubmit, touch
from test_app_passkey import AGRI, XIAOHE, enrolled, enter, meet, place_of, size, standing

from app.demo.township import PIN
from approvals import keys, signoff, submission, wet
from approvals.cases import open_cases
from approvals.policy import shipped
from approvals.verify import verify
from reports.wet_form import Asked, wet_form_print

CLERK, SUP = "xiaohe-clerk", "xiaohe-sup1"


def picture(shade: str = "white") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), shade).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def paper(counter: TestClient) -> TestClient:
    """The counter of a village whose policy takes one wet signature a case; a case that waits."""
    place = place_of(counter)
    found = shipped("lizhou")
    for chain in found["chains"]:
        chain["paper_most"] = 1
        for step in chain["steps"]:
            if step["kind"] != "meeting":
                step["method"] = "paper"
    adopt(place, XIAOHE, found)
    resubmit(counter)
    meet(counter)
    return counter


def form(counter: TestClient, csrf: str, **more: Any) -> dict[str, Any]:
    one = standing(counter)
    day = place_of(counter).clock.today().isoformat()
    signer = f"{AGRI}|agri-centre"
    sent = {"csrf": csrf, "pin": PIN, "form": wet.code(one, "agri-centre"), "signer": signer}
    return {**sent, "day": day, **more}


def bring(counter: TestClient, who: str, scan: bytes | None = None, **more: Any) -> Any:
    one = standing(counter)
    csrf = enter(counter, who)
    data = picture() if scan is None else scan
    files = {"scan": ("扫描.png", data, "image/png")}
    path = f"/case/{XIAOHE}/{one.case}/paper"
    return counter.post(path, data=form(counter, csrf, **more), files=files)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)


def test_the_form_says_what_is_signed_and_fits_a_page(paper: TestClient) -> None:
    one = standing(paper)
    enter(paper, CLERK)
    page = paper.get(f"/case/{XIAOHE}/{one.case}").text
    path = f"/case/{XIAOHE}/{one.case}/form/agri-centre.pdf"
    assert path in page
    assert "最多 1 步可以用纸质签字，已用 0 步" in page
    answer = paper.get(path)
    assert answer.headers["content-type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == 1
    said = "".join(text_of(answer.content).split())
    for part in (one.digest[:8], one.case, "壹仟贰佰肆拾元整", wet.code(one, "agri-centre")):
        assert part in said
    assert paper.get(path.replace("agri-centre", "township-head")).status_code == 409
    enter(paper, AGRI)
    assert paper.get(path).status_code == 200


def test_a_long_form_loses_no_letter() -> None:
    voucher = replace(payment(date(2022, 2, 8), 98_765_432_100), summary="修路" * 30)
    asked = Asked("村务监督委员会审核", 4, "村务监督委员会", ("王" * 3,) * 7, 12, "3f2a9c1b-12-04")
    made = wet_form_print("样例村" * 6, "20220208-3f2a9c1b", voucher, asked, "https://a.example/x")
    assert not made.missing
    assert made.pages == 1


def test_a_paper_is_entered_by_one_and_confirmed_by_another(paper: TestClient) -> None:
    one, before = standing(paper), size(paper)
    page = bring(paper, CLERK).text
    assert "等待第二人确认" in page
    assert size(paper) == before
    found = re.search(r'name="half" value="(\w+)"', page)
    assert found
    scan = re.search(rf"/paper/{XIAOHE}/{one.case}/(\w{{64}})", page)
    assert scan
    half = {"half": found[1], "pin": PIN}
    path = f"/case/{XIAOHE}/{one.case}/second"
    for who, code in ((CLERK, "A054"), (AGRI, "A054"), (one.maker, "A055")):
        csrf = enter(paper, who)
        assert "录入了" not in paper.get("/inbox").text
        assert code in paper.post(path, data={"csrf": csrf, **half}).text
    device = enrolled(paper, SUP)
    csrf = enter(paper, SUP)
    assert "的纸质签字" in paper.get("/inbox").text
    assert paper.get(scan[0]).headers["content-type"] == "image/png"
    answer = touch(paper, device, path, {"csrf": csrf, "half": found[1]})
    assert answer.status_code == 200
    event = last(paper, "paper.signed")
    said = event.statement()
    assert (said["person"], said["method"], said["body"]["confirmer"]) == (CLERK, "pin", SUP)
    assert said["body"]["second"]["method"] == "passkey"
    assert [s.person for s in standing(paper).signoffs if s.method == "paper"] == [AGRI]
    page = paper.get(f"/case/{XIAOHE}/{one.case}").text
    assert scan[0] in page  # the trail leads to the scan
    assert "纸质签字的次数已经用完" in page
    assert "A056" in bring(paper, CLERK, picture("red"), **supervised(paper)).text
    verdict = verify(place_of(paper).settings.books / XIAOHE)
    assert verdict.good, verdict.fault


def supervised(counter: TestClient) -> dict[str, str]:
    code = wet.code(standing(counter), "supervision")
    return {"form": code, "signer": f"{SUP}|supervision"}


def test_a_paper_of_something_else_is_refused_in_plain_words(paper: TestClient) -> None:
    one, before = standing(paper), size(paper)
    code = wet.code(one, "agri-centre")
    later = (place_of(paper).clock.today() + timedelta(days=1)).isoformat()
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("A104", {"form": ""}),
        ("A104", {"form": "3f2a9c1b"}),
        ("A104", {"form": f"{code[:-2]}99"}),
        ("A107", {"form": f"00000000{code[8:]}"}),
        ("A107", {"form": f"{code[:9]}7{code[10:]}"}),
        ("A011", {"form": f"{code[:-2]}10"}),
        ("A109", {"signer": ""}),
        ("A109", {"signer": f"{AGRI}|clerk"}),
        ("A109", {"signer": f"{SUP}|supervision"}),
        ("A053", {"day": later}),
        ("W064", {"day": "昨天"}),
        ("W063", {"scan": b""}),
        ("W030", {"scan": b"plain text"}),
        ("W030", {"scan": b"<?xml version='1.0'?><a/>"}),
        ("H003", {"pin": "000000"}),
    ]
    for expected, change in wrong:
        answer = bring(paper, CLERK, change.pop("scan", None), **change)
        assert expected in answer.text, (expected, change)
    assert "A054" in bring(paper, AGRI).text  # the signer does not enter their own
    assert "A055" in bring(paper, one.maker).text
    spaced = " ".join(code.upper())
    assert "等待第二人确认" in bring(paper, CLERK, form=spaced).text
    assert size(paper) == before
    resubmit(paper)
    meet(paper)
    answer = bring(paper, CLERK, form=code)
    assert "A105" in answer.text
    assert "请本人重新签字" in answer.text
    page = paper.get(f"/case/{XIAOHE}/{one.case}").text
    assert "不能再确认" in page  # what waited fell with the revision, and its owner is told


def test_a_paper_of_another_case_says_whose(paper: TestClient) -> None:
    place, one = place_of(paper), standing(paper)
    with place.engine.connect() as conn:
        maker = keys.unlock(place.engine, one.maker, PIN)
    desk = place.desk(XIAOHE)
    with place.engine.begin() as conn:
        other = submission.submit(
            conn, maker, desk, replace(one.voucher, summary="样例另一件", papers=(), bank_line="")
        )
    answer = bring(paper, CLERK, form=wet.code(other, "agri-centre"))
    assert "A106" in answer.text
    assert "这张纸是“样例另一件”的" in answer.text
    with place.engine.connect() as conn:
        assert len(open_cases(conn, XIAOHE)) >= 2
    assert signoff.paper_steps(standing(paper)) == 0


def test_one_scan_stands_for_one_signature(paper: TestClient) -> None:
    one = standing(paper)
    page = bring(paper, CLERK).text
    found = re.search(r'name="half" value="(\w+)"', page)
    assert found
    csrf = enter(paper, SUP)
    sent = {"csrf": csrf, "half": found[1], "pin": PIN}
    paper.post(f"/case/{XIAOHE}/{one.case}/second", data=sent)
    resubmit(paper)
    meet(paper)
    assert "A108" in bring(paper, CLERK).text
    assert "等待第二人确认" in bring(paper, CLERK, picture("red")).text
