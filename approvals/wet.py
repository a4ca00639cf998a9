"""The form that is signed on paper: for which content and step it was printed, who may sign it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from unicodedata import normalize

from sqlalchemy import Connection

from approvals import rules
from approvals.cases import open_cases
from approvals.policy import Step
from approvals.register import Register
from approvals.standing import Standing
from ledger.log import store as log
from ledger.refusal import Refusal

CODE = re.compile(r"([0-9a-f]{8})-(\d{1,4})-(\d{1,2})", re.ASCII)
EVENT = "paper.signed"


class Signer(NamedTuple):
    """Somebody who may sign a step on paper, in this seat."""

    person: str
    seat: str


def code(standing: Standing, step: str) -> str:
    """Return the check code of a form: of the content, its revision and the step's place."""
    places = [one["id"] for one in standing.chain["steps"]]
    return f"{standing.digest[:8]}-{standing.revision}-{places.index(step) + 1:02d}"


def steps(standing: Standing) -> list[Step]:
    """Return the waiting steps for which a wet signature is enough."""
    if not standing.chain["paper_most"]:
        return []
    waiting = standing.waiting()
    return [one for one in waiting if one["kind"] != "meeting" and one["method"] == "paper"]


def signers(standing: Standing, people: Register, step: Step, day: date) -> list[Signer]:
    """Return who may sign a step on paper on a day."""
    found = []
    for seat in step["seats"]:
        for person in people.holders(seat, day):
            try:
                rules.may_decide(standing, people, step, person, seat, day)
                rules.may_approve(standing, people, person)
            except Refusal:
                continue
            found.append(Signer(person, seat))
    return found


def step_of(conn: Connection, standing: Standing, text: str) -> str:
    """Return the step for which a form with this check code was printed.

    Raises:
        BadCode: it is no check code. OldForm, OtherForm, UnknownForm: it is of another content.
    """
    given = "".join(normalize("NFKC", text).split()).lower()
    match = CODE.fullmatch(given)
    places = [one["id"] for one in standing.chain["steps"]]
    if match is None or not 1 <= int(match[3]) <= len(places):
        raise BadCode(code=given[:20] or "（没有填）")
    content = (match[1], int(match[2]))
    if content != (standing.digest[:8], standing.revision):
        _refuse(conn, standing, content)
    return str(places[int(match[3]) - 1])


def _refuse(conn: Connection, standing: Standing, content: tuple[str, int]) -> None:
    """Say of what another content is: an earlier revision, another case under way, or unknown."""
    village = standing.village
    own = log.events(conn, village, kinds=("voucher.submitted",), subject=standing.case)
    if content in {_content(event.statement()["body"]) for event in own}:
        raise OldForm(revision=content[1], now=standing.revision)
    for other in open_cases(conn, village):
        if (other.digest[:8], other.revision) == content:
            raise OtherForm(summary=other.voucher.summary)
    raise UnknownForm


def _content(body: Mapping[str, Any]) -> tuple[str, int]:
    return str(body["digest"])[:8], int(body["revision"])


def check_signer(
    standing: Standing, people: Register, step: str, signer: Signer, day: date
) -> None:
    """Refuse who cannot sign the form of a waiting step.

    Raises:
        WrongSigner: names the step and who can.
    """
    for one in steps(standing):
        able = signers(standing, people, one, day)
        if one["id"] == step and signer not in able:
            names = "、".join(people.name(item.person) for item in able) or "（没有人）"
            raise WrongSigner(step=one["title"], names=names)


def check_scan(conn: Connection, village: str, scan: str) -> None:
    """Refuse a scan that stands for another wet signature already.

    Raises:
        ScanUsed: names the case.
    """
    for event in log.events(conn, village, kinds=(EVENT,)):
        if event.statement()["body"]["scan"] == scan:
            raise ScanUsed(case=event.subject)


def scans(conn: Connection, village: str, case: str) -> set[str]:
    """Return the digests of the scans that stand in a case's log."""
    events = log.events(conn, village, kinds=(EVENT,), subject=case)
    return {str(event.statement()["body"]["scan"]) for event in events}


class BadCode(Refusal):
    """What was typed is no check code of a form."""

    code = "A104"
    says = "核对码“{code}”不对。请照纸上“核对码”一栏填写三段，例如 3f2a9c1b-1-05。"
    status = 422


class OldForm(Refusal):
    """The form was printed for an earlier revision."""

    code = "A105"
    says = (
        "这张纸是第 {revision} 稿的，事项已改到第 {now} 稿，签字作废。请重新打印、请本人重新签字。"
    )
    rule = "TRUST：内容一改，先前的签字都作废"


class OtherForm(Refusal):
    """The form is of another case."""

    code = "A106"
    says = "这张纸是“{summary}”的，不是这件事项的，没有录入。请到那件事项里录入。"
    status = 422


class UnknownForm(Refusal):
    """The form is of a content that nobody has submitted here."""

    code = "A107"
    says = "核对码与这件事项现在的内容对不上，没有录入。请核对纸上的案号和核对码，不对就重新打印。"
    status = 422


class WrongSigner(Refusal):
    """The form is of a step that this person does not sign."""

    code = "A109"
    says = "按核对码，这张纸是“{step}”用的，能签这一步的是：{names}。请重新选“谁签的字”。"
    status = 422


class ScanUsed(Refusal):
    """The scan stands for another signature already."""

    code = "A108"
    says = "这份扫描件已用作事项 {case} 的纸质签字，同一张纸不能用两次。"
