"""The quarter and the year: sums of sealed months and nothing else; the seven ledgers; masks."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sample import Village, found, hand, opening, payment, rent
from test_reports_sheet import text_of

from app import database
from disclosure import editions, render
from disclosure.compose import compose
from disclosure.editions import Edition
from ledger.money import yuan
from ledger.registers import store as registers
from ledger.registers.assets import Asset
from ledger.registers.holdings import Contract, Resource
from ledger.registers.holdings import store as holdings
from ledger.voucher import Party
from reports.edition_pdf import edition_pdf

CADRE = Party("陈小队", "6228480000000009", "样例农商行")
BOOKS = ["accounts", "assets", "resources", "contracts", "claims", "pay", "subsidies"]


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Village:
    """A village whose first quarter is sealed; April runs."""
    root = tmp_path_factory.mktemp("quarter")
    engine = database.connect(f"sqlite:///{root / 'mingbai.sqlite'}")
    database.create(engine)
    village = Village(engine, root / "books")
    with engine.begin() as conn:
        found(conn, village)
    village.post(opening())
    for month, fen in ((1, 100_00), (2, 250_00), (3, 75_50)):
        village.on(date(2021, month, 9))
        village.post(rent(date(2021, month, 9), fen * 10))
        village.post(payment(date(2021, month, 9), fen))
        village.on(date(2021, month + 1, 2))
        if month == 3:
            pay = payment(date(2021, 3, 20), 800_00, payee=CADRE, summary="发放陈小队三月补贴")
            village.post(replace(pay, purpose="spending.cadre-pay"))
        village.seal(f"2021-{month:02d}")
    village.post(rent(date(2021, 4, 2), 999_99))
    with engine.begin() as conn:
        card = Asset(
            "A1",
            "提灌站",
            12_000_00,
            0,
            120,
            date(2020, 12, 1),
            "151",
            "152",
            "511",
            "二组",
            "赵一石",
        )
        registers.keep_asset(conn, village.code, card)
        land = Resource(
            "R1", "二组鱼塘", "水面", "二组", "东至路", "12.5", "亩", "养殖", "钱二木", "HT-1"
        )
        holdings.write_resources(conn, village.code, [land])
        day, until = date(2020, 1, 1), date(2024, 12, 31)
        lease = Contract(
            "HT-1", "钱二木", "二组鱼塘", "12.5", "亩", day, until, 3_000_00, "每年六月", 0, "会议"
        )
        holdings.write_contracts(conn, village.code, [lease])
        registers.adopt_budget(
            conn,
            village.code,
            2021,
            {"spending.upkeep": 1_000_00},
            registers.Resolved("决议", date(2021, 1, 1), "book1"),
        )
    return village


def made(village: Village, span: str, profile: str = "wall") -> Edition:
    with village.engine.begin() as conn:
        return editions.edition(conn, village.code, span, "0839-0000000", profile)  # type: ignore[arg-type]


def test_a_quarter_is_the_sum_of_its_sealed_sheets_and_names_each(quarter: Village) -> None:
    one = made(quarter, "2021-Q1")
    with quarter.engine.begin() as conn:
        sheets = [compose(conn, quarter.code, f"2021-0{at}") for at in (1, 2, 3)]
    assert one.income_fen == sum(sheet.income_fen for sheet in sheets) == 4_255_00
    assert one.spending_fen == sum(sheet.spending_fen for sheet in sheets)
    assert (one.opening_fen, one.closing_fen) == (sheets[0].opening_fen, sheets[2].closing_fen)
    assert [(m.digest, m.digits) for m in one.months] == [
        (render.digest(sheet), sheet.digits) for sheet in sheets
    ]
    totals = {row.side: row for row in one.beside if row.title == "合计"}
    assert totals["收入"].now == one.income_fen
    assert totals["支出"].now == one.spending_fen
    upkeep = next(row for row in one.beside if row.title == "道路水利维护")
    assert (upkeep.now, upkeep.year, upkeep.budget, upkeep.before) == (425_50, 425_50, 100000, None)
    basic = one.banks[0]
    assert basic.opening_fen + basic.in_fen - basic.out_fen == basic.closing_fen


@pytest.mark.parametrize(
    ("span", "words"),
    [("2021-Q2", "2021-04"), ("2021", "2021-12"), ("2019", "全部"), ("2021-Q5", "不是季度")],
)
def test_what_is_not_sealed_has_no_edition(quarter: Village, span: str, words: str) -> None:
    with pytest.raises((editions.SpanOpen, editions.BadSpan), match=words):
        made(quarter, span)
    with quarter.engine.begin() as conn:
        assert editions.whole(conn, quarter.code) == ["2021-Q1"]


def test_the_seven_ledgers_come_from_registers_and_books(quarter: Village) -> None:
    books = {book.id: book.ledger for book in made(quarter, "2021-Q1").books}
    assert list(books) == BOOKS
    accounts = {line.cells[0]: line.cells[1:] for line in books["accounts"].lines}
    held = accounts["银行存款"]
    assert held[0] + held[1] - held[2] == held[3]  # type: ignore[operator]
    assert accounts["资本"][3] == 900_000_00  # what grows on the credit side grows
    (card, total) = tuple(books["assets"].lines)
    assert card.cells[3:] == ("赵一石", 12_000_00, 300_00, 11_700_00)
    assert total.cells[-1] == 11_700_00
    assert next(iter(books["resources"].lines)).cells[4:6] == ("12.5亩", "钱二木")
    assert next(iter(books["contracts"].lines)).cells[1] == "钱二木"
    assert [line.cells[-1] for line in books["pay"].lines] == [800_00, 800_00]
    assert tuple(books["subsidies"].lines) == ()


def test_the_web_masks_persons_in_the_seven_ledgers_too(quarter: Village) -> None:
    wall, web = made(quarter, "2021-Q1"), made(quarter, "2021-Q1", "web")
    assert [one.digest for one in wall.months] == [one.digest for one in web.months]
    for name in ("赵一石", "钱二木", "陈小队"):
        assert name in str(wall.books)
        assert name not in str(web)
    for book, masked in zip(wall.books, web.books, strict=True):
        for line, other in zip(book.ledger.lines, masked.ledger.lines, strict=True):
            assert [c for c in line.cells if isinstance(c, int)] == [
                c for c in other.cells if isinstance(c, int)
            ]


def test_the_paper_has_the_figures_the_digests_and_all_seven(
    quarter: Village, tmp_path: Path
) -> None:
    one = made(quarter, "2021-Q1")
    pdf = edition_pdf(one, "https://example.org/x")
    (tmp_path / "q.pdf").write_bytes(pdf)
    text = text_of(pdf)
    for fen in (one.opening_fen, one.income_fen, one.spending_fen, one.closing_fen):
        assert yuan(fen) in text
    assert all(month.digest in text for month in one.months)
    assert all(f"{at}、{book.ledger.title}" in text for at, book in enumerate(one.books, 1))
    assert hand("book1").person not in text
    assert pdf == edition_pdf(one, "https://example.org/x")
