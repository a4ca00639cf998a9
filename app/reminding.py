"""The run of `mingbai remind`: find what waits, write letters, send them; one run at a time."""

import fcntl
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, text

from app import contacts, database, letters, meetings, outbox
from app.contacts import MAIL, Contact
from app.outbox import Kept
from app.sending import Mail, Never, NotNow, Sender, adapter
from app.settings import Settings
from app.webhook import Webhook
from approvals import cases, pursuit, register, waits, workdays
from approvals.due import Due
from approvals.pursuit import Ladder, Nudge
from approvals.register import Register
from approvals.waits import Wait
from ledger.log import store as log
from ledger.refusal import Refusal

WEBHOOK = "webhook"
LOCK = 0x6D696E67  # of PostgreSQL's advisory locks, ours
ITEMS = 100  # of one call of a webhook


ENDS = {
    "sent": "已发",
    "later": "稍后再试",
    "dead": "送不到",
    "unsure": "不知送到没有",
}


class Run(NamedTuple):
    """What a run did: letters written, and how many letters ended how."""

    written: int
    ended: Mapping[str, int]
    quiet: bool = False


def remind(engine: Engine, settings: Settings, now: datetime) -> Run:
    """Remind whoever is waited for, and tell who is to know what is late.

    On days that are no working days and in the quiet hours nothing is sent. What was written is
    never written again, whatever happens to the program in between.

    Raises:
        Running: another run is under way.
        BadChannel: a setting names an adapter that is not installed.
    """
    senders = senders_of(settings)
    with alone(engine, settings):
        if quiet(settings, now):
            return Run(0, {}, quiet=True)
        with engine.begin() as conn:
            outbox.recover(conn, [name for name, one in senders.items() if one.repeats], now)
            written = _write(conn, settings, senders, now)
        return Run(written, _send(engine, settings, senders, now))


def quiet(settings: Settings, now: datetime) -> bool:
    """Tell whether nothing is sent now."""
    begin, end = (time(hour) for hour in settings.quiet)
    hour = now.timetz().replace(tzinfo=None)
    within = begin <= hour < end if begin <= end else hour >= begin or hour < end
    return within or not workdays.is_workday(now.date())


def senders_of(settings: Settings) -> dict[str, Sender]:
    """Return what the settings name, by channel.

    Raises:
        BadChannel: an adapter is not installed.
    """
    found: dict[str, Sender] = {}
    if settings.smtp_host:
        found[MAIL] = Mail(settings)
    if settings.webhook_url:
        secret, private = settings.webhook_secret, settings.webhook_private
        found[WEBHOOK] = Webhook(settings.webhook_url, secret, private=private)
    for name, said in settings.channels.items():
        try:
            found[name] = adapter(said)
        except LookupError as fault:
            raise BadChannel(name=name, said=said) from fault
    return found


def ladder_of(settings: Settings) -> Ladder:
    """Return who is told of what is late, as the settings say it."""
    return Ladder(settings.escalate_days, settings.escalate_to)


@contextmanager
def alone(engine: Engine, settings: Settings) -> Iterator[None]:
    """Hold the lock of a run: the database's own where there is a server, else a file's.

    Both end with the program that held them.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect() as conn:
            if not conn.execute(text(f"SELECT pg_try_advisory_lock({LOCK})")).scalar():
                raise Running
            try:
                yield
            finally:
                conn.execute(text(f"SELECT pg_advisory_unlock({LOCK})"))
        return
    with (settings.data / "remind.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise Running from fault
        yield


# --- what is to be said ---


def nudges(conn: Connection, settings: Settings, now: datetime) -> list[tuple[Nudge, str]]:
    """Return every reminder that is due now, said or not, each with its village's name."""
    day, ladder = now.date(), ladder_of(settings)
    absent = pursuit.away(contacts.absences(conn, day), day)
    found = []
    for village in log.villages(conn):
        people = register.of(conn, village)
        for standing in cases.open_cases(conn, village):
            for wait in waits.of(standing, people, day):
                every = pursuit.of(standing, wait, people, day, ladder, absent)
                found += [(nudge, str(people.facts["name"])) for nudge in every]
        invited = _called(conn, village, people, day, absent)
        found += [(nudge, str(people.facts["name"])) for nudge in invited]
    return found


