"""The checklist of a month before its seal, computed from the books and never ticked by hand.

Each point has passed, warns, or blocks. What a rule forbids `approvals.gate` refuses, whatever
this page shows; what a township wants beyond the rules it names in its setting `blocks`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from app import drafts, proposals, yearend
from app.settings import Settings
from approvals import cases, gate, policy
from approvals.standing import Standing
from disclosure import fit, notice
from disclosure.compose import compose
from disclosure.tie import SheetUntied
from ledger import periods, reported, statements
from ledger.accounts import chart_of
from ledger.bank import reconciled
from ledger.bank import store as bank_lines
from ledger.chart import Chart
from ledger.legs import store as legs
from ledger.money import yuan
from ledger.posted import store as posted
from ledger.statements import StatementUntied

PASSED, WARNS, BLOCKS = "passed", "warns", "blocks"
RESTING = frozenset({"payment", "receipt"})  # kinds that rest on papers (98号 art. 51)


class Kind(NamedTuple):
    """A point: its title, what it says when passed and when not (msgids; the last with facts).

    `rule` tells that a rule blocks the seal: the gate refuses it too, or, where it is about what
    the sheet says, the close room.
    """

    title: str
    passed: str
    open: str
    rule: bool = False


KINDS: dict[str, Kind] = {
    "turn": Kind("月份顺序", "前面的月份都已封存。", "按顺序应先封存 %(turn)s。", rule=True),
    "over": Kind("月份已过完", "这个月已经过完。", "月底之后才能结账封存。", rule=True),
    "witness": Kind(
        "上月封账的见证",
        "上月封账的见证人数够了。",
        "%(period)s 封账只有 %(signed)s 方见证，至少要 %(quorum)s 方，请先请见证方签。",
        rule=True,
    ),
    "cases": Kind(
        "在办凭证",
        "本月的凭证都已记账。",
        "还有 %(count)s 张没有记账（%(names)s），请先办结、退回或改期。",
        rule=True,
    ),
    "trial": Kind("试算平衡", "科目余额表借贷相平。", "科目余额表不平：%(why)s", rule=True),
    "tie": Kind(
        "两张报表", "会村01表和会村02表各自相平，互相对得上。", "报表对不上：%(why)s", rule=True
    ),
    "fit": Kind(
        "公开表预检",
        "公开表逐项逐笔都写得明白，可以公开。",
        "公开表还不能公开：%(why)s。[%(code)s]",
        rule=True,
    ),
    "drafts": Kind(
        "草稿", "没有这个月的草稿。", "还有 %(count)s 份这个月的草稿没有提交（%(names)s）。"
    ),
    "lines": Kind(
        "银行流水",
        "本月的银行流水都有凭证对应。",
        "还有 %(count)s 笔银行流水没有凭证（%(names)s）。",
    ),
    "bank": Kind(
        "银行对账",
        "账上的银行存款与银行余额一致，或由余额调节表说明。",
        "与银行对不上：%(names)s。请导入到月底的流水，查清差额。",
    ),
    "papers": Kind(
        "单据", "该有单据的凭证都有单据。", "有 %(count)s 张凭证缺单据（%(names)s），请补充附件。"
    ),
    "proposals": Kind(
        "折旧、摊销、计提和定期凭证",
        "本月该提的都已填制。",
        "本月该提的还有 %(count)s 项没有填制（%(names)s）。",
    ),
    "closing": Kind(
        "年末结转",
        "收入和支出都已结转，或不是十二月。",
        "还有 %(count)s 张年末结转凭证没有记账（%(names)s）。",
    ),
    "suspense": Kind(
        "往来挂账",
        "没有长期不动的往来。",
        "有 %(count)s 个往来科目 %(months)s 个月没有动过（%(names)s），请催收、结清或说明。",
    ),
    "sheet": Kind("上月公示", "上月的公开表已公示。", "%(period)s 已封存，公开表还没有公示。"),
}


class Point(NamedTuple):
    """A point of a month's checklist: its state, the facts of its sentence, where it is mended."""

    key: str
    state: str
    facts: Mapping[str, object]
    link: str = ""

    @property
    def kind(self) -> Kind:
        """Return what the point is about."""
        return KINDS[self.key]

    @property
    def says(self) -> str:
        """Return the sentence (a msgid with the places of the facts)."""
        return self.kind.passed if self.state == PASSED else self.kind.open


