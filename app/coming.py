"""A village comes over: a workbook is kept for its trial, and brought in whole or not at all."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from app.tables import coming, coming_choice
from approvals import acts, submission
from approvals.acts import Desk
from approvals.cases import standing_of
from approvals.keys import Hand
from ledger.accounts import chart_of
from ledger.coming.sheet import Sheet, digest
from ledger.coming.trial import Trial, try_out
from ledger.log import store as log
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.registers import store as households
from ledger.registers.holdings import store as holdings

MOST_KEPT = 5


class Kept(NamedTuple):
    """A workbook under trial or brought in; `case` is the opening voucher's, empty before."""

    digest: str
    filename: str
    day: date
    regime: str
    sheets: tuple[Sheet, ...]
    person: str
    case: str


class Brought(NamedTuple):
    """What a commit did: the opening voucher's case, and whether it was there before."""

    case: str
    before: bool


def attempt(
    conn: Connection, village: str, sheets: Sequence[Sheet], day: date, regime: str
) -> Trial:
    """Return the trial of sheets with the answers that the village has given so far."""
    return try_out(sheets, day, regime, answers(conn, village), chart_of(conn, village))


def keep(conn: Connection, village: str, person: str, now: datetime, kept: Kept) -> None:
    """Keep a workbook for its trial, the latest five of a village; what was brought in stays.

    Raises:
        AlreadyBegun: the village's books have begun.
    """
    check_not_begun(conn, village)
    mine = coming.c.village == village
    same = mine & (coming.c.digest == kept.digest)
    there = conn.execute(select(coming.c.case).where(same)).scalar()
    conn.execute(delete(coming).where(same))
    sheets = json.dumps([list(one) for one in kept.sheets], ensure_ascii=False)
    conn.execute(
        insert(coming).values(
            village=village,
            digest=kept.digest,
            filename=kept.filename[-200:],
            day=kept.day,
            regime=kept.regime,
            sheets=sheets,
            person=person,
            at=now.isoformat(),
            case=there or "",
        )
    )
    tried = mine & (coming.c.case == "")
    query = select(coming.c.digest).where(tried).order_by(coming.c.at.desc()).offset(MOST_KEPT)
    late = list(conn.execute(query).scalars())
    conn.execute(delete(coming).where(mine & coming.c.digest.in_(late)))


def get(conn: Connection, village: str, name: str) -> Kept:
    """Return a workbook by the digest of its content.

    Raises:
        NotKept: it was never tried, or is gone.
    """
    for row in conn.execute(
        select(coming).where((coming.c.village == village) & (coming.c.digest == name))
    ):
        sheets = tuple(
            Sheet(title, rows, [tuple(one) for one in merged])
            for title, rows, merged in json.loads(row.sheets)
        )
        return Kept(row.digest, row.filename, row.day, row.regime, sheets, row.person, row.case)
    raise NotKept


def cases_of(conn: Connection, village: str) -> list[str]:
    """Return the cases of the opening vouchers that workbooks have brought."""
    query = select(coming.c.case).where(coming.c.village == village, coming.c.case != "")
    return list(dict.fromkeys(conn.execute(query.order_by(coming.c.at)).scalars()))


def answers(conn: Connection, village: str) -> dict[str, str]:
    """Return the choices made in a village, by question."""
    query = select(coming_choice.c.answers).where(coming_choice.c.village == village)
    found = conn.execute(query).scalar()
    return json.loads(found) if found else {}


def choose(conn: Connection, village: str, given: Mapping[str, str]) -> None:
    """Remember choices; an empty one is forgotten."""
    known = {**answers(conn, village), **given}
    kept = {question: answer for question, answer in known.items() if answer}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True)
    conn.execute(delete(coming_choice).where(coming_choice.c.village == village))
    conn.execute(insert(coming_choice).values(village=village, answers=text))


