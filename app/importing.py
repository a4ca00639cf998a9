"""`mingbai import-opening`: the trial of a workbook in the terminal, and its commit."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine

from app import arrival, coming, database
from app.clock import Clock
from app.settings import Settings
from approvals import keys, register
from approvals.acts import Desk
from ledger.book import files
from ledger.coming.old_chart import REGIMES
from ledger.coming.trial import Trial
from ledger.log import store as log
from ledger.money import yuan
from ledger.refusal import Refusal


class Asked(NamedTuple):
    """What the command is given; `person` empty: only the trial."""

    village: str
    file: Path
    day: str
    regime: str
    choices: tuple[str, ...]
    person: str


class Found(NamedTuple):
    """The trial, and what a commit did; None without one."""

    trial: Trial
    brought: coming.Brought | None


def run(settings: Settings, engine: Engine, asked: Asked, pin: str) -> Found:
    """Try a workbook out and, if a person commits it, bring it in.

    Raises:
        Refusal: of `app.arrival`, `app.coming` and the acts behind them.
    """
    village = asked.village
    sheets = arrival.sheets(asked.file.read_bytes(), asked.file.name)
    if asked.regime not in {"", *REGIMES}:
        raise BadOption(what=f"--regime {asked.regime}", known="2004、2023")
    chosen = dict(_choice(one) for one in asked.choices)
    with engine.begin() as conn:
        opened = register.of(conn, village).facts["opened"]
        coming.check_not_begun(conn, village)
        coming.choose(conn, village, chosen)
        day = _day(asked.day or opened)
        trial = coming.attempt(conn, village, sheets, day, asked.regime)
    if not asked.person or trial.faults:
        return Found(trial, None)
    now = Clock(settings.today).now()
    hand = keys.unlock(engine, asked.person, pin)
    with engine.begin() as conn:
        last = log.last_at(conn, village)
        desk = Desk(village, max(now, last) if last else now)
        kept = coming.named(sheets, asked.file.name, day, asked.regime, asked.person)
        coming.keep(conn, village, asked.person, now, kept)
        brought = coming.commit(conn, hand, desk, kept.digest)
    with database.read(engine) as conn:
        files.project(conn, village, settings.books)
    return Found(trial, brought)


def _choice(given: str) -> tuple[str, str]:
    key, sign, value = given.rpartition("=")
    if not sign:
        raise BadOption(what=f"--choose {given}", known="'202 应付款=211' 这样的写法")
    return key.strip(), value.strip()


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as fault:
        raise BadOption(what=f"--day {given}", known="2024-01-01 这样的日期") from fault


def lines(found: Found) -> Iterator[str]:
    """Give the report line by line."""
    trial = found.trial
    for word, rows in (("错误", trial.faults), ("留意", trial.hints)):
        for one in rows:
            where = "!".join(part for part in (one.sheet, one.cell) if part)
            yield f"{word}　{where}　{one.what}。{one.todo}。"
    for question in trial.questions:
        yield from _asked(question)
    for placed in trial.placed:
        old = placed.old
        name = f"{old.top.code} {old.top.name} {old.leaf}".strip()
        yield f"{name}　{yuan(old.fen)}　→　{placed.account} {placed.name}"
    even = "借贷相平" if trial.debit == trial.credit else "借贷不平"
    yield f"借方合计 {yuan(trial.debit)}，贷方合计 {yuan(trial.credit)}，{even}"
    yield "、".join(f"{name} {count}" for name, count in trial.rolls.counts().items())
    if found.brought:
        word = "已经提交过" if found.brought.before else "已提交"
        yield f"{word}，期初凭证是事项 {found.brought.case}，等待审签。"
    else:
        yield "可以提交。" if trial.ready else "还不能提交。"


def _asked(question: Any) -> Iterator[str]:  # noqa: ANN401 - a question or a detail's
    state = question.answer or ("待选定" if question.open else "按明细")
    yield f"选择　{question.asks}（{state}）　--choose '{question.key}=…'"
    for choice in question.choices:
        yield f"　　{choice.value}：{choice.words}"


def as_json(found: Found) -> dict[str, Any]:
    """Return the report as data; amounts are integer fen."""
    trial = found.trial
    return {
        "ready": trial.ready,
        "regime": trial.regime,
        "day": trial.day.isoformat(),
        "debit_fen": trial.debit,
        "credit_fen": trial.credit,
        "faults": [one._asdict() for one in trial.faults],
        "hints": [one._asdict() for one in trial.hints],
        "questions": [
            {"key": one.key, "answer": one.answer, "choices": [c.value for c in one.choices]}
            for one in trial.questions
        ],
        "accounts": [
            {"old": one.old.code, "name": one.old.name, "fen": one.old.fen, "account": one.account}
            for one in trial.placed
        ],
        "registers": trial.rolls.counts(),
        "case": found.brought.case if found.brought else "",
    }


class BadOption(Refusal):
    """An option of the command cannot be used."""

    code = "J006"
    says = "{what} 不能用，请改用 {known}。"
    status = 422
