"""The year 2021 of a sample village, told by rule: always the same, exact to the fen.

The books are kept with today's chart and law. Each village ends the year with exactly the surplus
of its plan: all movements are drawn first, then one last receipt, the year's profit from the firm
the village holds shares in, closes the gap; the accounts of the items decide what counts.

The surplus is distributed when the year is closed: the resolution of early January 2022 carries the
day 2021-12-31 (so that the statement of 2021 shows it), the money goes out on 2022-01-20.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Literal, NamedTuple

from app.demo.names import villagers
from app.demo.story import RECUSED, STORY
from app.demo.streams import BUSY, LIGHT, PARK, TRADES, VILLAGER, Stream
from app.demo.township import MAIN, PLANS, Village, township
from app.demo.transfers import WORKS, YEAR, transfers
from ledger.bank.line import Line, keyed
from ledger.items import items
from ledger.voucher import Voucher

Scale = Literal["tiny", "light", "full"]
BASIC = "102.01"
PROJECT = "102.02"
PROFIT = {"501", "502", "503", "504", "511", "512", "513", "514", "515", "521"}
DIVIDEND_DAY = date(2021, 12, 31)
PAY_DAY = date(2022, 1, 20)


class Move(NamedTuple):
    """A bank movement before the bank has numbered it; `fen` is positive for money in."""

    account: str
    day: date
    fen: int
    party: str
    purpose: str
    summary: str
    item: str
    counter: str
    answer: str = ""
    story: bool = False


class Answer(NamedTuple):
    """What the clerk decides on a line that no rule knows, and why."""

    key: str
    item: str
    account: str
    why: str


class Month(NamedTuple):
    """A month: the bank's lines by account code, and the vouchers that move no money."""

    period: str
    lines: dict[str, tuple[Line, ...]]
    vouchers: tuple[Voucher, ...]


class Distribution(NamedTuple):
    """What becomes of the surplus (fen); `members` = shares x share."""

    day: date
    paid: date
    surplus: int
    reserve: int
    members: int
    shares: int
    share: int


class Year(NamedTuple):
    """A village's year.

    `opening` are the balances at 2021-01-01 (fen, debit positive, sum zero), `details` the accounts
    to open; `items` tells by line key what each line is for and its counter account, for checks;
    `answers` are the lines for a human; `story` and `recused` are keys of lines with a road of
    their own (empty where there is none); `after` is January 2022 with the dividend's payment.
    """

    village: Village
    opening: dict[str, int]
    details: tuple[tuple[str, str], ...]
    months: tuple[Month, ...]
    items: dict[str, tuple[str, str]]
    answers: dict[str, Answer]
    story: str
    recused: str
    surplus_fen: int
    distribution: Distribution
    after: Month

    def lines(self, account: str) -> tuple[Line, ...]:
        """Return the account's lines of 2021, oldest first."""
        return tuple(line for month in self.months for line in month.lines.get(account, ()))


def year(village: Village | str, scale: Scale = "light") -> Year:
    """Return the year 2021 of a village (or of the village with this slug).

    `tiny` gives the main village a light village's year beside its story; `full` makes the light
    villages so busy that the township has more than ten thousand vouchers.
    """
    home = township().village(village) if isinstance(village, str) else village
    opening, moves = _opening(home), _moves(home, scale)
    vouchers = transfers(home, _supervised(moves), light=home.slug != MAIN or scale == "tiny")
    moves.append(_profit(home, moves, vouchers))
    moves.append(_payout(home))
    lines = _stated(home, opening, moves)
    months = tuple(_month(f"{YEAR}-{month:02d}", lines, vouchers) for month in range(1, 13))
    return Year(
        village=home,
        opening=opening,
        details=_details(home),
        months=months,
        items={line.key: (move.item, move.counter) for move, line in lines},
        answers={
            line.key: Answer(line.key, move.item, move.counter, move.answer)
            for move, line in lines
            if move.answer
        },
        story=_key(lines, STORY.party.name if home.slug == MAIN else ""),
        recused=_key(lines, RECUSED.party if home.slug == MAIN else ""),
        surplus_fen=home.surplus_fen,
        distribution=_distribution(home),
        after=_month(f"{YEAR + 1}-01", lines, []),
    )


def _key(lines: list[tuple[Move, Line]], party: str) -> str:
    return next((line.key for move, line in lines if party and move.party == party), "")


