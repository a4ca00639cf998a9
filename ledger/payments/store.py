"""Keep payment files: made of signed payments, sent once, closed by the bank's answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select, update

from ledger.payments.tables import payment_file, payment_item
from ledger.refusal import Refusal


class Item(NamedTuple):
    """A payment in a file: its case, the digest of the voucher that was signed, payee, fen.

    `state` is `open`, `paid` or `failed`; `note` says why the bank did not pay.
    """

    case: str
    voucher: str
    name: str
    account: str
    bank: str
    fen: int
    purpose: str
    state: str = "open"
    note: str = ""


class File(NamedTuple):
    """A payment file: from which account, who made and who sent it, and its items in order.

    `digest` is that of the file as it was sent, empty before.
    """

    id: str
    account_code: str
    made_by: str
    made_at: str
    sent_by: str
    sent_at: str
    digest: str
    items: tuple[Item, ...]

    @property
    def sent(self) -> bool:
        """Tell whether the file is at the bank."""
        return bool(self.sent_at)

    @property
    def total(self) -> int:
        """Return what the file pays, in fen."""
        return sum(item.fen for item in self.items)


def make(
    conn: Connection,
    village: str,
    name: str,
    account_code: str,
    person: str,
    at: datetime,
    items: Sequence[Item],
) -> None:
    """Make a file of signed payments; the caller holds the village's log.

    Raises:
        NothingToPay: there is no item.
        OnItsWay: a case stands in another file that is not closed.
    """
    if not items:
        raise NothingToPay
    taken = on_the_way(conn, village)
    for item in items:
        if item.case in taken:
            raise OnItsWay(purpose=item.purpose, name=item.name)
    row = {"village": village, "id": name, "account_code": account_code, "made_by": person}
    blank = {"sent_by": "", "sent_at": "", "digest": ""}
    conn.execute(insert(payment_file).values(**row, **blank, made_at=at.isoformat()))
    rows = [
        {**item._asdict(), "village": village, "file": name, "position": no, "open_case": item.case}
        for no, item in enumerate(items, 1)
    ]
    conn.execute(insert(payment_item), rows)


def on_the_way(conn: Connection, village: str) -> dict[str, str]:
    """Return by case the file of every payment that is on its way."""
    query = select(payment_item.c.open_case, payment_item.c.file).where(
        payment_item.c.village == village, payment_item.c.open_case.is_not(None)
    )
    return {row.open_case: row.file for row in conn.execute(query)}


def files(conn: Connection, village: str) -> list[File]:
    """Return the payment files of a village, the latest first."""
    query = select(payment_file).where(payment_file.c.village == village)
    rows = conn.execute(query.order_by(payment_file.c.made_at.desc(), payment_file.c.id)).all()
    items: dict[str, list[Item]] = {row.id: [] for row in rows}
    every = select(payment_item).where(payment_item.c.village == village)
    for row in conn.execute(every.order_by(payment_item.c.position)):
        items[row.file].append(Item(*(getattr(row, field) for field in Item._fields)))
    return [_file(row, items[row.id]) for row in rows]


def _file(row: Row[Any], items: Sequence[Item]) -> File:
    known = {field: getattr(row, field) for field in File._fields if field != "items"}
    return File(**known, items=tuple(items))


def get(conn: Connection, village: str, name: str) -> File:
    """Return a payment file.

    Raises:
        NoPaymentFile: there is none of this name.
    """
    found = next((one for one in files(conn, village) if one.id == name), None)
    if found is None:
        raise NoPaymentFile
    return found


def take_out(conn: Connection, village: str, name: str, case: str) -> None:
    """Take a payment out of a file that is not sent; an empty file goes.

    Raises:
        NoPaymentFile; FileSent: the file is at the bank.
    """
    file = get(conn, village, name)
    if file.sent:
        raise FileSent
    mine = (payment_item.c.village == village, payment_item.c.file == name)
    conn.execute(delete(payment_item).where(*mine, payment_item.c.case == case))
    if not [item for item in file.items if item.case != case]:
        same = (payment_file.c.village == village, payment_file.c.id == name)
        conn.execute(delete(payment_file).where(*same))


def send(conn: Connection, village: str, name: str, person: str, at: datetime, digest: str) -> None:
    """Note that a file went to the bank, and which bytes.

    Raises:
        NoPaymentFile; FileSent: it went before.
    """
    if get(conn, village, name).sent:
        raise FileSent
    same = (payment_file.c.village == village, payment_file.c.id == name)
    row = {"sent_by": person, "sent_at": at.isoformat(), "digest": digest}
    conn.execute(update(payment_file).where(*same).values(row))


def fail(conn: Connection, village: str, name: str, case: str, why: str) -> None:
    """Note that the bank did not pay an item; its case may stand in another file.

    Raises:
        NoPaymentFile; NotSent: take it out instead; NoReason: nobody says why.
    """
    if not get(conn, village, name).sent:
        raise NotSent
    if not why:
        raise NoReason
    mine = (
        payment_item.c.village == village,
        payment_item.c.file == name,
        payment_item.c.open_case == case,
    )
    end = {"state": "failed", "note": why, "open_case": None}
    conn.execute(update(payment_item).where(*mine).values(end))


def close(conn: Connection, village: str, case: str) -> None:
    """Note that a case is paid: it is not on its way any more."""
    mine = (payment_item.c.village == village, payment_item.c.open_case == case)
    conn.execute(update(payment_item).where(*mine).values(state="paid", open_case=None))


class NothingToPay(Refusal):
    """No payment was chosen for the file."""

    code = "B031"
    says = "还没有勾选要付的事项。审签完毕、收款人有账号的才能进付款文件；现金不能付。"
    rule = "利州区“银行转账，零现金支付”"
    status = 422


class OnItsWay(Refusal):
    """The case stands in another payment file that is not closed."""

    code = "B032"
    says = "“{purpose}”（{name}）已在另一个没有办完的付款文件里，不能付两次。请刷新页面。"
    rule = "财会〔2024〕12号 第二十一条（二）防止重复"


class NoPaymentFile(Refusal):
    """There is no such payment file."""

    code = "B033"
    says = "没有这个付款文件，可能已经移空。请回到付款文件列表。"
    status = 410


class FileSent(Refusal):
    """The file is at the bank and changes no more."""

    code = "B034"
    says = "付款文件已经交给银行，不能再改。银行退回的，请在那一笔登记退回原因。"


class NotSent(Refusal):
    """The file is not at the bank yet."""

    code = "B035"
    says = "付款文件还没有交给银行，不用登记退回，直接移出即可。"


class NoReason(Refusal):
    """A payment came back without a reason."""

    code = "B036"
    says = "请写明银行退回的原因，例如：账号户名不符。"
    status = 422
