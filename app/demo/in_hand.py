"""What lies on the desks when the sample opens: cases at each stage, bank lines to answer."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from app.demo.office import Office, submit
from app.demo.township import MAIN, TODAY, township
from approvals import signoff
from approvals.cases import standing_of
from ledger.bank import store as lines_of
from ledger.bank.line import Line, keyed
from ledger.items import items
from ledger.voucher import Leg, Party, Voucher


class Request(NamedTuple):
    """A payment under way: `until` is the step that waits now (empty: cleared)."""

    summary: str
    item: str
    fen: int
    payee: str
    until: str


CASES = (
    Request("二组水渠清淤机械费", "spending.upkeep", 4_860_00, "样例顺水机械队", "supervision"),
    Request("春耕农资采购（核桃园追肥）", "spending.operating", 12_400_00, "样例农资店", "clerk"),
    Request("村级公示栏更换玻璃", "spending.office", 680_00, "样例玻璃店", "secretary"),
    Request("独居老人冬季慰问物资", "spending.relief", 3_200_00, "样例百货商店", "township-head"),
    Request("园区大棚电路检修", "spending.operating", 2_150_00, "样例电力服务队", ""),
)
ELSEWHERE = (Request("村道路灯维修", "spending.upkeep", 1_240_00, "样例灯具店", "supervision"),)


def leave_in_hand(office: Office) -> None:
    """Submit the cases of the week and sign each up to where it waits; leave lines unanswered."""
    office.at(TODAY - timedelta(days=4))
    main = office.home.slug == MAIN
    asked = CASES if main else ELSEWHERE
    cases = submit(office, [_voucher(office, one) for one in asked])
    for one, case in zip(asked, cases, strict=True):
        _walk(office, case, one.until)
    if main:
        _lines(office)


def _voucher(office: Office, one: Request) -> Voucher:
    account = items()[one.item].account
    clerk = township().person(office.home.holders("clerk")[0])
    return Voucher(
        village=office.home.code,
        kind="payment",
        day=TODAY + timedelta(days=2),
        summary=one.summary,
        purpose=one.item,
        legs=(Leg(account, one.fen, ""), Leg("102.01", -one.fen, "")),
        handler=clerk.name,
        payee=Party(one.payee, "6200000000009001", "样例农商行"),
        sheets=2,
    )


def _walk(office: Office, case: str, until: str) -> None:
    with office.place.engine.begin() as conn:
        standing = standing_of(conn, office.home.code, case)
        while standing.waiting() and standing.waiting()[0]["id"] != until:
            step = standing.waiting()[0]
            office.at(office.now.date(), min(office.now.hour + 1, 17))
            if step["kind"] == "meeting":
                pair = (office.hand("secretary"), office.hand("clerk"))
                tally = office.tally(step["id"])
                desk = office.desk()
                standing = signoff.close_meeting(conn, *pair, desk, case, step["id"], tally)
                continue
            seat = step["seats"][0]
            done = {item.person for item in standing.approvals(step)}
            person = next(one for one in office.home.holders(seat) if one not in done)
            hand, desk = office.hands[person], office.desk()
            standing = signoff.sign(conn, hand, desk, case, step["id"], seat)


def _lines(office: Office) -> None:
    """Leave three lines of February for the bookkeeper: two that rules know, one that none does."""
    found = _february(office)
    with office.place.engine.begin() as conn:
        lines_of.add(conn, office.home.code, "102.01", keyed(office.home.accounts[0].number, found))


def _february(office: Office) -> Sequence[Line]:
    with office.place.engine.begin() as conn:
        last = lines_of.last_line(conn, office.home.code, "102.01")
    balance = last.balance_fen if last else 0
    rows = (
        (date(2022, 2, 7), 1_800_00, "样例青禾种植公司", "2月大棚租金"),
        (date(2022, 2, 7), 2_600_00, "样例鲜蔬配送公司", "2月冷藏费"),
        (date(2022, 2, 8), 350_00, "样例过路人", "拾得物处理款"),
    )
    found = []
    for at, (day, fen, party, purpose) in enumerate(rows, 1):
        balance += fen
        serial = f"{day:%Y%m%d}{at:06d}"
        words = ("网银转账", 0, fen, balance, party, "6200000000009002", "样例农商行", purpose, "")
        found.append(Line(day, f"09:{at:02d}:00", serial, *words))
    return found