def _distribution(home: Village) -> Distribution:
    return Distribution(
        day=DIVIDEND_DAY,
        paid=PAY_DAY,
        surplus=home.surplus_fen,
        reserve=home.reserve_fen,
        members=home.dividend_fen,
        shares=home.members,
        share=home.share_fen,
    )


def _details(home: Village) -> tuple[tuple[str, str], ...]:
    common = (("102.01", "基本户"), ("113.01", "成员分红"), ("211.02", "应付水电费"))
    if home.slug != MAIN:
        return common
    return (
        *common,
        ("102.02", "项目专户"),
        ("112.01", "样例青禾种植公司"),
        ("211.01", "工程质保金"),
        ("241.01", "井田现代农业园区项目"),
    )


def _opening(home: Village) -> dict[str, int]:
    """Return balances at 2021-01-01 (fen); 未分配收益 is what makes them balance."""
    if home.slug == MAIN:
        known = {
            "102.01": 386_452_18,
            "102.02": 42_000_00,
            "112.01": 18_600_00,
            "141": 600_000_00,
            "151": 2_480_000_00,
            "152": -612_300_00,
            "211.01": -15_300_00,
            "241.01": -42_000_00,
            "301": -1_200_000_00,
            "311": -1_350_000_00,
        }
    else:
        size = home.members * 100_00
        known = {
            "102.01": 96_000_00 + size // 7,
            "141": 2 * size,
            "151": 6 * size,
            "152": -size,
            "301": -3 * size,
            "311": -4 * size,
        }
    return {**known, "322.02": -sum(known.values())}


def _streams(home: Village, scale: Scale) -> tuple[Stream, ...]:
    if home.slug == MAIN and scale != "tiny":
        return PARK
    return (*LIGHT, *BUSY) if scale == "full" else LIGHT


def _moves(home: Village, scale: Scale) -> list[Move]:
    random = Random(f"{home.code} {YEAR}")  # noqa: S311 - a sample, no secret
    names = villagers(f"三堆镇{home.name}", home.households)
    moves = [
        move for stream in _streams(home, scale) for move in _drawn(stream, home, random, names)
    ]
    if home.slug == MAIN:
        moves += [_story(), _recused(), *_works(scale)]
    return moves


def _drawn(stream: Stream, home: Village, random: Random, names: list[str]) -> Iterator[Move]:
    item = items()[stream.item]
    counter = stream.counter or _leaf(home, item.account)
    sign = 1 if item.side == "income" else -1
    trade = TRADES[
        next(at for at, plan in enumerate(PLANS) if plan.slug == home.slug) % len(TRADES)
    ]
    count = 0
    for month in stream.months:
        for _ in range(stream.times):
            count += 1
            fen = random.randint(stream.low, stream.high) * 100 + _cents(stream, random)
            if stream.scaled:
                fen = fen * home.surplus_fen // 100_000_00
            yield Move(
                account=stream.account,
                day=_day(stream, month, random),
                fen=sign * fen,
                party=_party(stream, count, random, names),
                purpose=stream.purpose.format(m=month, n=count, trade=trade),
                summary=stream.summary,
                item=stream.item,
                counter=counter,
                answer=stream.answer,
            )


def _cents(stream: Stream, random: Random) -> int:
    """Draw cents where a meter or a bank would have them."""
    metered = "电费" in stream.purpose or "水费" in stream.purpose or not stream.purpose
    return random.randint(1, 99) if metered else 0


def _day(stream: Stream, month: int, random: Random) -> date:
    if stream.summary == "结息":
        return date(YEAR, month, 21)
    day = date(YEAR, month, random.randint(3, 27))
    return day - timedelta(days=max(day.weekday() - 4, 0))  # offices pay on working days


def _party(stream: Stream, count: int, random: Random, names: list[str]) -> str:
    if stream.party == VILLAGER:
        return random.choice(names)
    if isinstance(stream.party, str):
        return stream.party
    return stream.party[count % len(stream.party)]


def _leaf(home: Village, account: str) -> str:
    """Return the first detail of an account where the village has details."""
    return next((code for code, _ in _details(home) if code.startswith(f"{account}.")), account)


