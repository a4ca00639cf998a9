"""Acts of two hands whose second signs later: what the server takes, and what verify refuses."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from authenticator import Authenticator
from sample import Village, hand, payment
from sqlalchemy import update
from test_approvals_passkey import device, enrol
from test_approvals_verify_attacks import begun
from test_approvals_verify_hands import papers
from verify_history import PEOPLE, Track, Writer, jcs, policy, sha
from verify_history import hand as key_of
from verify_history import payment as large

from approvals import acts, adopting, halves, rules, signoff
from approvals.keys import Hand
from approvals.passkey import challenge
from approvals.policy import shipped
from approvals.signoff import Form, Tally
from approvals.standing import Standing
from approvals.tables import half as table
from approvals.verify import verify
from ledger.book import files
from ledger.log import store as log
from reports.auditors import trail

DAY = date(2021, 1, 12)


# --- the server ---


def vote(village: Village) -> tuple[Tally, str]:
    return Tally(village.now.date(), 25, 21, 19, 1), "clerk1"


def reported(village: Village) -> tuple[Standing, halves.Half]:
    """Let the secretary sign a council's vote."""
    village.on(DAY)
    standing = village.submit(payment(DAY, 100))
    with village.engine.begin() as conn:
        args = (hand("sec1"), village.desk(), standing.case, "council", vote(village))
        return standing, halves.report_meeting(conn, *args)


def confirm(village: Village, nonce: str, who: str = "clerk1") -> Standing:
    with village.engine.begin() as conn:
        return halves.confirm(conn, hand(who), village.desk(), nonce)


def size(village: Village) -> int:
    with village.engine.begin() as conn:
        return log.size(conn, village.code)


def good(village: Village) -> bool:
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
    verdict = verify(village.root / village.code)
    assert verdict.good, verdict.fault
    return verdict.good


def test_the_recorder_confirms_later_what_the_chair_signed(village: Village) -> None:
    before = size(village)
    standing, half = reported(village)
    assert size(village) == before + 1  # the voucher alone: what is half signed is in no log
    for other in ("sec1", "rev1", "sup1"):
        with pytest.raises(halves.NotSecond):
            confirm(village, half.act.nonce, other)
    with village.engine.begin() as conn:  # others go on meanwhile
        acts.enrol_person(conn, hand("registrar"), village.desk(), "agri1", "农小服")
        mine = halves.waiting_for(conn, village.code, "clerk1", village.desk().at)
        assert mine == [half]
        assert halves.waiting_for(conn, village.code, "sec1", village.desk().at) == []
    after = confirm(village, half.act.nonce)
    assert [s.step for s in after.signoffs] == ["council"]
    with village.engine.begin() as conn:
        event = log.events(conn, village.code, kinds=("meeting.closed",), subject=standing.case)[0]
    assert event.statement()["body"]["second"]["method"] == "pin"
    with pytest.raises(halves.NoHalf):
        confirm(village, half.act.nonce)
    assert good(village)
    keys = {hand(w).key: trail.Key(w, hand(w).public.hex()) for w in ("sec1", "clerk1")}
    assert trail.check(event.body, keys) == trail.GOOD
    assert trail.check(event.body.replace(b'"favour":19', b'"favour":18'), keys) == trail.BAD


def test_a_passkey_and_a_pin_close_one_meeting(village: Village) -> None:
    one = Authenticator()
    village.on(DAY)
    with village.engine.begin() as conn:
        body = {"person": "sec1", "key": one.key, "alg": one.alg, "public": one.public.hex()}
        body |= {"method": "passkey", "rp": one.rp}
        acts.enact(conn, hand("registrar"), village.desk(), "key.enrolled", "sec1", body)
    chair = Hand(
        "sec1", one.key, one.public, "passkey", bytes, one.alg, lambda d: one.value(challenge(d))
    )
    standing = village.submit(payment(DAY, 100))
    args = (standing.case, "council", vote(village)[0])
    with village.engine.begin() as conn:
        signoff.close_meeting(conn, chair, hand("clerk1"), village.desk(), *args)
    assert good(village)


