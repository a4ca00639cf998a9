"""Enter a cleared voucher into the books. Only `approvals.gate` may import this module.

One transaction of the caller holds everything: period, number, Beancount's verdict, event, views.
Nothing here grows with the size of the books.
"""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection

from ledger import periods, views
from ledger.accounts import chart_of
from ledger.book.check import check_one
from ledger.log.act import Act, Event, Signature
from ledger.posted import store
from ledger.posted.store import Posted
from ledger.refusal import Refusal
from ledger.voucher import Number, Voucher, check


class Order(NamedTuple):
    """A cleared voucher on its way into the books."""

    case: str
    revision: int
    voucher: Voucher


def post(
    conn: Connection,
    order: Order,
    write: Callable[[Number], tuple[Act, tuple[Signature, ...]]],
) -> Posted:
    """Post a cleared voucher under the next number; `write` makes the signed act for a number.

    Raises:
        Sealed: the month is closed.
        AlreadyPosted: the case is in the books.
        BooksRefuse: Beancount finds a fault in the rendered entry.
        Refusal: any of `ledger.voucher.check`.
    """
    voucher = order.voucher
    chart = chart_of(conn, voucher.village)
    check(voucher, chart)
    if periods.is_sealed(conn, voucher.village, voucher.period):
        raise periods.Sealed(period=voucher.period)
    done = store.by_case(conn, voucher.village, order.case)
    if done is not None:
        raise AlreadyPosted(number=done.number)
    if voucher.kind == "opening" and store.anything_but_openings(conn, voucher.village):
        raise LateOpening
    no = store.next_no(conn, voucher.village, voucher.day.year, voucher.kind)
    number = Number(voucher.day.year, voucher.kind, no)
    faults = check_one(voucher, str(number), chart)
    if faults:
        raise BooksRefuse(fault=faults[0])
    event = views.record(conn, *write(number))
    return _as_posted(order, number, event)


def _as_posted(order: Order, number: Number, event: Event) -> Posted:
    voucher = order.voucher
    return Posted(
        voucher.village, number, order.case, order.revision, event.seq, voucher.period, voucher
    )


class AlreadyPosted(Refusal):
    """The case has been posted before."""

    code = "P006"
    says = "该事项已经记账，凭证号 {number}，不能重复记账。"
    rule = "会计软件基本功能和服务规范（财会〔2024〕12号）第二十一条第二款"


class LateOpening(Refusal):
    """Opening balances come first: bound by no class, they must not become a way around chains."""

    code = "P008"
    says = "账上已有其他凭证，不能再记期初余额。期初有误请填更正凭证。"
    rule = "docs/FORMATS.md Rules that close holes"


class BooksRefuse(Refusal):
    """Beancount's own checks refuse the entry."""

    code = "P007"
    says = "账簿程序不接受这张凭证：{fault}。请核对科目、日期和金额。"
    status = 422
