"""米易县草场镇 and 禹王宫村: a fee by head and month, its arrears, the contractor's ninety percent.

The seed's words: 群众按照2元/人/月的标准缴纳卫生保洁运行费; 各村根据清运企业清运情况,
每月支付合同价的90%,另10%作为年终考核,清运实效考核每月开展; 各村的缴费都率达到了85%以上;
政府出一点、集体补一点、群众筹一点.
"""

from dataclasses import replace
from datetime import date

import pytest
from sample import Village, hand, legs, opening, payment
from test_chongzhou_funds import fund, set_up

from app import proposals, regular
from app.regular import BadRegular, Regular
from approvals import funds, membership
from disclosure.compose import compose
from disclosure.sheet import Aside
from ledger.bank import cells
from ledger.bank import store as bank
from ledger.bank.line import Line, keyed
from ledger.distribution import Holding
from ledger.money import yuan
from ledger.periods import Sealed
from ledger.registers import levies, store
from ledger.registers.levies import BadLevy, BadList, BadReceipt, Levy, Receipt
from ledger.registers.levies import store as fees
from ledger.registers.membership.entry import Entry
from ledger.voucher import Party
from reports.levy_xlsx import levy_xlsx

VOTED = "村民代表会〔2021〕1号"
CLEAN = Levy("", "卫生保洁运行费", "fee", "head", 2_00, "2021-01", "2021-12", VOTED)
HOUSES = [
    Holding(f"0{1 + n % 2}-{n:03d}", f"{1 + n % 2}组", f"样例户主{n}", 4, 1, "")
    for n in range(1, 11)
]
GONE = "01-010"


def settle(village: Village) -> None:
    """Let ten households live here; the last one moves away."""
    with village.engine.begin() as conn:
        store.write(conn, village.code, HOUSES)
        for _ in range(4):
            left = [Entry("moved-out", date(2021, 1, 2), GONE, facts={"reason": "迁出"})]
            village.on(date(2021, 1, 4))
            membership.change(conn, hand("book1"), village.desk(), left)


def known(village: Village) -> dict[str, levies.Known]:
    with village.engine.begin() as conn:
        return fees.known(conn, village.code, date(2021, 1, 4))


def listed(village: Village) -> list[list[str]]:
    """Return the template as it comes back from the village, five in one house exempt."""
    table = [list(row) for row in cells.rows(levy_xlsx("样例村", known(village)), "花名册.xlsx")]
    for row in table:
        if row and row[0] == "01-002":
            row[4:6] = ["4", "五保"]
    return table


def raised(village: Village) -> Levy:
    rows = levies.read(listed(village), known(village))
    with village.engine.begin() as conn:
        return fees.add(conn, village.code, CLEAN, rows)


def paid(village: Village, one: Levy, household: str, fen: int, day: date) -> None:
    with village.engine.begin() as conn:
        fees.receive(conn, village.code, one, [Receipt(0, day, household, fen, "")])


def test_a_list_with_a_household_that_left_is_refused_with_cell_and_rule(village: Village) -> None:
    settle(village)
    head = list(levies.HEADS)
    wrong = [
        head,
        [GONE, "1组", "样例户主10", "4", "0", ""],
        ["01-002", "", "别人", "5", "6", ""],
        ["01-002", "", "", "四", "0", ""],
    ]
    with pytest.raises(BadList) as found:
        levies.read(wrong, known(village))
    said = found.value.sentence()
    for words in ("A2 户 01-010", "已迁出", "C3", "D3 人口 5", "E3", "F3", "A4", "D4 “四”"):
        assert words in said, words
    assert found.value.rule
    with pytest.raises(BadList, match="表头"):
        levies.read(wrong[1:], known(village))
    assert len(levies.read(listed(village), known(village))) == len(HOUSES) - 1


@pytest.mark.parametrize(
    "change",
    [
        {"resolution": " "},
        {"fen": 0},
        {"last": "2020-12"},
        {"kind": "case"},  # one payment, not twelve
        {"kind": "case", "last": "2021-01", "basis": "household"},
        {"kind": "case", "last": "2021-01", "fen": 8_00},  # with the seven before above the cap
    ],
)
def test_what_may_not_be_raised(change: dict[str, object]) -> None:
    before = Levy("x", "修渠", "case", "head", 7_01, "2021-03", "2021-03", VOTED)
    with pytest.raises(BadLevy):
        levies.check(replace_levy(change), [before])


def replace_levy(change: dict[str, object]) -> Levy:
    return CLEAN._replace(**change)  # type: ignore[arg-type]


