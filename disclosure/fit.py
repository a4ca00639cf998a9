"""Whether a sheet says enough to be put up: no large 其他, no bare total, no term unexplained.

Pure. The close room asks before the seal, since nothing can be mended after it; the publication
asks again.
"""

from collections.abc import Iterator

from disclosure import catalogue
from disclosure.holdings import SPLIT
from disclosure.sheet import Group, Line, Sheet
from ledger.money import yuan
from ledger.refusal import Refusal

MARKS = " 　（）()，,。.、：:；;—-_等款费项"


def faults(sheet: Sheet) -> list[str]:
    """Return a sentence for each reason not to put a sheet up, with what to do.

    Source: 农村集体经济组织财务公开规定 (逐项逐笔); data/catalogue.toml, `limits`
    """
    found = [*_others("收入", sheet.income), *_others("支出", sheet.spending)]
    return [*found, *_bare(sheet), *_unnamed(sheet), *_unexplained(sheet)]


def _others(word: str, groups: tuple[Group, ...]) -> Iterator[str]:
    """Name the side of the sheet on which too much lies under 零星 and 其他."""
    limits = catalogue.limits()
    vague = sum(group.fen for group in groups if group.item in limits.vague)
    whole = sum(group.fen for group in groups)
    if vague > limits.floor_fen and vague * 100 > whole * limits.percent:
        yield (
            f"零星和其他{word} {yuan(vague)} 元，占本月{word}的 {_percent(vague, whole)}%，"
            f"超过 {limits.percent}%，请冲销后按真实用途重新入账"
        )


def _percent(part: int, whole: int) -> int:
    return part * 100 // whole if whole > 0 else 100


def _bare(sheet: Sheet) -> Iterator[str]:
    """Name the entries whose summary says nothing: their total has no detail behind it."""
    for line in (*_lines(sheet.income), *_lines(sheet.spending), *sheet.transfers):
        text = line.summary
        for mark in MARKS:
            text = text.replace(mark, "")
        if text in catalogue.limits().bare:
            yield f"{line.number} 的摘要“{line.summary}”没有写明是什么钱，请冲销后写清楚再入账"


def _lines(groups: tuple[Group, ...]) -> Iterator[Line]:
    return (line for group in groups for line in group.lines)


def _unnamed(sheet: Sheet) -> Iterator[str]:
    """Name the claims and debts that stand as a total, without who owes or is owed."""
    for claim in (*sheet.receivables, *sheet.payables):
        if claim.name == claim.account and claim.account in catalogue.limits().named:
            owed = f"{claim.account} {yuan(claim.fen)} 元没有分到单位和个人"
            yield f"{owed}，请开明细科目，用转账凭证分清"


def _unexplained(sheet: Sheet) -> Iterator[str]:
    """Name the terms on the sheet for which there are no plain words."""
    known = catalogue.words()
    groups = {group.item: group.title for group in (*sheet.income, *sheet.spending)}
    bare = {title for item, title in groups.items() if not catalogue.explains(item)}
    for term in sorted(bare | (terms(sheet) - known.keys())):
        yield f"“{term}”没有通俗解释，请在公开清单里补上"


def terms(sheet: Sheet) -> set[str]:
    """Return the names of first-level accounts that stand on a sheet."""
    funds = (*sheet.banks, *sheet.funds, *sheet.assets, *sheet.resources)
    claims = (*sheet.receivables, *sheet.payables, *sheet.distribution)
    return {fund.name.partition(SPLIT)[0] for fund in funds} | {one.account for one in claims}


def check(sheet: Sheet) -> None:
    """Refuse a sheet that does not say enough.

    Raises:
        Unfit: names every reason.
    """
    found = faults(sheet)
    if found:
        raise Unfit(period=sheet.period, why="；".join(found))


class Unfit(Refusal):
    """The sheet hides something: too much 其他, a total without detail, a term without words."""

    code = "N042"
    says = "{period} 公开表还不能公开：{why}。"
    rule = "农村集体经济组织财务公开规定（农经发〔2011〕13号）：逐项逐笔公开"
    status = 422
