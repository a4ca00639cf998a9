"""交接清单: what an office hands over at a change of terms, read from the books and registers."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from app import inquiries
from approvals import cases, register
from approvals.leaving import Plan
from approvals.rules import STATES
from disclosure import answers
from ledger import canonical, periods
from ledger.accounts import chart_of
from ledger.bank import store as bank
from ledger.legs import store as legs
from ledger.money import yuan
from ledger.posted import store as posted
from ledger.registers import store as registers
from ledger.registers.holdings import store as holdings
from reports.handover_pdf import Handover, Section

MONEY = ("101", "102")


def handover(conn: Connection, village: str, plan: Plan, day: date) -> Handover:
    """Return the list of what is handed over, as the books and registers stand on a day."""
    people = register.of(conn, village)
    sections = tuple(_sections(conn, village, day))
    leaving = [(people.name(who), register.title(seat)) for seat, who in plan.leaving]
    coming = [(one.name, register.title(one.seat)) for one in plan.coming]
    told = [[one.title, [list(row) for row in one.rows]] for one in sections]
    digest = canonical.digest({"village": village, "day": day.isoformat(), "sections": told})
    name = str(people.facts["name"])
    return Handover(name, plan.day, day, tuple(leaving), tuple(coming), sections, digest)


def _sections(conn: Connection, village: str, day: date) -> Iterator[Section]:
    balances = legs.balances(conn, village, f"{day:%Y-%m}")
    chart = chart_of(conn, village)
    numbers = {one.code: one for one in bank.accounts(conn) if one.village == village}
    yield Section(
        "货币资金和银行账户",
        ("科目", "开户行", "账号（后四位）", "账面余额（元）"),
        tuple(
            (
                f"{code} {chart.get(code).name}",
                numbers[code].bank if code in numbers else "",
                numbers[code].number[-4:] if code in numbers else "",
                yuan(fen),
            )
            for code, fen in sorted(balances.items())
            if code.split(".")[0] in MONEY and (fen or code in numbers)
        ),
    )
    yield Section(
        "其他科目余额",
        ("科目", "借方余额（元）", "贷方余额（元）"),
        tuple(
            (f"{code} {chart.get(code).name}", yuan(fen) if fen > 0 else "", _credit(fen))
            for code, fen in sorted(balances.items())
            if fen and code.split(".")[0] not in MONEY
        ),
    )
    yield Section("账簿、凭证和单据", ("内容", "数量或月份"), tuple(_papers(conn, village)))
    yield Section(
        "合同",
        ("编号", "对方", "标的", "起止", "年租金（元）"),
        tuple(
            (one.number, one.party, one.subject, f"{one.first} — {one.last}", yuan(one.rent))
            for one in holdings.contracts(conn, village)
            if one.ended is None
        ),
    )
    cards = [one for one in registers.assets(conn, village) if one.left is None]
    yield Section(
        "固定资产",
        ("编号", "名称", "原值（元）"),
        tuple((one.number, one.name, yuan(one.cost)) for one in cards),
    )
    yield Section("在办事项", ("事项", "金额（元）", "现在"), tuple(_cases(conn, village)))
    yield Section("没有答复的问题", ("谁问的", "问题"), tuple(_questions(conn, village)))


def _credit(fen: int) -> str:
    return yuan(-fen) if fen < 0 else ""


def _papers(conn: Connection, village: str) -> Iterator[tuple[str, str]]:
    known = posted.vouchers(conn, village, "0000-00", "9999-12")
    sealed = periods.sealed(conn, village)
    yield ("已记账凭证（张）", str(len(known)))
    yield ("附单据（张）", str(sum(one.voucher.sheets for one in known)))
    yield ("已封存到", sealed[-1] if sealed else "—")


def _cases(conn: Connection, village: str) -> Iterator[tuple[str, str, str]]:
    for one in cases.open_cases(conn, village):
        waits = "、".join(step["title"] for step in one.waiting())
        state = STATES[one.state] + (f"：{waits}" if waits else "")
        yield (one.voucher.summary, yuan(one.voucher.total), state)


def _questions(conn: Connection, village: str) -> Iterator[tuple[str, str]]:
    for one in answers.open_questions(conn, village):
        yield (f"村民（{one.asked}）", one.question)
    people = register.of(conn, village)
    for asked in inquiries.open_ones(conn, [village]):
        yield (people.name(asked.person), asked.question)
