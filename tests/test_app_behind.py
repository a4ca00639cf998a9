"""What stands behind a public line: who agreed and its papers, without a mark of any person."""

import io
import re
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sample import Village, hand, opening, payment
from test_disclosure_everywhere import marked

from app import uploads
from app.behind import behind
from app.settings import Settings
from app.web import create_app
from disclosure import notice
from disclosure.paper_text import LEFT_OUT, public_lines
from ledger.registers.holdings import Member
from ledger.registers.holdings import store as holdings
from ledger.voucher import Paper
from reports.paper import A4, Ink
from reports.paper import Paper as Page

NUMBER = "2021-付-0001"


def pdf(lines: list[str]) -> bytes:
    page = Page(A4, 40)
    for line in lines:
        page.paragraph(40, line, Ink(), page.room)
    return page.finish("样例", "样例").pdf


def photo() -> bytes:
    """Return a photo that tells in its metadata where it was taken and by whom."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x013B], exif[0x010E] = "OWNER-MARK", "PLACE-MARK"
    Image.new("RGB", (40, 30), "white").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def shown(village: Village) -> tuple[Village, list[tuple[str, str, str]]]:
    """A published January whose payment carries a PDF full of people and a photo."""
    rng = Random(11)  # noqa: S311 - repeatable
    people = [marked(rng) for _ in range(60)]
    lines = ["验收单", "清运垃圾 12 车，每车 25.00 元", "共 300.00 元"]
    for identity, mobile, account in people:
        spaced = " ".join(account[at : at + 4] for at in range(0, 20, 4))
        lines += [f"工钱 {identity} 已付", f"打 {mobile[:3]}-{mobile[3:7]}-{mobile[7:]}", spaced]
    lines += ["经张晓明现场看过", "欧阳木", "姓名 李四水", "何大山 30 元"]
    root = village.root.parent
    kept = (
        Paper(uploads.take(root, pdf(lines)), f"张晓明验收单 {people[0][0]}", "", "acceptance"),
        Paper(uploads.take(root, photo()), "现场", "", "photo"),
    )
    with village.engine.begin() as conn:
        member = Member("01-001", 1, "张晓明", "户主", 1)
        holdings.write_members(conn, village.code, [member])
    village.post(opening())
    village.post(replace(payment(date(2021, 1, 9), 300_00), papers=kept))
    village.on(date(2021, 2, 2))
    village.seal("2021-01")
    return village, people


def publish(village: Village) -> None:
    with village.engine.begin() as conn:
        up = (date(2021, 2, 8), date(2021, 2, 28))
        notice.publish(conn, hand("book1"), village.desk(), "2021-01", up)


def test_a_public_line_opens_to_its_papers_and_no_mark_is_there(
    shown: tuple[Village, list[tuple[str, str, str]]],
) -> None:
    village, people = shown
    settings = Settings(data=village.root.parent, today=date(2021, 2, 9))
    web = create_app(settings)
    base = f"/v/{village.code}/2021-01"
    with TestClient(web, base_url="http://127.0.0.1:8321") as client:
        assert client.get(f"{base}/line/{NUMBER}").status_code == 404  # not published yet
        publish(village)
        assert f'"2021-01/line/{NUMBER}"' in client.get(base).text
        page = client.get(f"{base}/line/{NUMBER}").text
        for wrong in ("2021-付-0099", "2021-收-0001", "x'><script>"):
            answer = client.get(f"{base}/line/{wrong}")
            assert (answer.status_code, "<script>" in answer.text) == (404, False)
        assert client.get(f"/v/{village.code}/2021-13/line/{NUMBER}").status_code == 404
    web.state.room.engine.dispose()
    assert "清运垃圾 12 车，每车 25.00 元" in page
    assert "镇小长" in page  # who agreed last
    assert "照片和扫描件上可能有个人信息" in page
    digits = re.sub(r"[\s-]", "", page)
    assert not [number for one in people for number in one if number in digits]
    for name in ("张晓明", "欧阳木", "李四水", "何大山", "OWNER-MARK", "PLACE-MARK"):
        assert name not in page
    assert "张*明" in page


def test_the_marks_would_be_found_where_they_are_not_taken_out(
    shown: tuple[Village, list[tuple[str, str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    village, people = shown
    publish(village)
    monkeypatch.setattr("app.behind.public_lines", lambda text, _: text.splitlines())
    with village.engine.begin() as conn:
        found = behind(conn, village.root.parent, village.code, "2021-01", NUMBER)
    assert all(people[0][at] in re.sub(r"[\s-]", "", str(found)) for at in range(3))


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("水泥 20 袋 单价 25.00", "水泥 20 袋 单价 25.00"),
        ("张三 李四水 王五", "张* 李*水 王*"),
        ("电 话 0839-1234567", LEFT_OUT),
        ("打 0839-1234567 问", "打 ［号码不公开］ 问"),
        ("川H12345 运沙", "［号码不公开］ 运沙"),
        ("寄 abc@example.org", "寄 ［号码不公开］"),
        ("５１０８０２１９９００１０１１２３４", "［号码不公开］"),
        ("6228 4800 0000 0000 001", "［号码不公开］"),
        ("阿依·古丽", "阿***丽"),
        ("户主签名", LEFT_OUT),
    ],
)
def test_rules_of_text(line: str, shown: str) -> None:
    assert public_lines(line, ()) == [shown]
