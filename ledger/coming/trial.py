"""The trial: what a workbook would bring, and everything that stands in the way, before a commit.

Nothing here writes. The same sheets, answers and chart give the same trial, so that what was shown
is what is committed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from ledger.chart import BadDetail, Chart, standard
from ledger.coming import balances, cards, forms, old_chart, placing, rolls, taking, turning
from ledger.coming.balances import BEGIN, END, Old
from ledger.coming.forms import BALANCES, CURRENT, DEBTS, FORMS, Form
from ledger.coming.placing import Placed
from ledger.coming.rolls import Rolls
from ledger.coming.sheet import Fault, Row, Sheet, row_and_column
from ledger.coming.taking import Taken
from ledger.coming.turning import Choice, Question
from ledger.money import yuan
from ledger.registers.holdings import Debt
from ledger.voucher import Leg, Voucher

GUIDE = "说明"
STATED = "原账执行的制度"
PROFIT = ("Income", "Expenses")
YEAR_PROFIT = "321"
WHEN, REGIME = "balances", "regime"
FIXED, DEPRECIATION = "151", "152"


class Sum(NamedTuple):
    """What stood or stands on a top account, in fen."""

    code: str
    name: str
    debit: int
    credit: int


@dataclass
class Trial:
    """What a workbook would bring to a village on a day."""

    day: date
    regime: str = ""
    faults: list[Fault] = field(default_factory=list)
    hints: list[Fault] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    moves: list[turning.Move] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    details: list[tuple[str, str]] = field(default_factory=list)
    before: list[Sum] = field(default_factory=list)
    rolls: Rolls = field(default_factory=Rolls)
    used: list[str] = field(default_factory=list)

    @property
    def debit(self) -> int:
        """Return the sum of the debit balances that were brought, in fen."""
        return sum(max(move.old.fen, 0) for move in self.moves)

    @property
    def credit(self) -> int:
        """Return the sum of the credit balances that were brought, in fen."""
        return sum(max(-move.old.fen, 0) for move in self.moves)

    @property
    def ready(self) -> bool:
        """Tell whether it can be committed as it stands."""
        return not self.faults and not any(one.open for one in self.questions)

    def legs(self) -> tuple[Leg, ...]:
        """Return the legs of the opening voucher in the order of accounts."""
        sums: dict[str, int] = {}
        for one in self.placed:
            sums[one.account] = sums.get(one.account, 0) + one.old.fen
        return tuple(Leg(code, sums[code], "") for code in sorted(sums) if sums[code])

    def after(self) -> list[Sum]:
        """Return what would stand on the top accounts of the new chart."""
        names = standard()
        found: dict[str, list[int]] = {}
        for leg in self.legs():
            found.setdefault(leg.account.partition(".")[0], []).append(leg.fen)
        return [
            Sum(code, names.get(code).name, *_sides(fens)) for code, fens in sorted(found.items())
        ]

    def voucher(self, village: str) -> Voucher:
        """Return the opening voucher."""
        summary = f"{self.day.year}年{self.day.month}月{self.day.day}日建账期初余额"
        return Voucher(village, "opening", self.day, summary, "transfer.opening", self.legs())


def _sides(fens: Iterable[int]) -> tuple[int, int]:
    found = list(fens)
    return sum(fen for fen in found if fen > 0), -sum(fen for fen in found if fen < 0)


def try_out(
    sheets: Sequence[Sheet], day: date, regime: str, answers: Mapping[str, str], chart: Chart
) -> Trial:
    """Return the trial of a workbook for a day; `regime` empty: as the file says or shows."""
    trial = Trial(day)
    taken = _registers(sheets, trial)
    trial.rolls = rolls.read(taken)
    tops = _balances(sheets, regime, answers, trial)
    if tops is not None:
        expanded = _expanded(tops, taken, trial)
        _turn(expanded, answers, chart, trial)
        _compare_assets(taken, trial)
        _keep_cards(chart, trial)
    for one in taken.values():
        trial.faults.extend(one.faults)
        trial.hints.extend(one.hints)
    order = {sheet.name: at for at, sheet in enumerate(sheets)}
    for found in (trial.faults, trial.hints):
        found.sort(key=lambda one: (order.get(one.sheet, len(order)), *row_and_column(one.cell)))
    return trial


def _registers(sheets: Sequence[Sheet], trial: Trial) -> dict[str, Taken]:
    found: dict[str, Taken] = {}
    for sheet in sheets:
        form = _form(sheet)
        if form is None:
            continue
        if form.key in found:
            what = f"“{form.name}”有两张"
            trial.faults.append(Fault(sheet.name, "", what, "并成一张，其余删去"))
            continue
        found[form.key] = taking.take(form, sheet)
        trial.used.append(sheet.name)
    return found


def _form(sheet: Sheet) -> Form | None:
    name = sheet.name.strip()
    return next(
        (one for one in FORMS if one is not BALANCES and name in {one.name, *one.names}), None
    )


def _balances(
    sheets: Sequence[Sheet], regime: str, answers: Mapping[str, str], trial: Trial
) -> list[Old] | None:
    others = [sheet for sheet in sheets if sheet.name not in trial.used and sheet.name != GUIDE]
    found = balances.find(others)
    if found is None or isinstance(found, Fault):
        needed = "表头要有科目编码、科目名称，以及借方、贷方余额（或方向、余额）"
        where = next(
            (one.name for one in others if one.name.strip() in {BALANCES.name, *BALANCES.names}), ""
        )
        trial.faults.append(
            found or Fault(where, "", "找不到科目余额表", f"{needed}；请用模板里的表")
        )
        return None
    sheet, layout = found
    trial.hints += [
        Fault(one.name, "", "这张表没有用到", "要导入的表请用模板里的表名")
        for one in others
        if one.name != sheet.name
    ]
    whens = layout.whens()
    when = whens[0]
    if set(whens) >= {BEGIN, END}:
        when = answers.get(WHEN, "")
        choices = (
            Choice(END, "期末余额：这张表到建账日前一天为止"),
            Choice(BEGIN, "期初余额：这张表从建账日开始"),
        )
        given = when if when in {BEGIN, END} else ""
        trial.questions.append(
            Question(WHEN, "表里有期初和期末两种余额，按哪一种建账？", choices, given)
        )
        when = given or BEGIN
    tops, taken = balances.read(sheet, layout, when)
    trial.faults += taken.faults
    trial.hints += taken.hints
    if not tops and not taken.faults:
        trial.faults.append(Fault(sheet.name, "", "一个科目也没有", "填好科目余额后再上传"))
    if tops:
        trial.regime = _regime(sheets, regime, answers, tops, trial)
    return tops if trial.regime else None


def _regime(
    sheets: Sequence[Sheet], given: str, answers: Mapping[str, str], tops: list[Old], trial: Trial
) -> str:
    stated = given or _stated(sheets)
    found = stated or old_chart.regime_of((top.code, top.name) for top in tops)
    if found:
        return found
    choices = tuple(Choice(one, words) for one, words in old_chart.REGIMES.items())
    answer = answers.get(REGIME, "")
    answer = answer if answer in old_chart.REGIMES else ""
    asks = "看不出原账执行哪一年的制度（几个编码在两年制度里含义不同），是哪一年的？"
    trial.questions.append(Question(REGIME, asks, choices, answer))
    return answer


def _stated(sheets: Sequence[Sheet]) -> str:
    for sheet in sheets:
        if sheet.name != GUIDE:
            continue
        for row in sheet.rows:
            said = [one.strip() for one in row if one.strip()]
            if len(said) > 1 and said[0].startswith(STATED):
                return next((one for one in old_chart.REGIMES if one in said[1]), "")
    return ""


def _expanded(tops: list[Old], taken: Mapping[str, Taken], trial: Trial) -> list[Old]:
    """Put the details of the sheets 内部往来 and 债权债务 under the accounts they belong to."""
    if CURRENT.key in taken:
        top = next((one for one in tops if one.code == turning.CURRENT), None)
        rows = taken[CURRENT.key].rows
        _check_heads(rows, trial)
        if top is None and rows:
            what = "科目余额里没有 113 内部往来"
            trial.faults.append(rows[0].fault("household", what, "在科目余额里补上内部往来的余额"))
        elif top is not None:
            _spread(top, rows, "household", trial)
    if DEBTS.key in taken:
        by_name: dict[str, list[Row]] = {}
        for row in taken[DEBTS.key].rows:
            by_name.setdefault(old_chart.same(row["account"]), []).append(row)
        for name, rows in by_name.items():
            _debts(name, rows, tops, trial)
    return tops


def _check_heads(rows: Iterable[Row], trial: Trial) -> None:
    heads = {one.household: one.head for one in trial.rolls.holdings}
    for row in rows:
        if row["household"] and row["household"] not in heads:
            what = f"户 {row['household']} 不在“成员与户”里"
            trial.faults.append(
                row.fault("household", what, "核对户编号，或在“成员与户”补上这一户")
            )
        elif row["head"] and row["head"] != heads.get(row["household"]):
            what = f"户 {row['household']} 的户主在“成员与户”里不是“{row['head']}”"
            trial.faults.append(row.fault("head", what, "核对户编号和户主"))


def _debts(name: str, rows: list[Row], tops: list[Old], trial: Trial) -> None:
    top = next((one for one in tops if old_chart.same(one.name) == name), None)
    if top is None:
        what = f"科目余额里没有“{rows[0]['account']}”"
        trial.faults.append(rows[0].fault("account", what, "照抄科目余额里的科目名称"))
        return
    _spread(top, rows, "party", trial)


def _spread(top: Old, rows: list[Row], key: str, trial: Trial) -> None:
    """Give a top account details by rows, or hold the rows against the details it has."""
    sums: dict[str, Old] = {}
    for row in rows:
        if row["debit"] < 0 or row["credit"] < 0:
            trial.faults.append(row.fault("debit", "金额是负数", "填正数，方向由所在的栏表示"))
        one = sums.setdefault(row[key], Old("", row[key], 0, 0, row, above=top))
        one.debit += row["debit"]
        one.credit += row["credit"]
    if top.details:
        _agree(top, sums, key, trial)
        return
    for at, one in enumerate(sums.values(), 1):
        one.code = f"{top.code}/{at}"
    total = (sum(one.debit for one in sums.values()), sum(one.credit for one in sums.values()))
    both = bool(top.debit and top.credit)
    if (both and total != (top.debit, top.credit)) or total[0] - total[1] != top.fen:
        sheet = rows[0].places[key].sheet
        what = (
            f"{top.name}的余额是借 {yuan(top.debit)}、贷 {yuan(top.credit)}，"
            f"“{sheet}”里合计是借 {yuan(total[0])}、贷 {yuan(total[1])}"
        )
        trial.faults.append(top.row.fault("debit", what, "补齐或核对每户、每个对方的金额"))
    top.details = list(sums.values())


def _agree(top: Old, sums: dict[str, Old], key: str, trial: Trial) -> None:
    known = {leaf.name: leaf for leaf in top.leaves()}
    heads = {one.household: one.head for one in trial.rolls.holdings}
    for name, one in sums.items():
        leaf = known.get(name) or known.get(heads.get(name, name))
        if leaf is None:
            what = f"科目余额里“{top.name}”的明细没有“{name}”"
            trial.faults.append(one.row.fault(key, what, "两处的名称写成一样"))
        elif leaf.fen != one.fen:
            what = f"“{name}”在科目余额里是 {yuan(leaf.fen)}，这里是 {yuan(one.fen)}"
            trial.faults.append(one.row.fault("debit", what, "核对哪一处写错"))


def _turn(tops: list[Old], answers: Mapping[str, str], chart: Chart, trial: Trial) -> None:
    trial.before = [
        Sum(top.code, top.name, *_sides([leaf.fen for leaf in top.leaves()])) for top in tops
    ]
    turned = turning.turn(tops, trial.regime, answers, trial.rolls)
    turning.settle_households(turned, trial.rolls)
    places = placing.place(turned.moves, chart)
    trial.moves, trial.placed, trial.details = turned.moves, places.placed, places.details
    trial.questions += turned.questions
    trial.faults += [*turned.faults, *places.faults]
    trial.hints += [*turned.hints, *places.hints]
    _check_even(trial)
    _check_year(trial)
    if trial.day.day != 1:
        what = f"建账日 {trial.day} 不是一个月的第一天"
        trial.faults.append(Fault("", "", what, "建账日填某月 1 日，通常是 1 月 1 日"))
    codes = {(one.old.top.code, one.old.name): one.account for one in trial.placed}
    trial.rolls.debts = _debt_rows(tops, codes)


def _debt_rows(tops: Iterable[Old], codes: Mapping[tuple[str, str], str]) -> list[Debt]:
    return [
        Debt(
            codes.get((top.code, leaf.name), ""),
            leaf.name,
            leaf.fen,
            leaf.row.values.get("about", ""),
            leaf.row.values.get("since"),
            leaf.row.values.get("due"),
        )
        for top in tops
        for leaf in top.leaves()
        if "party" in leaf.row.values
    ]


def _check_even(trial: Trial) -> None:
    if trial.debit != trial.credit:
        what = (
            f"借贷不平：借方合计 {yuan(trial.debit)}，贷方合计 {yuan(trial.credit)}，"
            f"相差 {yuan(abs(trial.debit - trial.credit))}"
        )
        trial.faults.append(Fault("", "", what, "核对是否漏了科目、漏了明细，或方向写反"))
    if not trial.moves and not trial.faults:
        trial.faults.append(Fault("", "", "所有科目的余额都是零", "核对余额填在了哪一栏"))


def _check_year(trial: Trial) -> None:
    """Refuse what a year's beginning cannot have: income and expense that were not transferred."""
    if (trial.day.month, trial.day.day) != (1, 1):
        return
    for move in trial.moves:
        if not move.target:
            continue
        root = standard().get(move.target).root
        if root in PROFIT or move.target == YEAR_PROFIT:
            what = f"{move.old.top.name}在年初还有余额 {yuan(abs(move.old.fen))}"
            todo = "先在原账结转收支和本年收益到收益分配，再导出余额"
            trial.faults.append(move.old.row.fault("debit", what, todo))


