"""The notice: a sealed month's sheet is put up, by when and for how long."""

import tomllib
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import NamedTuple

from sqlalchemy import Connection

from approvals import acts
from approvals.acts import Desk
from approvals.keys import Hand
from disclosure import fit, render
from disclosure.compose import compose
from disclosure.sheet import Sheet
from ledger import periods
from ledger.log import store as log
from ledger.log.act import Event
from ledger.refusal import Refusal

KIND = "sheet.published"


class Profile(NamedTuple):
    """A province's deadlines (data/profiles.toml, where each field is explained).

    `read` names the fields that stand in the text of `source`; the others are our defaults.
    """

    title: str
    sheet_day: int
    latest_day: int
    quarter_day: int
    event_days: int
    days_up: int
    answer_days: int
    source: str
    read: tuple[str, ...]


@cache
def profiles() -> dict[str, Profile]:
    """Return the deadlines by province (data/profiles.toml)."""
    text = (resources.files("disclosure") / "data/profiles.toml").read_text("utf-8")
    rows = tomllib.loads(text)
    return {name: Profile(**{**row, "read": tuple(row["read"])}) for name, row in rows.items()}


def profile_of(name: str) -> Profile:
    """Return a province's deadlines.

    Raises:
        NoProfile: there is no such province.
    """
    if name not in profiles():
        raise NoProfile(name=name, known="、".join(profiles()))
    return profiles()[name]


def due(period: str, profile: str = "sichuan") -> date:
    """Return the day by which a month's sheet has to be up.

    Raises:
        NoProfile: there is no such province.
    """
    return _following(period, profile_of(profile).sheet_day)


def latest(period: str, profile: str = "sichuan") -> date:
    """Return the day after which a month's sheet breaks the province's rule.

    Raises:
        NoProfile: there is no such province.
    """
    return _following(period, profile_of(profile).latest_day)


def _following(period: str, day: int) -> date:
    return periods.first_day(periods.next_period(period)).replace(day=day)


def publish(
    conn: Connection,
    hand: Hand,
    desk: Desk,
    period: str,
    up: tuple[date, date],
    profile: str = "sichuan",
) -> Event:
    """Publish the sheet of a sealed month from the first to the last day of `up`.

    The act binds the digest of the sheet's content (`render.content`). Publishing again is a second
    notice of the same sheet: the first one came down early, say.

    Raises:
        NotSealed: the month is not closed.
        Unfit: the sheet does not say enough.
        BeforeSeal: the notice would hang before the month is closed.
        TooShort: the notice is up for fewer days than the province asks.
        Changed: a sheet of other content is published for the month.
        NotEntitled: the hand does not hold the bookkeeper's seat.
    """
    if period not in periods.sealed(conn, desk.village):
        raise NotSealed(period=period)
    sheet = compose(conn, desk.village, period)
    fit.check(sheet)
    _check_days(sheet, up, profile)
    text = render.digest(sheet)
    for event in log.events(conn, desk.village, kinds=(KIND,), subject=period):
        if event.statement()["body"]["sheet"] != text:
            raise Changed(period=period)
    first, last = up
    body = {
        "period": period,
        "sheet": text,
        "posted": first.isoformat(),
        "until": last.isoformat(),
    }
    return acts.record(conn, hand, desk, KIND, period, body)


def _check_days(sheet: Sheet, up: tuple[date, date], profile: str) -> None:
    first, last = up
    least, days = profile_of(profile).days_up, (last - first).days + 1
    if first.isoformat() < sheet.sealed:
        raise BeforeSeal(period=sheet.period, sealed=sheet.sealed)
    if days < least:
        raise TooShort(days=max(days, 0), least=least)


def published(conn: Connection, village: str) -> dict[str, tuple[date, date]]:
    """Return (first, last) day of the notice of each published month."""
    found = {}
    for event in log.events(conn, village, kinds=(KIND,)):
        body = event.statement()["body"]
        days = (date.fromisoformat(body["posted"]), date.fromisoformat(body["until"]))
        found[body["period"]] = days
    return found


def late(conn: Connection, village: str, day: date, profile: str = "sichuan") -> list[str]:
    """Return the months whose sheet should be up on a day and is not, oldest first.

    Raises:
        NoProfile: there is no such province.
    """
    opened = periods.next_to_seal(conn, village)
    done = periods.sealed(conn, village)
    first = done[0] if done else opened
    if first is None:
        return []
    last = f"{periods.first_day(f'{day:%Y-%m}') - timedelta(days=1):%Y-%m}"
    up = published(conn, village)
    months = periods.months(first, last) if first <= last else []
    return [month for month in months if month not in up and day > due(month, profile)]


class NotSealed(Refusal):
    """The month is not sealed, so its sheet may still change."""

    code = "N020"
    says = "{period} 还没有结账封存，不能公示。请先结账。"
    rule = "财会〔2024〕12号 第二十四条"


class BeforeSeal(Refusal):
    """The notice would hang before the month is sealed."""

    code = "N022"
    says = "{period} 在 {sealed} 才结账封存，张贴日期不能早于这一天。"
    rule = "docs/FORMATS.md sheet.published"
    status = 422


class Changed(Refusal):
    """A sheet with other content has been published for this month."""

    code = "N023"
    says = "{period} 已经公示的公开表与现在的内容不一致，不能重新公示。请先核查账簿和操作记录。"
    rule = "农村集体经济组织财务公开规定：真实、完整"


class NoProfile(Refusal):
    """No province of this name has its deadlines here."""

    code = "N024"
    says = "没有“{name}”的公开期限，可选：{known}。"
    status = 422


class TooShort(Refusal):
    """The notice would come down too early."""

    code = "N021"
    says = "公示只有 {days} 天，至少要 {least} 天，请改公示截止日。"
    rule = "农村集体经济组织财务公开规定；各省村务公开条例"
    status = 422
