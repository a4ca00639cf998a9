"""What a village has to show, by when, and what is late: 月公示、季审计、年决算."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from approvals import boards
from disclosure import answers, audits, catalogue, notice
from disclosure.askbox import store as askbox
from disclosure.signers import quarter
from disclosure.wording import month
from ledger import periods
from ledger.posted import store as posted

SOON = 5  # days before its day on which a duty is called due
LATE, DUE, AHEAD = STATES = ("逾期", "该办了", "未到期")
QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")
FOLD = 73  # octets of a line before it is folded (RFC 5545 section 3.1), its blank included


class Duty(NamedTuple):
    """Something to be shown: what, by which day, at the latest when; why it is not done yet.

    `key` names it once and for all within its village.
    """

    key: str
    what: str
    day: date
    latest: date
    reason: str

    def state(self, today: date) -> str:
        """Return how it stands on a day: one of `STATES`."""
        if today > self.latest:
            return LATE
        return DUE if today >= self.day - timedelta(days=SOON) else AHEAD


def duties(
    conn: Connection, village: str, today: date, profile: str = "sichuan"
) -> tuple[Duty, ...]:
    """Return what a village still has to show, the earliest first; what is done is left out.

    The month under way and its quarter and year are the last that are looked at.

    Raises:
        NoProfile: there is no such province.

    Source: 利州区 月公示、季审计、年决算; data/profiles.toml
    """
    months = _months(conn, village, today)
    up = notice.published(conn, village)
    sealed = set(periods.sealed(conn, village))
    found = [
        *_monthly(months, up, sealed, profile),
        *_on_boards(conn, village, months, up),
        *_quarterly(conn, village, months, sealed, profile),
        *_yearly(months, up, sealed),
        *_asked(conn, village, profile),
    ]
    return tuple(sorted(found, key=lambda duty: (duty.day, duty.key)))


def _months(conn: Connection, village: str, today: date) -> list[str]:
    first = min(posted.periods(conn, village), default="")
    return periods.months(first, f"{today:%Y-%m}") if first else []


def _monthly(
    months: Iterable[str], up: Iterable[str], sealed: Iterable[str], profile: str
) -> Iterator[Duty]:
    for period in months:
        if period in up:
            continue
        reason = "已结账，还没有公示" if period in sealed else "还没有结账"
        day, latest = notice.due(period, profile), notice.latest(period, profile)
        yield Duty(f"month-{period}", f"{month(period)}财务公开表", day, latest, reason)


def _on_boards(
    conn: Connection, village: str, months: Iterable[str], up: dict[str, tuple[date, date]]
) -> Iterator[Duty]:
    """Return the boards on which a published sheet does not hang, since the boards were named."""
    places = boards.boards(conn, village)
    found = boards.postings(conn, village)
    hangs = {(one.period, one.board) for one in found}
    first = boards.since(conn, village)
    for period in months:
        if period not in up or up[period][1] < first:
            continue
        for board in places:
            if (period, board.id) not in hangs:
                what = f"{month(period)}公开表张贴到{board.name}"
                day = max(up[period][0], first)
                yield Duty(f"board-{period}-{board.id}", what, day, day, "已公示，没有张贴照片")


def _quarterly(
    conn: Connection, village: str, months: Sequence[str], sealed: set[str], profile: str
) -> Iterator[Duty]:
    done = audits.marks(conn, village)
    for name in dict.fromkeys(map(quarter, months)):
        if name in done:
            continue
        three = [period for period in audits.months_of(name) if period >= months[0]]
        left = [period for period in three if period not in sealed]
        reason = f"还有 {len(left)} 个月没有结账" if left else "三个月都已结账，等审计员登记"
        day = catalogue.due("other.audit", periods.first_day(three[-1]), profile)
        what = f"{name[:4]}年{QUARTERS[int(name[-1]) - 1]}审计"
        yield Duty(f"quarter-{name}", what, day, day, reason)


def _yearly(months: Iterable[str], up: Iterable[str], sealed: Iterable[str]) -> Iterator[Duty]:
    for year in dict.fromkeys(period[:4] for period in months):
        last = f"{year}-12"
        if last in up:
            continue
        reason = "12 月已结账，还没有公示年度决算" if last in sealed else "12 月还没有结账"
        day = catalogue.due("sharing.total", date(int(year), 12, 31))
        yield Duty(f"year-{year}", f"{year}年度决算和收益分配", day, day, reason)


def _asked(conn: Connection, village: str, profile: str) -> Iterator[Duty]:
    days = notice.profile_of(profile).answer_days
    for one in answers.open_questions(conn, village):
        day = one.asked + timedelta(days=days)
        yield Duty(f"answer-{one.number}", f"答复{one.number}", day, day, "还没有答复")
    for each in askbox.waiting(conn, village):
        what = f"登记第 {each.no} 条网上提问"
        yield Duty(
            f"asked-{each.no}", what, each.due, each.due, f"{each.day} 提问，村文书还没有登记"
        )


def counted(found: Iterable[Duty], today: date) -> dict[str, int]:
    """Return how many duties stand in each state."""
    states = [duty.state(today) for duty in found]
    return {state: states.count(state) for state in STATES}


class Village(NamedTuple):
    """A village with what it still has to show."""

    code: str
    name: str
    duties: tuple[Duty, ...]


def ics(title: str, villages: Sequence[Village], stamp: datetime) -> bytes:
    """Return duties as an iCalendar feed (RFC 5545): a whole-day event on each day.

    Where there are several villages, each event names its own.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mingbai//disclosure//ZH"]
    lines += [f"X-WR-CALNAME:{_escaped(title)}公开日历"]
    for one in villages:
        before = f"{one.name}：" if len(villages) > 1 else ""
        for duty in one.duties:
            lines += [
                "BEGIN:VEVENT",
                f"UID:{_escaped(duty.key)}@{one.code}",
                f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
                f"DTSTART;VALUE=DATE:{duty.day:%Y%m%d}",
                f"SUMMARY:{_escaped(before + duty.what)}",
                f"DESCRIPTION:{_escaped(f'{one.name}：{duty.reason}，最迟 {duty.latest}')}",
                "END:VEVENT",
            ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def _escaped(text: str) -> str:
    for letter in ("\\", ";", ","):
        text = text.replace(letter, f"\\{letter}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    parts, width = [""], 0
    for letter in line:
        size = len(letter.encode())
        if width + size > FOLD:
            parts.append("")
            width = 0
        parts[-1] += letter
        width += size
    return "\r\n ".join(parts)
