"""Take a bank's file into a village's account: the right account, village and month, whole."""

from typing import NamedTuple

from sqlalchemy import Connection

from ledger.accounts import chart_of
from ledger.bank import store
from ledger.bank.cells import Rows
from ledger.bank.fields import alike
from ledger.bank.layout import HEADERS_WITHIN, Profile, fingerprint
from ledger.bank.line import Statement
from ledger.bank.reading import parse
from ledger.bank.store import Account
from ledger.log import store as log
from ledger.refusal import Refusal
from ledger.voucher import BANK


class Taken(NamedTuple):
    """What became of a file: its statement, and how many of its lines were new."""

    statement: Statement
    new: int


def profile_of(conn: Connection, village: str, code: str, rows: Rows) -> Profile:
    """Return what is known of a file before it is read: its account, its columns as told before."""
    known = store.account(conn, village, code)
    profile = Profile("", account=known.number if known else "")
    prints = [fingerprint(row) for row in rows[:HEADERS_WITHIN]]
    told = store.layout(conn, prints)
    if told is None:
        return profile
    return profile._replace(top=prints.index(told[0]), **told[1])


def understood(conn: Connection, village: str, code: str, rows: Rows, filename: str) -> Statement:
    """Read a file's rows with what is known of the account and of the bank's layout.

    Raises:
        Refusal: of `ledger.bank.reading.parse`.
    """
    return parse(rows, filename, profile_of(conn, village, code, rows))


def take(conn: Connection, village: str, code: str, statement: Statement, month: str = "") -> Taken:
    """Keep the lines of a statement, and which bank account the code stands for.

    `month` (`2021-05`) is the one that is being worked on; the file must have lines of it.

    Raises:
        NotBank, OtherAccount, OtherVillage, OtherMonth: the file belongs elsewhere.
        Gap, LineConflict, Unclear: of `ledger.bank.joining`.
    """
    check(conn, village, code, statement, month)
    new = store.add(conn, village, code, statement.lines)
    if store.account(conn, village, code) is None:
        account = Account(village, code, statement.account, statement.holder, statement.bank)
        store.bind(conn, account)
    return Taken(statement, new)


def check(conn: Connection, village: str, code: str, statement: Statement, month: str = "") -> None:
    """Refuse a statement of another account, village or month; nothing is written."""
    log.registry(conn, village)
    chart = chart_of(conn, village)
    if code.partition(".")[0] != BANK or not chart.is_leaf(code):
        raise NotBank(account=code)
    for other in store.accounts(conn):
        here = (other.village, other.code) == (village, code)
        if here and not alike(other.number, statement.account):
            raise OtherAccount(stated=statement.account, why=f"{code} 登记的是 {other.number}")
        if not here and other.number == statement.account:
            if other.village != village:
                raise OtherVillage(number=other.number, village=name_of(conn, other.village))
            raise OtherAccount(stated=statement.account, why=f"那是 {other.code} 的账户")
    days = [f"{line.day:%Y-%m}" for line in statement.lines]
    if month and month not in days:
        raise OtherMonth(first=days[0], last=days[-1], month=month)


def name_of(conn: Connection, village: str) -> str:
    """Return the name of a village by its log."""
    return str(log.events(conn, village, kinds=("log.opened",))[0].statement()["body"]["name"])


class NotBank(Refusal):
    """The code is no bank account of the village's chart."""

    code = "B019"
    says = "科目 {account} 不是本村的银行存款末级科目，请选 102 下的账户。"
    status = 422


class OtherAccount(Refusal):
    """The file is of another bank account than the one it was brought for."""

    code = "B020"
    says = "文件的账号是 {stated}，{why}。请改选账户，或下载您选的账户的明细。没有导入。"


class OtherVillage(Refusal):
    """The file is of another village's account."""

    code = "B021"
    says = "账号 {number} 是“{village}”的账户，不是本村的。请切换到那个村再导入。没有导入。"


class OtherMonth(Refusal):
    """The file has no line of the month that is being worked on."""

    code = "B023"
    says = (
        "文件里是 {first} 至 {last} 的流水，没有 {month} 的。"
        "请先在上面改选月份，或下载 {month} 的明细。没有导入。"
    )