def test_what_is_old_or_moved_or_let_go_is_not_confirmed(village: Village) -> None:
    standing, half = reported(village)
    nonce = half.act.nonce
    with village.engine.begin() as conn:
        with pytest.raises(halves.NoHalf):
            halves.cancel(conn, "clerk1", village.code, nonce)
        content = conn.execute(table.select()).one().content
        spoilt = content.replace('"favour": 19', '"favour": 20')
        conn.execute(update(table).values(content=spoilt))
    with pytest.raises(halves.HalfMoved):
        confirm(village, nonce)
    with village.engine.begin() as conn:
        conn.execute(update(table).values(content=content))
    village.submit(replace(standing.voucher, summary="改了"), standing.case)
    with pytest.raises(halves.HalfMoved):
        confirm(village, nonce)
    standing, half = reported(village)
    with village.engine.begin() as conn:
        halves.cancel(conn, "sec1", village.code, half.act.nonce)
    with pytest.raises(halves.NoHalf):
        confirm(village, half.act.nonce)
    _, half = reported(village)
    village.now += timedelta(days=8)
    with pytest.raises(halves.HalfOld):
        confirm(village, half.act.nonce)
    _, half = reported(village)
    with village.engine.begin() as conn:  # the chair goes before the recorder has confirmed
        acts.leave_seat(conn, hand("registrar"), village.desk(), "secretary", "sec1", "离任")
    with pytest.raises(rules.NoSeat):
        confirm(village, half.act.nonce)
    assert good(village)


def on_paper_too(village: Village) -> None:
    found = shipped("lizhou")
    for chain in found["chains"]:
        chain["paper_most"] = 1
        for step in chain["steps"]:
            step["method"] = "paper"
    with village.engine.begin() as conn:
        adopting.adopt_policy(conn, hand("registrar"), village.desk(), found)


def test_a_wet_signature_waits_for_anybody_in_another_seat(village: Village) -> None:
    on_paper_too(village)
    village.on(DAY)
    standing = village.submit(payment(DAY, 100))
    while standing.waiting()[0]["kind"] == "meeting":
        standing = village.step(standing)
    form = Form("agri1", "agri-centre", DAY, "ab" * 32)

    def enter(who: str, given: Form = form) -> halves.Half:
        with village.engine.begin() as conn:
            args = (hand(who), village.desk(), standing.case, "agri-centre", given)
            return halves.enter_paper(conn, *args)

    refused: list[tuple[Any, str, Form]] = [
        (signoff.PaperHands, "agri1", form),
        (signoff.MakerEnters, "book1", form),
        (signoff.MeetingAhead, "cadre1", form._replace(day=date(2021, 3, 1))),
        (rules.NoSeat, "cadre1", form._replace(seat="clerk")),
        (acts.BadBody, "cadre1", form._replace(scan="nothing")),
    ]
    for kind, who, given in refused:
        with pytest.raises(kind):
            enter(who, given)
    half = enter("cadre1")
    again = enter("cadre1")  # entered anew: one waits, not two
    with village.engine.begin() as conn:
        assert halves.of_village(conn, village.code) == [again]
    for who, kind in [
        ("cadre1", signoff.PaperHands),
        ("agri1", signoff.PaperHands),
        ("book1", signoff.MakerEnters),
    ]:
        with pytest.raises(kind):
            confirm(village, again.act.nonce, who)
    with pytest.raises(halves.NoHalf):
        confirm(village, half.act.nonce, "leader1")
    after = confirm(village, again.act.nonce, "leader1")
    assert [(s.person, s.method) for s in after.signoffs][-1] == ("agri1", "paper")
    assert signoff.paper_steps(after) == 1
    assert good(village)


# --- verify ---

Bend = dict[str, Any]


