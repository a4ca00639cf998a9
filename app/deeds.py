"""Every act of every village, the latest first: searched by person, kind, time and content.

The log is what was done; this is a way to read it. `at` never goes back within a village, so the
leaves of a time are found by halving and the villages are merged, whatever their age.
"""

import heapq
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection

from ledger.log import store as log
from ledger.voucher import Number

KINDS = {
    "log.opened": "建账",
    "person.enrolled": "登记人员",
    "key.enrolled": "登记签名密钥",
    "key.revoked": "注销密钥",
    "seat.taken": "就任席位",
    "seat.left": "离任",
    "kin.declared": "申报亲属",
    "delegation.given": "委托",
    "delegation.ended": "收回委托",
    "server.keyed": "系统密钥",
    "witnesses.set": "设见证方",
    "registrar.changed": "登记员交接",
    "registrar.replaced": "更换登记员",
    "policy.adopted": "采用审签办法",
    "account.opened": "开设科目",
    "voucher.submitted": "提交凭证",
    "reads.digested": "封存查阅记录",
    "papers.added": "补充附件",
    "case.signed": "审签",
    "paper.signed": "纸质签字入账",
    "meeting.opened": "召开会议",
    "meeting.closed": "会议表决",
    "case.withdrawn": "撤回",
    "payment.made": "付款",
    "voucher.posted": "记账",
    "month.sealed": "封账",
    "seal.cosigned": "见证",
    "sheet.published": "公布公开表",
    "boards.set": "设公示栏",
    "sheet.posted": "张贴公示",
    "sheet.taken_down": "撤下公示",
    "question.asked": "质询",
    "question.answered": "答复",
    "audit.marked": "季度审计",
    "register.adopted": "采用份额登记簿",
    "distribution.frozen": "确定分配方案",
}
MOST = 200_000  # leaves looked at for one page
CHUNK = 200


class Place(NamedTuple):
    """Where an act stands, so that acts of several villages have one order."""

    at: str
    village: str
    seq: int


class Wanted(NamedTuple):
    """What is looked for: villages, a person, a kind, days, words of the act itself."""

    villages: tuple[str, ...]
    person: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None
    words: str = ""


class Deed(NamedTuple):
    """An act as the page shows it; `case` where there is a page of it."""

    place: Place
    person: str
    seat: str
    kind: str
    method: str
    subject: str
    case: str
    told: str


class Found(NamedTuple):
    """A page of acts, where the next begins (None: there is none), whether the search gave up."""

    deeds: list[Deed]
    after: Place | None
    gave_up: bool


def search(conn: Connection, want: Wanted, after: Place | None, limit: int) -> Found:
    """Return the acts behind a place, the latest first, at most `limit`."""
    budget = [MOST]
    streams = [_village(conn, village, want, after, budget) for village in want.villages]
    merged = heapq.merge(*streams, key=lambda deed: deed.place, reverse=True)
    found = list(islice(merged, limit + 1))
    more = found[limit - 1].place if len(found) > limit else None
    return Found(found[:limit], more, budget[0] <= 0)


def _village(
    conn: Connection, village: str, want: Wanted, after: Place | None, budget: list[int]
) -> Iterator[Deed]:
    until = min(filter(None, (after.at if after else "", f"{want.last}T99" if want.last else "")),
                default="9999")  # fmt: skip
    top = _below(conn, village, until)
    while top > 0 and budget[0] > 0:
        start = max(top - CHUNK, 0)
        budget[0] -= top - start
        for event in reversed(log.span(conn, village, start, top)):
            statement = event.statement()
            place = Place(statement["at"], village, event.seq)
            if want.first and place.at[:10] < want.first.isoformat():
                return
            if (after is None or place < after) and _fits(want, statement, event.body):
                yield _deed(place, statement)
        top = start


def _below(conn: Connection, village: str, until: str) -> int:
    """Return how many leaves of a village are not later than a time."""
    low, high = 0, log.size(conn, village)
    while low < high:
        middle = (low + high) // 2
        event = log.at(conn, village, middle)
        if event is not None and event.statement()["at"] <= until:
            low = middle + 1
        else:
            high = middle
    return low


def _fits(want: Wanted, statement: dict[str, Any], body: bytes) -> bool:
    return (
        want.person in {"", statement["person"]}
        and want.kind in {"", statement["kind"]}
        and (not want.words or want.words.encode() in body)
    )


def _deed(place: Place, statement: dict[str, Any]) -> Deed:
    body, kind, subject = statement["body"], statement["kind"], statement["subject"]
    case = subject if kind in CASES else ""
    facts = _facts(kind, body)
    who = (statement["person"], statement["seat"])
    return Deed(place, *who, kind, statement["method"], subject, case, "，".join(facts))


CASES = frozenset(
    {"voucher.submitted", "papers.added", "case.signed", "paper.signed", "meeting.opened",
     "meeting.closed", "case.withdrawn", "payment.made", "voucher.posted"}
)  # fmt: skip
TOLD = ("decision", "opinion", "reason", "name", "title", "text", "account", "number", "person")
WORDS = {"approve": "同意", "return": "退回", "recuse": "回避"}


def _facts(kind: str, body: dict[str, Any]) -> Sequence[str]:
    if kind == "voucher.submitted":
        return [f"{body['voucher']['summary']}（第 {body['revision']} 稿）"]
    if kind == "voucher.posted":
        return [str(Number(body["year"], body["class"], body["no"]))]
    found = [str(body[name]) for name in TOLD if isinstance(body.get(name), str) and body[name]]
    return [WORDS.get(one, one)[:80] for one in dict.fromkeys(found)]
