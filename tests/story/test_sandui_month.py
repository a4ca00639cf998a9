"""三堆镇, a month: from the request to the wall, a question, and the correction of an error.

The seed's words: 支出事项必须经村两委商议、村民代表审议，
再经村务监督委员会、镇农业服务中心共同审核把关，并逐级审签后方能办理.
"""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from sample import Village, hand, legs, opening, paper, payment, rent

from approvals import gate, signoff
from approvals.cases import waiting_for
from approvals.verify import verify
from disclosure import answers, notice, render
from disclosure.compose import compose
from ledger import closing
from ledger.book import files
from ledger.posted import store as posted
from reports.sheet_pdf import sheet_pdf

ASKED = date(2021, 5, 6)
ROAD = replace(
    payment(date(2021, 5, 20), 38_600_00),
    purpose="spending.operating",
    legs=legs(("511", 38_600_00), ("102.01", -38_600_00)),
    papers=(paper("发票", "00386001"), paper("验收单", "验5号")),
    resolution="村民代表会议〔2021〕5号",
)
ROAD_TURNS = [
    ("council", []),
    ("representatives", []),
    ("supervision", ["sup1", "sup2", "sup3", "sup4", "sup5"]),
    ("supervision", ["sup2", "sup3", "sup4", "sup5"]),
    ("supervision", ["sup3", "sup4", "sup5"]),
    ("agri-centre", ["agri1"]),
    ("clerk", ["clerk1"]),
    ("secretary", ["sec1"]),
    ("first-secretary", ["first1"]),
    ("village-cadre", ["cadre1"]),
    ("village-leader", ["leader1"]),
    ("township-head", ["head1"]),
]


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_bounded() for page in document)


def test_a_month_of_sandui(village: Village) -> None:  # noqa: PLR0915 - a story is told in one go
    village.post(opening())
    for month in (1, 2, 3, 4):
        village.on(date(2021, month + 1, 2))
        village.seal(f"2021-{month:02d}")

    # The request, and everybody in turn; nothing posts before the last of them.
    village.on(ASKED)
    standing = village.submit(ROAD)
    for step, people in ROAD_TURNS:
        assert standing.waiting()[0]["id"] == step
        with village.engine.begin() as conn:
            asked = [
                person
                for person in (*people, "head1")
                if any(
                    item.step["id"] == step
                    for item in waiting_for(conn, village.code, person, ASKED)
                )
            ]
        assert asked == people or step == "township-head"
        with pytest.raises(gate.ChainOpen), village.engine.begin() as conn:
            gate.post(conn, hand("book1"), village.desk(), standing.case)
        standing = village.step(standing)
    with pytest.raises(gate.ChainOpen, match="出纳付款"), village.engine.begin() as conn:
        gate.post(conn, hand("book1"), village.desk(), standing.case)
    village.on(date(2021, 5, 20))
    with village.engine.begin() as conn:
        signoff.pay(conn, hand("cash1"), village.desk(), standing.case)
        road = gate.post(conn, hand("book1"), village.desk(), standing.case)
    village.post(rent(date(2021, 5, 25), 1_200_00))

    # Books, seal, sheet, wall.
    village.on(date(2021, 6, 2))
    village.seal("2021-05")
    up = (date(2021, 6, 5), date(2021, 6, 25))
    village.on(up[0])
    with village.engine.begin() as conn:
        notice.publish(conn, hand("book1"), village.desk(), "2021-05", up)
        files.project(conn, village.code, village.root)
        may = compose(conn, village.code, "2021-05")
    entry = (village.root / village.code / "2021/2021-05.beancount").read_text("utf-8")
    assert "Expenses:511经营支出  38600.00 CNY" in entry
    assert (may.income_fen, may.spending_fen) == (1_200_00, 38_600_00)
    assert may.closing_fen == may.opening_fen + 1_200_00 - 38_600_00
    (line,) = may.spending[0].lines
    assert (line.number, line.approver) == ("2021-付-0001", "镇小长")
    paper_text = text_of(sheet_pdf(may))
    for words in ("38,600.00", "修田间路", may.digits[:4]):
        assert words in paper_text

    # A villager asks; the entry was filed under the wrong item; red and blue walk the same road.
    village.on(date(2021, 6, 11))
    with village.engine.begin() as conn:
        question = "田间路是大家走的，怎么算园区的生产成本？"
        clerk = hand("clerk1")
        number = answers.ask(conn, clerk, village.desk(), "2021-05", "2021-付-0001", question)
    village.on(date(2021, 6, 15))
    red = village.post(closing.red(road.voucher, road.number, date(2021, 6, 15), "项目归错"))
    blue = village.post(
        replace(
            ROAD,
            day=date(2021, 6, 15),
            purpose="spending.upkeep",
            legs=legs(("514", 38_600_00), ("102.01", -38_600_00)),
            corrects=str(road.number),
        )
    )
    with village.engine.begin() as conn:
        said = "已用红字冲销，改列道路水利维护，金额不变。"
        args = (village.desk(), number, said, str(red.number))
        answers.answer(conn, hand("clerk1"), *args)
    village.on(date(2021, 7, 2))
    village.seal("2021-06")

    # The next sheet shows both, the money is untouched, and the old sheet still checks.
    with village.engine.begin() as conn:
        june = compose(conn, village.code, "2021-06")
        again = compose(conn, village.code, "2021-05")
        files.project(conn, village.code, village.root)
        assert posted.by_number(conn, village.code, road.number) is not None
    assert (june.spending_fen, june.closing_fen) == (0, may.closing_fen)
    (erratum,) = june.errata
    assert (erratum.wrong, erratum.right) == (str(road.number), str(blue.number))
    assert (erratum.before_fen, erratum.after_fen) == (38_600_00, 38_600_00)
    assert june.answers[0].answer == said
    assert render.digest(again) == render.digest(may)
    verdict = verify(village.root / village.code, anchor=may.digits)
    assert verdict.good, verdict.fault
    bean_check(village.root / village.code / "2021/main.beancount")
    bean_check(village.root / village.code / "2021/audit.beancount")


def bean_check(path: Path) -> None:
    """Ask stock bean-check."""
    command = [str(Path(sys.executable).parent / "bean-check"), "--no-cache", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
