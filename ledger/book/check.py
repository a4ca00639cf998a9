"""Ask Beancount itself about one voucher before it is posted: a load as small as the voucher."""

from decimal import Decimal
from typing import NamedTuple

from beancount import loader
from beancount.core import account
from beancount.core.data import Open, Transaction

from ledger.book.text import Accounts, entry
from ledger.voucher import Number, Voucher

CASE = "draft"
AUTOMATIC = "__automatic__"  # Beancount's mark on an amount it filled in


class Draft(NamedTuple):
    """A voucher that has a number but no leaf yet."""

    number: Number
    case: str
    seq: int
    period: str
    voucher: Voucher


def check_one(voucher: Voucher, number: str, chart: Accounts) -> list[str]:
    """Return the faults Beancount finds in the rendered voucher (zh-CN); none means it is fit.

    The cost does not grow with the books: only the accounts it touches are opened.

    Raises:
        UnknownNumber: the number is no voucher number.
    """
    draft = Draft(Number.parse(number), CASE, 0, voucher.period, voucher)
    paths = [chart.path(leg.account) for leg in voucher.legs]
    # Beancount's loader matches only the beginning of a name, so the whole is matched here.
    strange = [path for path in paths if not account.is_valid(path)]
    if strange:
        return [f"科目名“{strange[0]}”不合账簿规则"]
    opens = "".join(f"{voucher.day} open {path} CNY\n" for path in dict.fromkeys(paths))
    entries, errors, _ = loader.load_string(opens + entry(draft, chart))
    if errors:
        return [str(error.message) for error in errors]
    found = [item for item in entries if not isinstance(item, Open)]
    if len(found) != 1 or not isinstance(found[0], Transaction):
        return ["凭证在账簿中不是一笔分录"]
    return faults(found[0], draft, chart)


def faults(transaction: Transaction, draft: Draft, chart: Accounts) -> list[str]:
    """Return what a loaded transaction says otherwise than its voucher (zh-CN).

    Accounts, amounts and their order are compared, so nothing elided, at cost or priced passes.
    """
    voucher, number = draft.voucher, str(draft.number)
    pairs: list[tuple[str, object, object]] = [
        ("日期", voucher.day, transaction.date),
        ("摘要", f"{number} {voucher.summary}", transaction.narration),
        ("收付款人", voucher.payee and voucher.payee.name, transaction.payee),
        ("凭证号", number, transaction.meta.get("number")),
        ("凭证摘要值", voucher.digest(), transaction.meta.get("digest")),
        ("标签", (frozenset(), frozenset(), "*"), (*_marks(transaction), transaction.flag)),
        ("分录", _legs(voucher, chart), _postings(transaction)),
    ]
    return [f"{what}在账簿中读出的与凭证不一致" for what, ours, theirs in pairs if ours != theirs]


def _marks(transaction: Transaction) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(transaction.tags), frozenset(transaction.links)


def _legs(voucher: Voucher, chart: Accounts) -> list[tuple[object, ...]]:
    return [
        (
            chart.path(leg.account),
            Decimal(leg.fen).scaleb(-2),
            "CNY",
            None,
            None,
            None,
            False,
            leg.summary if leg.summary not in {"", voucher.summary} else None,
        )
        for leg in voucher.legs
    ]


def _postings(transaction: Transaction) -> list[tuple[object, ...]]:
    return [
        (
            posting.account,
            *(posting.units or (None, None)),
            posting.cost,
            posting.price,
            posting.flag,
            AUTOMATIC in (posting.meta or {}),
            (posting.meta or {}).get("summary"),
        )
        for posting in transaction.postings
    ]