class _Month(NamedTuple):
    conn: Connection
    village: str
    period: str
    day: date
    settings: Settings

    @property
    def last(self) -> date:
        return periods.first_day(periods.next_period(self.period)) - timedelta(days=1)

    def point(self, key: str, facts: Mapping[str, object] | None, link: str = "") -> Point:
        """Return a point; facts mean that it is open, None that it is passed."""
        if facts is None:
            return Point(key, PASSED, {})
        firm = KINDS[key].rule or key in self.settings.blocks
        return Point(key, BLOCKS if firm else WARNS, facts, link)

    def desk(self, room: str = "") -> str:
        return f"/desk/{self.village}{room}"


def checklist(
    conn: Connection, village: str, period: str, day: date, settings: Settings
) -> list[Point]:
    """Return the points of a month that is not sealed, as they stand on a day, in order."""
    month = _Month(conn, village, period, day, settings)
    return [
        _turn(month),
        month.point("over", None if f"{day:%Y-%m}" > period else {}),
        _witnessed(month),
        _cases(month),
        _drafts(month),
        _lines(month),
        _bank(month),
        _papers(month),
        _proposals(month),
        _closing(month),
        *_statements(month),
        _fit(month),
        _suspense(month),
        _sheet(month),
    ]


def blocking(points: Iterable[Point]) -> list[Point]:
    """Return the points that keep the month from being sealed."""
    return [point for point in points if point.state == BLOCKS]


def _names(all_: list[str]) -> str:
    return "、".join(all_[:3]) + ("…" if len(all_) > 3 else "")  # noqa: PLR2004 - a few will do


def _counted(names: list[str]) -> dict[str, object] | None:
    return {"count": len(names), "names": _names(names)} if names else None


def _turn(month: _Month) -> Point:
    turn = periods.next_to_seal(month.conn, month.village)
    facts = None if turn == month.period else {"turn": turn or "—"}
    return month.point("turn", facts, month.desk(f"/close?period={turn}") if turn else "")


def _witnessed(month: _Month) -> Point:
    before = posted.seals(month.conn, month.village)[-1:]
    for seal in before:
        state = gate.witnessed(month.conn, month.village, seal)
        if len(state.signed) < state.quorum:
            facts = {"signed": len(state.signed), "quorum": state.quorum}
            return month.point("witness", {"period": seal.period, **facts})
    return month.point("witness", None)


def _cases(month: _Month) -> Point:
    under_way = cases.open_cases(month.conn, month.village)
    names = [one.voucher.summary for one in under_way if one.voucher.period == month.period]
    return month.point("cases", _counted(names), month.desk())


def _drafts(month: _Month) -> Point:
    names = [
        one.fields.get("summary") or one.fields.get("words0") or "没有摘要"
        for one in drafts.all_of(month.conn, month.village)
        if not one.name and one.fields.get("day", "").startswith(month.period)
    ]
    return month.point("drafts", _counted(names), month.desk("/voucher#drafts"))


def _lines(month: _Month) -> Point:
    names = [
        f"{line.day:%m-%d} {line.party} {yuan(line.fen)}"
        for line in bank_lines.unmatched(month.conn, month.village)
        if line.day <= month.last
    ]
    return month.point("lines", _counted(names), month.desk("/bank"))


def _bank(month: _Month) -> Point:
    chart = chart_of(month.conn, month.village)
    wrong = [
        f"{one.account} {chart.get(one.account).name} {_WHY[one.why]}{yuan(one.fen)}"
        for one in reconciled.open_points(month.conn, month.village, month.period)
    ]
    address = f"/bank/reconciliation?month={month.period}"
    return month.point("bank", {"names": _names(wrong)} if wrong else None, month.desk(address))


_WHY = {"no statement": "没有本月的银行流水，账上 ", "difference": "调节后仍相差 "}


