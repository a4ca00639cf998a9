"""Signed payments on their way to the bank: what may go, and that it is still what was signed."""

import re
from collections.abc import Iterable

from sqlalchemy import Connection

from approvals import cases, rules
from approvals.policy import must_pay
from approvals.standing import Standing
from ledger.bank.paying import Due, digits, due_of
from ledger.log import store as log
from ledger.payments import store
from ledger.payments.store import File, Item
from ledger.refusal import Refusal

NUMBER = re.compile(r"[0-9A-Z]{6,40}")
UNSAFE = ("=", "+", "-", "@")  # a spreadsheet would take the name for a formula


def item_of(standing: Standing) -> Item:
    """Return the payment of a cleared case, payee and amount from the voucher that was signed.

    Raises:
        NotPayable: it is not cleared, or no payment out of one bank account.
        NoNumber: the signed payee has no account to pay to.
    """
    voucher = standing.voucher
    due = due_of(standing.case, voucher, voucher.day)
    payable = standing.state == "cleared" and must_pay(standing.chain, voucher)
    if due is None or not payable:
        raise NotPayable(purpose=voucher.summary, state=rules.STATES[standing.state])
    if not reachable(due):
        raise NoNumber(purpose=voucher.summary, name=due.payee.name)
    payee = due.payee
    return Item(
        standing.case,
        standing.digest,
        payee.name,
        digits(payee.account),
        payee.bank,
        due.fen,
        voucher.summary,
    )


def reachable(due: Due) -> bool:
    """Tell whether a bank could pay by transfer: name and account number are there."""
    name, number = due.payee.name.strip(), digits(due.payee.account)
    return bool(name) and not name.startswith(UNSAFE) and NUMBER.fullmatch(number) is not None


def check(conn: Connection, village: str, file: File) -> None:
    """Refuse a file one of whose payments is not any more what was signed.

    Raises:
        Changed: a voucher was amended, withdrawn or paid after the file was made.
    """
    waiting = [item for item in file.items if item.state == "open"]
    found = cases.standings(conn, village, [item.case for item in waiting])
    for item, standing in zip(waiting, found, strict=True):
        same = standing.state == "cleared" and standing.digest == item.voucher
        if not same or item_of(standing)[:7] != item[:7]:
            raise Changed(purpose=item.purpose, state=rules.STATES[standing.state])


def account_of(items: Iterable[Standing]) -> set[str]:
    """Return the bank accounts of the books that some payments come out of."""
    dues = (due_of(one.case, one.voucher, one.voucher.day) for one in items)
    return {due.account for due in dues if due is not None}


def refuse_at_bank(conn: Connection, village: str, case: str) -> None:
    """Refuse to change a case whose payment is at the bank.

    Raises:
        AtBank: the file that it stands in was sent.
    """
    log.hold(conn, village)
    name = store.on_the_way(conn, village).get(case)
    if name is not None and store.get(conn, village, name).sent:
        raise AtBank


class NotPayable(Refusal):
    """The case cannot be paid by a payment file."""

    code = "B037"
    says = (
        "“{purpose}”不能进付款文件：{state}。只有全部审签完毕、从一个银行账户付出的才能批量支付。"
    )
    rule = "利州区 八审会签"


class NoNumber(Refusal):
    """The signed payee has no usable name or account number."""

    code = "B038"
    says = (
        "“{purpose}”的收款人“{name}”没有可用的户名或账号，不能批量转账。请由制单人补上后重新审签。"
    )
    status = 422


class Changed(Refusal):
    """A payment in the file is not any more what was signed."""

    code = "B039"
    says = (
        "“{purpose}”在做成付款文件以后有了变化（现在：{state}），整个文件不能用。请先移出这一笔。"
    )
    rule = "利州区 八审会签：付款须与审签一致"


class AtBank(Refusal):
    """The payment of the case is at the bank."""

    code = "B040"
    says = "这件事项的付款文件已经交给银行，现在不能修改或撤回。银行退回的，先请出纳登记退回。"
