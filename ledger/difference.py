"""What differs between two vouchers, field by field, in the words of the form. Pure."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ledger.items import items
from ledger.money import yuan
from ledger.voucher import PAPERS, WORDS, Leg, Paper, Voucher


class Change(NamedTuple):
    """A field that differs: what it was, what it is, and by how many fen where it is an amount."""

    what: str
    was: str
    now: str
    fen: int | None = None


def between(old: Voucher, new: Voucher, name: Callable[[str], str]) -> tuple[Change, ...]:
    """Return what differs from one voucher to another, in the order of the form.

    `name` tells the name of an account by its code. Bank accounts show their last four digits.
    """
    told = zip(_told(old), _told(new), strict=True)
    return (
        *_amount("金额", old.total, new.total),
        *(Change(what, was, now) for (what, was), (_, now) in told if was != now),
        *_account(old, new),
        *_legs(old.legs, new.legs, name),
        *_papers(old.papers, new.papers),
    )


def _amount(what: str, was: int, now: int) -> list[Change]:
    if was == now:
        return []
    return [Change(what, f"{yuan(was)} 元", f"{yuan(now)} 元", now - was)]


def _told(voucher: Voucher) -> list[tuple[str, str]]:
    payee = voucher.payee
    known = items()
    return [
        ("收付款方", payee.name if payee else ""),
        ("开户行", payee.bank if payee else ""),
        ("摘要", voucher.summary),
        ("收支项目", known[voucher.purpose].zh if voucher.purpose in known else voucher.purpose),
        ("种类", WORDS.get(voucher.kind, voucher.kind)),
        ("日期", voucher.day.isoformat()),
        ("经手人", voucher.handler),
        ("决议", voucher.resolution),
        ("专项资金", voucher.fund),
        ("附单据数", str(voucher.sheets)),
        ("银行流水", voucher.bank_line),
        ("冲销的凭证", voucher.reverses),
        ("订正的凭证", voucher.corrects),
    ]


def _account(old: Voucher, new: Voucher) -> list[Change]:
    was, now = (one.payee.account if one.payee else "" for one in (old, new))
    if was == now:
        return []
    before, after = (f"****{number[-4:]}" if number else "" for number in (was, now))
    if before == after:  # nobody must take another account for the same one
        after += "（前面的数字不同）"
    return [Change("收付款账号", before, after)]


def _legs(old: Iterable[Leg], new: Iterable[Leg], name: Callable[[str], str]) -> list[Change]:
    sums: dict[str, list[int]] = {}
    words: dict[str, list[list[str]]] = {}
    dims: dict[str, list[list[str]]] = {}
    for place, legs in enumerate((old, new)):
        for leg in legs:
            sums.setdefault(leg.account, [0, 0])[place] += leg.fen
            words.setdefault(leg.account, [[], []])[place].append(leg.summary)
            marks = "，".join(f"{dim.title} {dim}" for dim in leg.dims)
            dims.setdefault(leg.account, [[], []])[place].append(marks)
    found = []
    for account, (was, now) in sums.items():
        title = f"科目 {name(account)}"
        if was != now:
            found.append(Change(title, _side(was), _side(now), now - was))
        elif words[account][0] != words[account][1]:
            before, after = ("；".join(texts) for texts in words[account])
            found.append(Change(f"{title}（分录摘要）", before, after))
        before, after = ("；".join(filter(None, texts)) for texts in dims[account])
        if before != after:
            found.append(Change(f"{title}（辅助核算）", before, after))
    return found


def _side(fen: int) -> str:
    if fen == 0:
        return ""
    return f"{'借' if fen > 0 else '贷'} {yuan(abs(fen))} 元"


def _papers(old: Iterable[Paper], new: Iterable[Paper]) -> list[Change]:
    before, after = ({one.digest: _paper(one) for one in papers} for papers in (old, new))
    found = [Change("附件", was, "") for key, was in before.items() if key not in after]
    found += [Change("附件", "", now) for key, now in after.items() if key not in before]
    kept = before.keys() & after.keys()
    found += [
        Change("附件", was, after[key])
        for key, was in before.items()
        if key in kept and was != after[key]
    ]
    return found


def _paper(one: Paper) -> str:
    kind = f"{PAPERS[one.kind]}：" if one.kind in PAPERS else ""
    return f"{kind}{one.title} {one.number}".strip()