def _story() -> Move:
    return Move(
        account=BASIC,
        day=STORY.paid,
        fen=-STORY.fen,
        party=STORY.party.name,
        purpose=STORY.purpose,
        summary="网银转账",
        item=STORY.wrong_item,
        counter=items()[STORY.wrong_item].account,
        story=True,
    )


def _recused() -> Move:
    return Move(
        account=BASIC,
        day=RECUSED.day,
        fen=-RECUSED.fen,
        party=RECUSED.party,
        purpose=RECUSED.purpose,
        summary="网银转账",
        item=RECUSED.item,
        counter=items()[RECUSED.item].account,
    )


def _works(scale: Scale) -> list[Move]:
    """Return the progress payments of the cold store: 97 % of what was certified each month."""
    if scale == "tiny":
        return []
    return [
        Move(
            account=PROJECT,
            day=date(YEAR, month, 26),
            fen=-certified * 97 // 100,
            party="样例园区建设公司",
            purpose=f"园区冷链工程第{at}次进度款",
            summary="网银转账",
            item="spending.project",
            counter="153",
        )
        for at, (month, certified) in enumerate(WORKS, 1)
    ]


def _supervised(moves: list[Move]) -> int:
    """Return what the works' supervisor was paid (fen), which belongs to the asset's cost."""
    return -sum(move.fen for move in moves if move.counter == "153" and "监理" in move.purpose)


def _profit(home: Village, moves: list[Move], vouchers: list[Voucher]) -> Move:
    """Return the receipt that brings the surplus to the plan, exactly."""
    earned = sum(move.fen for move in moves if move.counter in PROFIT)
    earned -= sum(leg.fen for one in vouchers for leg in one.legs if leg.account in PROFIT)
    return Move(
        account=BASIC,
        day=date(YEAR, 12, 28),
        fen=home.surplus_fen - earned,
        party="样例三堆山货集团",
        purpose=f"{YEAR}年度入股分红款",
        summary="网银转账",
        item="income.enterprise",
        counter="502",
    )


def _payout(home: Village) -> Move:
    return Move(
        account=BASIC,
        day=PAY_DAY,
        fen=-home.dividend_fen,
        party="批量代发",
        purpose=f"{YEAR}年度成员分红",
        summary="批量代发",
        item="spending.dividend",
        counter="113.01",
    )


def _stated(home: Village, opening: dict[str, int], moves: list[Move]) -> list[tuple[Move, Line]]:
    """Number the movements as the bank does: in order of days, with serial, time and balance."""
    stated: list[tuple[Move, Line]] = []
    for account in home.accounts:
        mine = sorted((move for move in moves if move.account == account.code), key=_order)
        balance, lines, today = opening[account.code], [], 0
        for at, move in enumerate(mine, 1):
            balance += move.fen
            today = today + 1 if at > 1 and mine[at - 2].day == move.day else 0
            lines.append(_line(move, at, today, balance))
        stated += zip(mine, keyed(account.number, lines), strict=True)
    return stated


def _order(move: Move) -> tuple[date, bool]:
    return move.day, move.fen < 0  # a day's receipts first, so that the balance never dips


def _line(move: Move, at: int, today: int, balance: int) -> Line:
    moment = timedelta(hours=8, minutes=40 + 9 * today + at % 9, seconds=at * 13 % 60)
    known = move.party not in {"", "批量代发"}
    return Line(
        day=move.day,
        time=str(moment).zfill(8),
        serial=f"{move.day:%Y%m%d}{at:06d}",
        summary=move.summary,
        out_fen=max(-move.fen, 0),
        in_fen=max(move.fen, 0),
        balance_fen=balance,
        party=move.party,
        party_account=_account_of(move.party) if known else "",
        party_bank="样例农商行" if known else "",
        purpose=move.purpose,
        key="",
    )


def _account_of(party: str) -> str:
    # Invented, but always the same for a name.
    return f"62{Random(party).randrange(10**14):014d}"  # noqa: S311


def _month(period: str, lines: list[tuple[Move, Line]], vouchers: list[Voucher]) -> Month:
    found: dict[str, list[Line]] = {}
    for move, line in lines:
        if f"{line.day:%Y-%m}" == period:
            found.setdefault(move.account, []).append(line)
    kept = {code: tuple(mine) for code, mine in found.items()}
    return Month(period, kept, tuple(one for one in vouchers if one.period == period))