def _papers(month: _Month) -> Point:
    items = posted.vouchers(month.conn, month.village, month.period, month.period)
    known = cases.standings(month.conn, month.village, [item.case for item in items])
    missing = [one for one in known if _bare(one)]
    names = [f"{one.number} {one.voucher.summary}" for one in missing]
    link = f"/case/{month.village}/{missing[0].case}" if missing else ""
    return month.point("papers", _counted(names), link)


def _bare(one: Standing) -> bool:
    """Tell whether a voucher lacks papers that its chain asks for, or has none at all."""
    voucher = replace(one.voucher, papers=(*one.voucher.papers, *one.added))
    if voucher.reverses or voucher.corrects:
        return False
    nothing = voucher.kind in RESTING and not voucher.sheets and not voucher.papers
    return nothing or bool(policy.lacking(one.chain, voucher))


def _proposals(month: _Month) -> Point:
    asked = proposals.of_month(month.conn, month.village, month.period)
    names = [one.title for one in asked if one.state != proposals.ENTERED]
    return month.point("proposals", _counted(names), month.desk("/close#proposals"))


def _closing(month: _Month) -> Point:
    steps = yearend.steps(month.conn, month.village, month.period)
    names = [one.title for one in steps]
    return month.point("closing", _counted(names), month.desk("/close#year"))


def _statements(month: _Month) -> list[Point]:
    conn, village, period = month.conn, month.village, month.period
    moved = legs.turnovers(conn, village, f"{period[:4]}-01", period)
    begin = reported.opening(conn, village, int(period[:4]))
    trial = tie = None
    try:
        statements.trial_balance(begin, moved, chart_of(conn, village))
    except StatementUntied as fault:
        trial = {"why": fault.sentence()}
    try:
        reported.statements_of(conn, village, period)
    except StatementUntied as fault:
        tie = {"why": fault.sentence()}
    books = f"/books?kind=trial&first={period}&last={period}"
    return [
        month.point("trial", trial, month.desk(books)),
        month.point("tie", tie, month.desk(books)),
    ]


def _fit(month: _Month) -> Point:
    link = f"/v/{month.village}/{month.period}"
    try:
        found = fit.faults(compose(month.conn, month.village, month.period))
    except SheetUntied as fault:
        return month.point("fit", {"why": fault.facts["difference"], "code": fault.code})
    why = {"why": "；".join(found), "code": fit.Unfit.code} if found else None
    return month.point("fit", why, link)


def _suspense(month: _Month) -> Point:
    quiet = idle(month.conn, month.village, month.period, month.settings.suspense_months)
    facts = _counted([f"{code} {name} {yuan(abs(fen))}" for code, name, fen in quiet])
    first = quiet[0][0] if quiet else ""
    link = month.desk(f"/books?kind=detail&account={first}&last={month.period}")
    months = {"months": month.settings.suspense_months}
    return month.point("suspense", {**facts, **months} if facts else None, link)


def idle(conn: Connection, village: str, period: str, months: int) -> list[tuple[str, str, int]]:
    """Return code, name and balance of the current accounts that have not moved for months.

    Current accounts are 113 内部往来 and whatever is named 暂收 or 暂付.
    """
    chart = chart_of(conn, village)
    since = first_of(period, months)
    moved = legs.turnovers(conn, village, since, period)
    return [
        (code, chart.get(code).name, fen)
        for code, fen in legs.balances(conn, village, period).items()
        if _current(code, chart) and code not in moved
    ]


def first_of(period: str, months: int) -> str:
    """Return the first of so many months that end with a period."""
    at = int(period[:4]) * 12 + int(period[5:]) - months
    return f"{at // 12:04d}-{at % 12 + 1:02d}"


def _current(code: str, chart: Chart) -> bool:
    name = chart.get(code).name
    return code.partition(".")[0] == "113" or "暂收" in name or "暂付" in name


def _sheet(month: _Month) -> Point:
    up = notice.published(month.conn, month.village)
    waiting = [one for one in periods.sealed(month.conn, month.village) if one not in up]
    facts = {"period": "、".join(waiting)} if waiting else None
    return month.point("sheet", facts, month.desk("/close#publish"))