def later(book: Writer, track: Track, **bend: Any) -> str:
    """Let the recorder confirm two hours later what the chair signed, as FORMATS says.

    `said` bends what the chair signed, `second` what the recorder adds, `hands` who signs, `over`
    the statement; `waited` how long.
    """
    chair, recorder = bend.get("hands", (key_of("sec1"), key_of("clerk1")))
    body = {"step": "council", "day": f"{book.now:%Y-%m-%d}", "roster": 9, "present": 7}
    body |= {"favour": 6, "against": 1, "recorder": "clerk1", "recorder_seat": "clerk"}
    body |= {"minutes": "", **track.bound()}
    began = book.now
    bend.get("meanwhile", lambda: None)()
    book.now = began + bend.get("waited", timedelta(hours=2))
    stamp = began.isoformat(timespec="seconds")
    second = {"began": stamp, "method": "pin", **bend.get("second", {})}
    statement = {
        "format": 1, "village": book.village, "kind": "meeting.closed",
        "at": book.now.isoformat(timespec="seconds"), "person": "sec1", "seat": "secretary",
        "method": "pin", "nonce": book.nonce(), "subject": track.case,
        "body": {**body, "second": second}, **bend.get("over", {}),
    }  # fmt: skip
    first = {**statement, "at": stamp, "body": {**body, **bend.get("said", {})}}
    first |= bend.get("first", {})
    data = [b"mingbai/act/v1\n" + jcs(one) for one in (first, statement)]
    items = [
        {"alg": "ed25519", "key": one.key, "value": one.sign(said).hex()}
        for one, said in zip((chair, recorder), data, strict=True)
    ]
    leaf = book.append(statement, items[: bend.get("items", 2)])
    track.leaves.append(leaf)
    return leaf


def at_council(book: Writer) -> Track:
    return book.submit(large("2021-05-12", 200_000))


def judged(book: Writer, folder: Path) -> str:
    verdict = verify(book.write(folder))
    return verdict.fault.code if verdict.fault else "good"


def test_verify_takes_a_meeting_confirmed_later(tmp_path: Path) -> None:
    book = begun()
    track = at_council(book)
    later(book, track)
    track.advance()
    book.walk(track)
    book.pay(track)
    book.post(track)
    assert judged(book, tmp_path) == "good"


Attack = Callable[[Writer], None]


def bent(**bend: Any) -> Attack:
    return lambda book: later(book, at_council(book), **bend) and None


def strict(book: Writer) -> None:
    text = policy()
    for chain in text["chains"]:
        for one in chain["steps"]:
            one["method"] = "passkey" if one["kind"] == "meeting" else one["method"]
    book.adopt(text)
    one = device()
    enrol(book, "sec1", one)
    track = at_council(book)
    before, leaves = list(book.lines), list(book.leaves)
    later(book, track, over={"method": "passkey"})
    statement = json.loads(book.lines[-1])["statement"]
    second = json.loads(book.lines[-1])["signatures"][1]
    book.lines, book.leaves = before, leaves
    body = {name: value for name, value in statement["body"].items() if name != "second"}
    first = {**statement, "at": statement["body"]["second"]["began"], "body": body}
    value = one.value(challenge(b"mingbai/act/v1\n" + jcs(first)))
    book.append(statement, [{"alg": one.alg, "key": one.key, "value": value}, second])


def revoked(book: Writer) -> None:
    key = key_of("sec1").key
    body = {"person": "sec1", "key": key, "reason": "遗失"}
    later(book, at_council(book), meanwhile=lambda: book.office("key.revoked", "sec1", body))


def revised(book: Writer) -> None:
    track = at_council(book)
    voucher = replace(track.voucher, summary="改了")

    def again() -> None:
        book.submit(voucher, track.case, 2)

    later(book, track, meanwhile=again)


def left(book: Writer) -> None:
    later(book, at_council(book), meanwhile=lambda: book.leave("secretary", "sec1"))