def _keep_cards(chart: Chart, trial: Trial) -> None:
    """Make the cards of the register, once every account has its place."""
    if any(one.open for one in trial.questions) or not trial.rolls.cards:
        return
    sound = [one for one in trial.rolls.cards if one[0].value > 0]
    try:
        whole = chart.with_details(trial.details)
    except BadDetail:  # its fault has been told
        return
    trial.rolls.assets, faults, hints = cards.cards(sound, trial.placed, whole, trial.day)
    trial.faults += faults
    trial.hints += hints


def _compare_assets(taken: Mapping[str, Taken], trial: Trial) -> None:
    """Hold the booked asset cards against 固定资产 and 累计折旧."""
    sums = {one.code: one.debit - one.credit for one in trial.after()}
    fixed, worn = sums.get(FIXED, 0), -sums.get(DEPRECIATION, 0)
    booked = [card for card, _ in trial.rolls.cards if card.booked]
    if not trial.rolls.cards:
        if fixed:
            what = f"固定资产有 {yuan(fixed)}，没有一张卡片"
            trial.hints.append(
                Fault(forms.ASSETS.name, "", what, "可以以后补登，没有卡片就不能自动提折旧")
            )
        return
    sheet = taken["assets"].rows[0].places["number"].sheet
    for title, stated, total in (
        ("固定资产", fixed, sum(card.value for card in booked)),
        ("累计折旧", worn, sum(card.depreciated for card in booked)),
    ):
        if stated != total and not any(one.open for one in trial.questions):
            what = (
                f"{title}的余额是 {yuan(stated)}，入账卡片合计 {yuan(total)}，"
                f"相差 {yuan(abs(stated - total))}"
            )
            todo = "补齐卡片或核对金额；清查出来、账上没有的在“是否入账”写“否”"
            trial.faults.append(Fault(sheet, "", what, todo))
