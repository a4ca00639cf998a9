"""Whether the figures of a sheet tie to each other. Pure; a reader of the JSON may ask too."""

from collections.abc import Iterator, Sequence

from disclosure.sheet import Fund, Group, Sheet
from ledger.money import yuan
from ledger.refusal import Refusal


def differences(sheet: Sheet, year_fen: int | None = None) -> list[str]:
    """Return a sentence for each pair of figures that should be equal and is not.

    `year_fen` is what cash and bank have gained this year by the balances, where it is known.
    """
    pairs = [
        ("上月余额＋收入－支出 与 本月余额", _due(sheet), sheet.closing_fen),
        ("各账户月初数 与 上月余额", sum(b.opening_fen for b in sheet.banks), sheet.opening_fen),
        ("各账户月末数 与 本月余额", sum(b.closing_fen for b in sheet.banks), sheet.closing_fen),
        *_sides("收入", sheet.income, sheet.income_fen),
        *_sides("支出", sheet.spending, sheet.spending_fen),
        *_moves((*sheet.banks, *sheet.funds, *sheet.assets, *sheet.resources)),
    ]
    if year_fen is not None:
        gained = sheet.year_income_fen - sheet.year_spending_fen
        pairs.append(("本年累计收支 与 本年余额增减", gained, year_fen))
    return [f"{what} 相差 {yuan(one - other)} 元" for what, one, other in pairs if one != other]


def _due(sheet: Sheet) -> int:
    return sheet.opening_fen + sheet.income_fen - sheet.spending_fen


def _sides(word: str, groups: Sequence[Group], fen: int) -> Iterator[tuple[str, int, int]]:
    yield f"各项{word}之和 与 本月{word}", sum(group.fen for group in groups), fen
    for group in groups:
        yield f"{group.title}逐笔之和 与 小计", sum(line.fen for line in group.lines), group.fen


def _moves(funds: Sequence[Fund]) -> Iterator[tuple[str, int, int]]:
    for fund in funds:
        due = fund.opening_fen + fund.in_fen - fund.out_fen
        yield f"{fund.name}的月初＋增加－减少 与 月末", due, fund.closing_fen


def check(sheet: Sheet, year_fen: int | None = None) -> None:
    """Refuse a sheet whose figures do not tie.

    Raises:
        SheetUntied: names each difference.
    """
    found = differences(sheet, year_fen)
    if found:
        raise SheetUntied(period=sheet.period, difference="；".join(found))


class SheetUntied(Refusal):
    """Figures of the sheet that should be equal are not."""

    code = "N040"
    says = "{period} 公开表对不上：{difference}。不能公开，请核查账簿。"
    rule = "农村集体经济组织财务公开规定（农经发〔2011〕13号）：真实、完整"
    status = 500
