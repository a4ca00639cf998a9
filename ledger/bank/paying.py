"""Whether a bank line is the payment that was signed: amount, payee and account.

Who signs a voucher signs its payee; money that reached another name or another account is not that
payment, whatever the amount says.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from ledger.bank.fields import alike
from ledger.bank.line import Line
from ledger.refusal import Refusal
from ledger.voucher import BANK, Party, Voucher

NOISE = re.compile(r"[\s()\[\]〔〕【】·.、,-]+")


class Due(NamedTuple):
    """A signed payment that waits for the bank: its case, account in the books, amount, payee."""

    case: str
    account: str
    fen: int
    payee: Party
    cleared: date


class Fit(NamedTuple):
    """How a line fits a payment: `sure`, `unsaid` (the bank names nobody), `odd`; and why."""

    how: str
    why: str


class Pair(NamedTuple):
    """A line and the payment of its amount."""

    line: Line
    due: Due
    fit: Fit


def due_of(case: str, voucher: Voucher, cleared: date) -> Due | None:
    """Return what a payment voucher asks of the bank; None where it is no single bank payment."""
    out = [leg for leg in voucher.legs if leg.account.partition(".")[0] == BANK and leg.fen < 0]
    if voucher.kind != "payment" or voucher.reverses or len(out) != 1 or voucher.payee is None:
        return None
    return Due(case, out[0].account, -out[0].fen, voucher.payee, cleared)


def fit(payee: Party, line: Line) -> Fit:
    """Compare who was signed for with whom the bank paid."""
    if not line.party and not line.party_account:
        return Fit("unsaid", "银行没有写明对方，请核对回单")
    if line.party and not alike(plain(line.party), plain(payee.name)):
        return Fit("odd", f"户名不同：审签的是“{payee.name}”，银行付给“{line.party}”")
    stated, signed = digits(line.party_account), digits(payee.account)
    if stated and signed and not alike(stated, signed):
        return Fit("odd", f"账号不同：审签的尾号 {tail(signed)}，银行付给尾号 {tail(stated)}")
    if stated and signed:
        return Fit("sure", "金额、户名、账号都相符" if line.party else "金额、账号相符")
    if line.party:
        return Fit("sure", "金额、户名相符")
    return Fit("unsaid", "银行没有写明户名，审签时没有写明账号，请核对回单")


def pairs(dues: Sequence[Due], lines: Iterable[Line], account: str) -> list[Pair]:
    """Pair payments with the lines of their amount on an account, each at most once.

    Sure pairs go first, in the order of the payments; an odd pair takes what is left.
    """
    free = [line for line in lines if line.out_fen]
    wanted = [due for due in dues if due.account == account]
    found: list[Pair] = []
    for how in ("sure", "unsaid", "odd"):
        for due in [one for one in wanted if one.case not in {pair.due.case for pair in found}]:
            same = (line for line in free if line.out_fen == due.fen)
            fits = ((line, fit(due.payee, line)) for line in same)
            pair = next((Pair(line, due, one) for line, one in fits if one.how == how), None)
            if pair is not None:
                found.append(pair)
                free.remove(pair.line)
    return found


def check(due: Due, account: str, line: Line) -> None:
    """Refuse to take a line for a payment that it is not.

    Raises:
        OtherLine: another account of the village, or another amount.
        OtherPayee: the money went to another name or account than was signed.
    """
    if due.account != account or due.fen != line.out_fen:
        raise OtherLine
    one = fit(due.payee, line)
    if one.how == "odd":
        raise OtherPayee(day=line.day, why=one.why)


def plain(name: str) -> str:
    """Return a name as it is compared: full-width as half-width, without blanks and brackets."""
    return NOISE.sub("", unicodedata.normalize("NFKC", name)).casefold()


def digits(number: str) -> str:
    """Return an account number as it is compared."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", number)).upper()


def tail(number: str) -> str:
    """Return the last four signs of an account number, all that a page shows of it."""
    return digits(number)[-4:]


class OtherLine(Refusal):
    """The bank line is of another account or amount, or answers another case."""

    code = "W024"
    says = "选的银行流水与这件事项的账户或金额不符，或已被使用。请刷新页面后重选。"
    rule = "财会〔2024〕12号 第二十一条（二）防止重复入账"


class OtherPayee(Refusal):
    """The bank paid another name or account than the voucher that was signed names."""

    code = "B024"
    says = (
        "{day} 的流水不能算这件事项的付款：{why}。"
        "请向银行核实；确是付错的，追回款项；确要改付的，由制单人改收款人后重新审签。"
    )
    rule = "利州区 八审会签：付款须与审签一致"
