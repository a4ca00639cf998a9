"""A pond is let: from the register to the rent proposed, signed, received, and on the sheet."""

from datetime import date

import pytest
from sample import Village, legs, opening

from app import drafts, ledgers, proposals, rents
from app.ledgers import Asked
from app.web import draft, lines
from app.web.contracts import state
from approvals.verify import verify
from disclosure.compose import compose
from ledger.accounts import chart_of
from ledger.bank import store as bank_lines
from ledger.bank.line import Line, keyed
from ledger.book import files
from ledger.registers import rents as contracts
from ledger.registers.dimensions import store as dimensions
from ledger.registers.holdings import Contract
from ledger.registers.holdings import store as holdings
from ledger.registers.rents import NotBid
from ledger.voucher import Voucher

POND = Contract(
    "HT-001", "样例养殖户", "水库坝下鱼塘", "12.5", "亩", date(2021, 1, 1), date(2025, 12, 31),
    12_000_00, "每半年先交", 1_000_00, "", "lease", 6, "2021-01", "501", "112.01",
)  # fmt: skip


def received(village: Village, day: date, fen: int) -> tuple[Voucher, str, bool]:
    """Bring a line of the bank and return the voucher that it is proposed, why, and how sure."""
    line = Line(
        day, "10:00:00", "1", "转账", 0, fen, fen, "样例养殖户", "6228", "样例农商行", "塘租", ""
    )
    (kept,) = keyed("6210001", [line])
    with village.engine.begin() as conn:
        bank_lines.add(conn, village.code, "102.01", [kept._replace(balance_fen=fen)])
        found = bank_lines.unmatched(conn, village.code, "102.01")
        known = lines.known(conn, village.code, "102.01", found)
    return lines.proposed(known, village.code, "102.01", found[-1])


def test_a_rent_from_the_register_to_the_sheet(village: Village) -> None:  # noqa: PLR0915
    village.post(opening())
    code = village.code
    with village.engine.begin() as conn:
        chart = chart_of(conn, code)
        with pytest.raises(NotBid, match=r"60,000\.00"):
            contracts.check(POND, chart, 50_000_00)
        pond = POND._replace(bid="public", resolution="村民会议〔2020〕6号")
        contracts.check(pond, chart, 50_000_00)
        holdings.keep_contract(conn, code, pond)

        # January asks for the first half-year; it becomes a draft once.
        (asked,) = proposals.of_month(conn, code, "2021-01")
        assert (asked.title, asked.fen) == ("应收租金：合同 HT-001", 6_000_00)
        assert proposals.make(conn, code, "2021-01", [asked.item], "book1", village.now) == 1
        assert proposals.make(conn, code, "2021-01", [asked.item], "book1", village.now) == 0
        kept = drafts.get(conn, code, proposals.draft_id(code, "2021-01", asked.item))
        assert kept is not None
        assert "样例养殖户" not in str(kept.fields)  # the name stays in the register, sealed
        voucher = draft.drafted(
            {**kept.fields, "village": code}, None, dimensions.known(conn, code)
        )
    village.on(date(2021, 1, 31))
    village.post(voucher)
    with village.engine.begin() as conn:
        drafts.done(conn, code, kept.id, kept.version)
        (asked,) = proposals.of_month(conn, code, "2021-01")
        assert asked.state == proposals.ENTERED
        assert proposals.of_month(conn, code, "2021-02") == []
        (rent,) = rents.standing(conn, code, date(2021, 2, 1))
        assert (rent.due, rent.got, rent.owed, rent.late) == (6_000_00, 0, 6_000_00, 6_000_00)
        assert state(rent, date(2021, 2, 1)) == "在履行"
    village.seal("2021-01")

    # A part comes through the bank, and it is said that it is short; then the rest, exactly.
    village.on(date(2021, 2, 20))
    part, why, sure = received(village, date(2021, 2, 20), 4_000_00)
    assert (why, sure) == ("合同 HT-001 的租金，应收 6,000.00 元，这笔少 2,000.00 元", False)
    assert part.purpose == "income.collect"
    village.post(part)
    with village.engine.begin() as conn:
        (rent,) = rents.standing(conn, code, date(2021, 2, 20))
        assert (rent.got, rent.owed, rent.late) == (4_000_00, 2_000_00, 2_000_00)
        want = Asked("auxiliary", "2021-01", "2021-12", by="dim-contract")
        made = [*ledgers.ledger(conn, code, want).ledger.lines]
        assert [line.cells[2:] for line in made[:2]] == [(2, 6_000_00, 4_000_00), (1, 0, 6_000_00)]
        feb = compose(conn, code, "2021-02")
        files.project(conn, code, village.root)
    assert feb.income_fen == 4_000_00
    assert [(one.name, one.fen) for one in feb.receivables] == [("样例合作社", 2_000_00)]
    text = (village.root / code / "2021/2021-02.beancount").read_text("utf-8")
    assert 'dim-contract: "HT-001 水库坝下鱼塘"' in text
    assert verify(village.root / code).good

    # Ended early, nothing falls due after; run out, the proposals stop by themselves.
    with village.engine.begin() as conn:
        ended = pond._replace(ended=date(2021, 6, 30), ending="协商解除")
        contracts.check(ended, chart, 50_000_00)
        holdings.keep_contract(conn, code, ended)
        assert proposals.of_month(conn, code, "2021-07") == []
        (rent,) = rents.standing(conn, code, date(2022, 1, 1))
        assert (rent.due, state(rent, date(2022, 1, 1))) == (6_000_00, "已终止")


def test_rent_entered_by_hand_is_recognised_by_its_contract(village: Village) -> None:
    village.post(opening())
    with village.engine.begin() as conn:
        holdings.keep_contract(conn, village.code, POND)
        dims = contracts.voucher(village.code, POND, contracts.dues(POND)[0]).legs[0].dims
    rows = legs(("102.01", 6_000_00), ("501", -6_000_00))
    rows = (rows[0], rows[1]._replace(dims=dims))
    day = date(2021, 1, 9)
    village.post(Voucher(village.code, "receipt", day, "收塘租", "income.rent", rows, "文小书"))
    with village.engine.begin() as conn:
        (asked,) = proposals.of_month(conn, village.code, "2021-01")
        assert asked.state == proposals.ENTERED
        (rent,) = rents.standing(conn, village.code, date(2021, 2, 9))
        assert (rent.got, rent.owed, rent.late) == (6_000_00, 0, 0)
