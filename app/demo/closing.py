"""The end of the sample year: income and expense carried forward, the surplus distributed."""

from collections.abc import Sequence
from fractions import Fraction

from app.demo.office import Office, post, sign_all, submit
from app.demo.township import households
from approvals import acts
from ledger import closing, distribution
from ledger.distribution import Holding, Roll
from ledger.legs import store as legs
from ledger.registers import store as shares
from ledger.voucher import Voucher

AS_OF = "2021-12-31"
RATE = Fraction(3, 10)  # 公积公益金 by the sample charter


def close_year(office: Office) -> None:
    """Close 2021: carry forward, resolve and freeze the distribution, close 各项分配."""
    home, year = office.home, 2021
    _walk(office, closing.carry_forward(home.code, year, _balances(office)))
    roll = _adopt(office)
    kept = office.story.distribution
    decided = distribution.plan(year, kept.surplus, 0, RATE, kept.members)
    _freeze(office, decided, roll)
    resolution = f"{home.name}成员代表大会〔2022〕1号"
    _walk(office, [distribution.voucher(home.code, decided, kept.day, resolution)])
    _walk(office, closing.close_shared(home.code, year, _balances(office)))


def _balances(office: Office) -> dict[str, int]:
    with office.place.engine.begin() as conn:
        return legs.balances(conn, office.home.code, "2021-12")


def _walk(office: Office, vouchers: Sequence[Voucher]) -> None:
    cases = submit(office, vouchers)
    sign_all(office, cases, [office.now.date()])
    post(office, cases)


def _adopt(office: Office) -> Roll:
    """Adopt the share register and return the roll of the dividend."""
    home = office.home
    holdings = [
        Holding(
            item.no, str(item.group), item.head, item.people, item.shares, item.bank_account[-4:]
        )
        for item in households(home.slug)
    ]
    body = {
        "as_of": AS_OF,
        "digest": shares.digest(holdings),
        "households": len(holdings),
        "shares": sum(item.shares for item in holdings),
    }
    with office.place.engine.begin() as conn:
        shares.write(conn, home.code, holdings)
        hand = office.hand("bookkeeper")
        acts.record(conn, hand, office.desk(), "register.adopted", AS_OF, body)
    return distribution.allot(2021, home.dividend_fen, holdings)


def _freeze(office: Office, decided: distribution.Plan, roll: Roll) -> None:
    body = {
        "year": decided.year,
        "surplus": decided.surplus,
        "reserve": decided.reserve,
        "members": decided.members,
        "other": decided.other,
        "allotment": roll.digest(),
    }
    with office.place.engine.begin() as conn:
        hand = office.hand("bookkeeper")
        acts.record(conn, hand, office.desk(), "distribution.frozen", str(decided.year), body)