def _called(
    conn: Connection, village: str, people: Register, day: date, absent: Collection[str]
) -> list[Nudge]:
    """Return what is to be said to those who are called to a meeting: at once, the day before."""
    found = []
    for one in meetings.ahead(conn, village, day):
        guests = tuple(guest.person for guest in one.roster if guest.person in people.people)
        due = Due(one.at.date(), one.day)
        title = f"{one.title}，{one.day} {one.time}，{one.place}"
        wait = Wait(letters.CALLED, one.id, title, (), guests, due, 0, ())
        kind = pursuit.word(wait, day)
        there = [person for person in guests if person not in absent]
        found += [Nudge(village, "", 0, kind, person, wait) for person in there]
    return found


def _write(
    conn: Connection, settings: Settings, senders: Mapping[str, Sender], now: datetime
) -> int:
    found = nudges(conn, settings, now)
    known = contacts.everybody(conn)
    written = 0
    for channel in senders:
        fresh = outbox.unsaid(conn, channel, {nudge.key for nudge, _ in found})
        mine = [one for one in found if one[0].key in fresh]
        for contact, some in _addressed(channel, mine, known):
            _letter(conn, contact, some, now)
            written += 1
    return written


Named = list[tuple[Nudge, str]]


def _addressed(
    channel: str, found: Named, known: Mapping[str, list[Contact]]
) -> Iterator[tuple[Contact, Named]]:
    """Give what is to be said by a channel, person by person; a webhook takes it all."""
    if channel == WEBHOOK:
        for first in range(0, len(found), ITEMS):
            yield Contact("", WEBHOOK, "", "zh"), found[first : first + ITEMS]
        return
    for person, ways in known.items():
        mine = [one for one in found if one[0].person == person]
        for way in ways:
            if way.channel == channel and mine:
                yield way, mine


def _letter(conn: Connection, to: Contact, found: Named, now: datetime) -> None:
    keys = [nudge.key for nudge, _ in found]
    said = {"items": [_item(nudge, name, now) for nudge, name in found]}
    at = now.isoformat()
    name = outbox.name_of(to.channel, to.person, keys)
    kept = Kept(
        name, to.channel, to.person, to.address, to.language, said, "waiting", 0, at, "", at
    )
    outbox.write(conn, kept, keys)


def _item(nudge: Nudge, name: str, now: datetime) -> dict[str, Any]:
    wait = nudge.wait
    return {
        "village": nudge.village,
        "village_name": name,
        "case": nudge.case,
        "path": _path(nudge),
        "wait": wait.kind,
        "step": wait.step,
        "title": wait.title,
        "kind": nudge.kind,
        "person": nudge.person,
        "since": letters.day(wait.due.since),
        "last": letters.day(wait.due.last),
        "late_days": wait.late(now.date()),
    }


def _path(nudge: Nudge) -> str:
    if nudge.wait.kind == letters.CALLED:
        return f"/desk/{nudge.village}/meetings/{nudge.wait.step}"
    return f"/case/{nudge.village}/{nudge.case}"


# --- sending ---


def _send(
    engine: Engine, settings: Settings, senders: Mapping[str, Sender], now: datetime
) -> Counter[str]:
    with database.read(engine) as conn:
        names = outbox.due(conn, now)
    ended: Counter[str] = Counter()
    for name in names:
        with engine.begin() as conn:
            kept = outbox.begin(conn, name)
        ended[_try(engine, senders, kept, settings.base_url, now)] += 1
    return ended


def _try(engine: Engine, senders: Mapping[str, Sender], kept: Kept, url: str, now: datetime) -> str:
    """Send one letter and note how that ended."""
    try:
        if kept.channel not in senders:
            msg = f"没有设置发送方式 {kept.channel}"
            raise NotNow(msg)  # noqa: TRY301 - one place notes it
        senders[kept.channel].send(letters.write(kept, url))
    except NotNow as fault:
        with engine.begin() as conn:
            outbox.later(conn, kept, str(fault), now)
        return "later"
    except Never as fault:
        state, said = "dead", str(fault)
    except Exception as fault:  # noqa: BLE001 - an adapter of somebody's: nobody knows
        state, said = "unsure", f"{type(fault).__name__} {fault}"
    else:
        state, said = "sent", ""
    with engine.begin() as conn:
        outbox.end(conn, kept.id, state, said)
    return state


class Running(Refusal):
    """Another run of the reminders is under way."""

    code = "F130"
    says = "另一个 mingbai remind 正在运行，这一次没有发送。"
    status = 409


class BadChannel(Refusal):
    """A setting names an adapter that is not installed."""

    code = "F131"
    says = (
        "发送方式 {name} 的设置“{said}”不能用：请写 file:路径、command:程序，或已安装的适配器名。"
    )
    status = 422