def twice(book: Writer) -> None:
    track = at_council(book)
    later(book, track)
    line = json.loads(book.lines[-1])
    book.append(line["statement"], line["signatures"])


STOPPED: list[tuple[str, Attack]] = [
    ("Y045", bent(said={"favour": 5})),  # the recorder raises the vote
    ("Y045", bent(first={"subject": "case-elsewhere"})),  # carried from another case
    ("Y045", bent(second={"began": "2021-05-12T10:30:00+08:00"})),  # made to look younger
    ("Y045", bent(first={"nonce": "0" * 32})),  # a vote that was let go, under a new number
    ("Y04Z", bent(waited=timedelta(days=8))),
    ("Y04Z", bent(second={"began": "2021-05-30T11:00:00+08:00"})),
    ("Y016", bent(second={"began": "2021-13-01T11:00:00+08:00"})),
    ("Y023", bent(second={"began": "2021-05-01T11:00:00+09:00"})),
    ("Y019", bent(second={"began": "yesterday"})),
    ("Y019", bent(second={"by": "clerk1"})),
    ("Y040", bent(items=1)),
    ("Y042", bent(hands=(key_of("sec1"), key_of("sec1")))),
    ("Y042", bent(hands=(key_of("clerk1"), key_of("clerk1")))),
    ("Y044", bent(second={"method": "passkey"})),
    ("Y071", strict),
    ("Y043", revoked),
    ("Y073", revised),
    ("Y047", left),
    ("Y025", twice),
]


@pytest.mark.parametrize(
    ("code", "act"), STOPPED, ids=[f"{code}-{nth}" for nth, (code, _) in enumerate(STOPPED)]
)
def test_a_false_second_hand_is_stopped(code: str, act: Attack, tmp_path: Path) -> None:
    book = begun()
    act(book)
    assert judged(book, tmp_path) == code


def paper(book: Writer, confirmer: str, **said: Any) -> None:
    """Enter the cadre's wet signature by the clerk; somebody confirms an hour later."""
    track = book.walk(book.submit(large("2021-05-12", 80_000)), until="village-cadre")
    body = {**track.bound(), "step": "village-cadre", "signer": "cadre1"}
    body |= {"signer_seat": "village-cadre", "scan": sha(b"scan"), "day": "2021-05-12"}
    began = book.now.isoformat(timespec="seconds")
    book.now += timedelta(hours=1)
    more = {"confirmer": confirmer, "confirmer_seat": PEOPLE[confirmer][0]}
    more |= {"second": {"began": began, "method": "pin"}}  # type: ignore[dict-item]
    statement = {
        "format": 1, "village": book.village, "kind": "paper.signed",
        "at": book.now.isoformat(timespec="seconds"), "person": "clerk1", "seat": "clerk",
        "method": "pin", "nonce": book.nonce(), "subject": track.case, "body": {**body, **more},
    }  # fmt: skip
    first = {**statement, "at": began, "body": {**body, **said}}
    items = [
        {"alg": "ed25519", "key": one.key, "value": one.sign(b"mingbai/act/v1\n" + jcs(what)).hex()}
        for one, what in ((key_of("clerk1"), first), (key_of(confirmer), statement))
    ]
    book.append(statement, items)


def test_verify_takes_a_wet_signature_confirmed_later(tmp_path: Path) -> None:
    book = papers()
    paper(book, "agri1")
    assert judged(book, tmp_path) == "good"


@pytest.mark.parametrize(
    ("code", "who", "said"),
    [
        ("Y045", "agri1", {"signer": "leader1"}),
        ("Y045", "agri1", {"scan": "00" * 32}),
        ("Y07C", "cadre1", {}),
        ("Y07C", "clerk1", {}),
        ("Y07D", "book1", {}),
    ],
)
def test_a_false_wet_signature_is_stopped(code: str, who: str, said: Bend, tmp_path: Path) -> None:
    book = papers()
    paper(book, who, **said)
    assert judged(book, tmp_path) == code
