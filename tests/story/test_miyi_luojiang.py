"""米易县 and 罗江区: their ways to decide are data, and nobody gets past them.

The seed's words: 把监督会议事内容作为村“两委”议事决策征求意见建议的必经程序;
群众申请—村民小组长核实—邻里互助会核实—村“两委”审核—邻里互助会实施救助;
“四议两公开一监督”民主决策制度.
"""

from datetime import date

import pytest
from sample import TERM, Village, hand, opening, payment

from approvals import acts, adopting, cases, due, gate, policy, rules, signoff
from approvals.signoff import Tally
from approvals.standing import Standing
from approvals.verify import verify
from ledger.book import files
from ledger.refusal import Refusal

DAY = date(2021, 3, 1)


def adopt(village: Village, name: str) -> None:
    with village.engine.begin() as conn:
        adopted = policy.shipped(name)
        adopting.adopt_policy(conn, hand("registrar"), village.desk(), adopted)


def seat(village: Village, name: str, *people: str) -> None:
    registrar = hand("registrar")
    for person in people:
        with village.engine.begin() as conn:
            acts.enrol_person(conn, registrar, village.desk(), person, f"样例{person}")
            acts.enrol_key(conn, registrar, village.desk(), person, hand(person).public)
            acts.take_seat(conn, registrar, village.desk(), name, person, TERM)


def sign(village: Village, one: Standing, step: str, name: str, person: str) -> Standing:
    with village.engine.begin() as conn:
        return signoff.sign(conn, hand(person), village.desk(), one.case, step, name)


def meet(village: Village, one: Standing, step: str, *figures: int) -> Standing:
    tally = Tally(village.now.date(), *figures)
    with village.engine.begin() as conn:
        args = (hand("sec1"), hand("clerk1"), village.desk(), one.case, step)
        return signoff.close_meeting(conn, *args, tally)


def refused(kind: type[Refusal], work: object, *args: object) -> None:
    with pytest.raises(kind):
        work(*args)  # type: ignore[operator]


def finish(village: Village, one: Standing) -> None:
    """Pay and post, and let the proof judge the books."""
    with village.engine.begin() as conn:
        signoff.pay(conn, hand("cash1"), village.desk(), one.case)
        gate.post(conn, hand("book1"), village.desk(), one.case)
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
    verdict = verify(village.root / village.code)
    assert verdict.good, verdict.fault


def titles(one: Standing) -> list[str]:
    return [step["title"] for step in one.waiting()]


def test_miyi_the_committee_is_heard_before_the_council_decides(village: Village) -> None:
    village.post(opening())
    adopt(village, "miyi")
    seat(village, "supervision", "sup6", "sup7", "sup8")  # eight of them
    village.on(DAY)
    one = village.submit(payment(DAY, 60_000))
    assert titles(one) == ["党务村务财务事务监督会议事"]
    assert one.needs["supervision"] == 5
    assert due.of(one, one.waiting()[0]).last == date(2021, 3, 8)
    refused(rules.OutOfTurn, meet, village, one, "council", 5, 5, 5, 0)
    for person in ("sup1", "sup2", "sup6", "sup7"):
        one = sign(village, one, "supervision", "supervision", person)
    refused(rules.OutOfTurn, meet, village, one, "council", 5, 5, 5, 0)
    one = sign(village, one, "supervision", "supervision", "sup8")
    assert titles(one) == ["村两委决策"]
    finish(village, meet(village, one, "council", 5, 4, 3, 1))


def test_miyi_relief_goes_five_steps(village: Village) -> None:
    village.post(opening())
    adopt(village, "miyi")
    seat(village, "representative", "rep1", "rep2", "rep3")
    village.on(DAY)
    one = village.submit(payment(DAY, 30_000, purpose="spending.relief"))  # 群众申请
    assert titles(one) == ["村民小组长核实"]
    one = sign(village, one, "group-leader", "representative", "rep1")
    refused(rules.TwoHats, sign, village, one, "mutual-aid", "representative", "rep1")
    one = sign(village, one, "mutual-aid", "representative", "rep2")
    assert titles(one) == ["邻里互助会核实"]  # more than half of three
    one = sign(village, one, "mutual-aid", "representative", "rep3")
    one = meet(village, one, "council", 5, 5, 5, 0)
    assert one.state == "cleared"
    finish(village, one)  # 实施救助


def test_luojiang_four_talks_two_notices_one_supervision(village: Village) -> None:
    village.post(opening())
    adopt(village, "luojiang")
    village.on(DAY)
    one = village.submit(payment(DAY, 8_000_000))
    one = sign(village, one, "proposal", "secretary", "sec1")
    one = meet(village, one, "council", 7, 6, 6, 0)
    refused(rules.NoQuorum, meet, village, one, "party", 31, 15, 15, 0)
    one = meet(village, one, "party", 31, 16, 15, 1)
    refused(rules.ShortRoster, meet, village, one, "representatives", 19, 19, 19, 0)
    refused(rules.NoQuorum, meet, village, one, "representatives", 30, 19, 19, 0)
    one = meet(village, one, "representatives", 30, 20, 11, 9)
    assert titles(one) == ["一公开：决议公开七天"]
    assert due.of(one, one.waiting()[0]).last == date(2021, 3, 15)
    refused(rules.OutOfTurn, sign, village, one, "supervision", "supervision", "sup1")
    village.on(date(2021, 3, 9))
    one = sign(village, one, "notice", "clerk", "clerk1")
    for person in ("sup1", "sup2", "sup3"):
        one = sign(village, one, "supervision", "supervision", person)
    with village.engine.begin() as conn:
        assert len(cases.trail(conn, village.code, one.case)) == 9
    finish(village, one)