def check_not_begun(conn: Connection, village: str) -> None:
    """Refuse to bring anything into books that have begun.

    Raises:
        AlreadyBegun: a voucher has been posted, be it an opening.
    """
    months = posted.periods(conn, village)
    if months:
        raise AlreadyBegun(month=months[0])


def commit(conn: Connection, hand: Hand, desk: Desk, name: str) -> Brought:
    """Bring a workbook in: accounts, registers, opening voucher, in the caller's transaction.

    `desk` has no nonce: there are several acts. The voucher is submitted and walks its chain. The
    same workbook again does nothing; a mended one is the next revision of the same case while that
    has not been posted.

    Raises:
        AlreadyBegun, NotKept, StillFaulty, StillOpen, and those of `approvals.submission.submit`.
    """
    village = desk.village
    log.hold(conn, village)
    kept = get(conn, village, name)
    case, same = _case(conn, village, kept)
    if same:
        return Brought(case, before=True)
    check_not_begun(conn, village)
    trial = attempt(conn, village, kept.sheets, kept.day, kept.regime)
    if trial.faults:
        raise StillFaulty(count=len(trial.faults), first=trial.faults[0].what)
    if not trial.ready:
        raise StillOpen
    for code, title in trial.details:
        acts.open_account(conn, hand, desk, code, title)
    standing = submission.submit(conn, hand, desk, trial.voucher(village), case)
    _fill(conn, village, trial)
    mine = (coming.c.village == village) & (coming.c.digest == kept.digest)
    conn.execute(update(coming).where(mine).values(case=standing.case))
    return Brought(standing.case, before=False)


def _case(conn: Connection, village: str, kept: Kept) -> tuple[str, bool]:
    """Return the opening case that is not withdrawn, and whether it already says this workbook."""
    for case in reversed(cases_of(conn, village)):
        standing = standing_of(conn, village, case)
        if standing.state == "withdrawn":
            continue
        latest = standing.voucher == attempt(
            conn, village, kept.sheets, kept.day, kept.regime
        ).voucher(village)
        return case, latest and kept.case == case and standing.state != "returned"
    return "", False


def _fill(conn: Connection, village: str, trial: Trial) -> None:
    """Fill the registers that the workbook has; those that it leaves out stay as they are."""
    rolls = trial.rolls
    if rolls.holdings:
        households.write(conn, village, rolls.holdings)
        holdings.write_members(conn, village, rolls.members)
    for card in rolls.assets:
        households.keep_asset(conn, village, card)
    if rolls.resources:
        holdings.write_resources(conn, village, rolls.resources)
    if rolls.contracts:
        holdings.write_contracts(conn, village, rolls.contracts)
    if rolls.debts:
        holdings.write_debts(conn, village, rolls.debts)


def named(sheets: Sequence[Sheet], filename: str, day: date, regime: str, person: str) -> Kept:
    """Return sheets as a workbook to keep."""
    return Kept(digest(sheets), filename, day, regime, tuple(sheets), person, "")


class AlreadyBegun(Refusal):
    """The village's books hold a posted voucher: opening balances come before all others."""

    code = "J010"
    says = "这个村已从 {month} 开始记账，不能再导入期初。期初有误请填更正凭证。"
    rule = "docs/FORMATS.md Rules that close holes"


class NotKept(Refusal):
    """The workbook is not kept here."""

    code = "J011"
    says = "这份建账表不在了，请重新上传试算。"
    status = 409


class StillFaulty(Refusal):
    """The workbook has faults."""

    code = "J012"
    says = "建账表还有 {count} 处错误（{first}），没有写入任何内容。请改好后重新上传。"
    rule = "财会〔2023〕20号"
    status = 422


class StillOpen(Refusal):
    """Questions of the trial have no answer."""

    code = "J013"
    says = "还有科目没有选定转为哪个新科目，没有写入任何内容。请先选好再提交。"
    rule = "财会〔2023〕20号"
    status = 422