def test_a_fee_from_the_vote_to_the_sheet(village: Village) -> None:
    settle(village)
    village.post(opening())
    cleaning = fund(1, "垃圾清运", "spending.cleaning")
    set_up(village, "lizhou", cleaning)
    one = raised(village)
    with pytest.raises(BadLevy, match="已经有"):
        raised(village)
    day = date(2021, 1, 12)
    moves = [("样例户主1", "", 8_00), ("别人", "交03-999", 8_00), ("别人", "代交01-004", 8_00)]
    total, lines = 0, []
    for at, (who, what, fen) in enumerate(moves, start=1):
        total += fen
        lines.append(Line(day, "", str(at), "转账", 0, fen, total, who, "", "", what, ""))
    village.on(day)
    with village.engine.begin() as conn:
        bank.add(conn, village.code, "102.01", keyed("621", lines))
        assert fees.take_from_bank(conn, village.code, one, "102.01", day) == 2
        assert fees.take_from_bank(conn, village.code, one, "102.01", day) == 0
        line = keyed("621", lines)[1].key
        with pytest.raises(BadReceipt, match=r"8\.00"):
            split = [Receipt(0, day, "02-003", 8_01, line)]
            fees.receive(conn, village.code, one, split)
    for household, fen in (("02-001", 8), (GONE, 8_00), ("01-002", 8_00), ("02-003", 97_00)):
        if household != "02-001":
            with pytest.raises(BadReceipt):
                paid(village, one, household, fen, day)
    for household in ("02-003", "02-005", "02-007", "01-006"):
        paid(village, one, household, 8_00, day)
    money = Party("1组、2组村民", "", "")
    rows = legs(("102.01", 48_00), (cleaning.account, -48_00))
    taken = replace(payment(day, 1), kind="receipt", purpose="income.levy", payee=money)
    village.post(replace(taken, summary="收卫生费", legs=rows, fund=cleaning.name))
    with pytest.raises(funds.WrongPurpose):
        rows = legs((cleaning.account, 5_00), ("102.01", -5_00))
        meal = payment(day, 1, purpose="spending.meeting", legs=rows, fund=cleaning.name)
        village.submit(meal)
    village.on(date(2021, 2, 2))
    village.seal("2021-01")
    with pytest.raises(BadReceipt, match="封存"):
        paid(village, one, "01-008", 8_00, day)
    paid(village, one, "01-008", 8_00, date(2021, 2, 3))  # on February's sheet
    with village.engine.begin() as conn:
        shown = [row for row in compose(conn, village.code, "2021-01").asides if row.part == "levy"]
        with pytest.raises(Sealed):
            fees.add(conn, village.code, CLEAN._replace(title="另一项"), [])
    one_, two = shown
    assert one_ == Aside(
        "levy",
        "1组",
        "卫生保洁运行费：4户（免收1户）应收24.00元，已收16.00元，收缴率66%，还欠",
        8_00,
    )
    assert (two.name, two.fen) == ("2组", 8_00)
    assert f"应收{yuan(40_00)}元，已收{yuan(32_00)}元，收缴率80%" in two.words


def test_the_contractor_gets_ninety_percent_and_the_rest_by_the_score(village: Village) -> None:
    year = ("2021-01", "2021-12")
    contract = Regular("", "垃圾清运合同", "held", 1, *year, "", 62_000_00, 9_000, "514", "211")
    with village.engine.begin() as conn:
        with pytest.raises(BadRegular):
            regular.keep(conn, village.code, contract._replace(rate=10_000))
        regular.keep(conn, village.code, contract)
        (kept,) = regular.all_of(conn, village.code)
        asked = {
            f"2021-{month:02d}": proposals.of_month(conn, village.code, f"2021-{month:02d}")
            for month in range(1, 13)
        }
        assert sum(one.fen for found in asked.values() for one in found) == 55_800_00
        for month in range(1, 13):
            points = 80 if month > 6 else 100
            regular.score(conn, village.code, kept.id, f"2021-{month:02d}", points)
        for wrong in (("2021-01", 90), ("2022-01", 90), ("2021-02", 101)):
            with pytest.raises(BadRegular):
                regular.score(conn, village.code, kept.id, *wrong)
        monthly, final = proposals.of_month(conn, village.code, "2021-12")
    assert monthly.fen == 4_650_00
    assert (final.title, final.fen) == ("垃圾清运合同年终考核款（平均 90 分）", 5_580_00)
    assert final.fields["debit0"] == "5580.00"
