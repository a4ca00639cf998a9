"""Who must sign this? The answer is that of the rules; what is unsound in a policy is named."""

from copy import deepcopy
from datetime import date

import pytest
from sample import STAFF, TERM, Village, hand, opening, payment

from approvals import acts, policy, register, rules, soundness, tryout
from approvals.register import Register
from approvals.tryout import Question

DAY = date(2021, 3, 1)
LIZHOU = policy.shipped("lizhou")
UPKEEP = Question("payment", "spending.upkeep", 60_000, "样例修路队", "book1")


def people_of(village: Village) -> Register:
    with village.engine.connect() as conn:
        return register.of(conn, village.code)


def act(village: Village, work: object, *args: object) -> None:
    with village.engine.begin() as conn:
        work(conn, hand("registrar"), village.desk(), *args)  # type: ignore[operator]


def rows(village: Village, asked: Question = UPKEEP) -> dict[str, tryout.Row]:
    people = people_of(village)
    found = tryout.tried(people.current(), people, asked, DAY)
    return {row.step["id"]: row for row in found.rows}


def test_a_trial_names_whom_the_case_then_asks(village: Village) -> None:
    village.post(opening())
    village.on(DAY)
    told = rows(village)
    one = village.submit(payment(DAY, 60_000))
    while one.waiting():
        for step in one.waiting():
            asked = {
                person
                for person in [*(who for who, _ in STAFF.values()), "sup1", "sup2", "sup3"]
                for place in rules.asked_of(one, people_of(village), person, DAY)
                if place[0]["id"] == step["id"]
            }
            done = {s.person for s in one.signoffs if s.step == step["id"]}
            able = {voice.person for voice in told[step["id"]].able}
            assert asked <= able
            assert able - asked <= done | {"sup1", "sup2", "sup3", "sup4", "sup5"}
            assert told[step["id"]].need == one.needs[step["id"]]
        one = village.step(one)


def test_who_is_near_the_payee_recuses_and_the_deputy_steps_in(village: Village) -> None:
    act(village, acts.declare_kin, "clerk1", "文家建材", "兄弟")
    clerk = rows(village)["clerk"]
    assert [(v.person, v.why) for v in clerk.barred] == [("dep1", tryout.SPARE)]
    clerk = rows(village, UPKEEP._replace(payee="文家 建材"))["clerk"]
    assert [v.person for v in clerk.able] == ["dep1"]
    assert [(v.person, v.why) for v in clerk.barred] == [("clerk1", tryout.KIN)]
    mine = rows(village, UPKEEP._replace(maker="clerk1"))["clerk"]
    assert (mine.able, mine.short) == ((), 1)
    assert (mine.barred[0].person, mine.barred[0].why) == ("clerk1", tryout.MAKER)


def test_absence_a_vacant_seat_and_a_lost_key_are_told(village: Village) -> None:
    act(village, acts.enrol_person, "new1", "新小来")
    act(village, acts.take_seat, "township-head", "new1", TERM)
    act(village, acts.leave_seat, "first-secretary", "first1", "调离")
    act(village, acts.enrol_person, "friend", "友小邻")
    act(village, acts.enrol_key, "friend", hand("friend").public)
    with village.engine.begin() as conn:
        loan = acts.Loan("friend", date(2021, 1, 1), date(2021, 12, 31), (), "学习")
        acts.lend_seat(conn, hand("cadre1"), village.desk(), "village-cadre", loan)
    told = rows(village)
    head = told["township-head"]
    assert [(v.person, v.why) for v in head.barred] == [("new1", tryout.KEYLESS)]
    assert told["first-secretary"].skipped
    assert [(v.person, v.giver) for v in told["village-cadre"].able] == [
        ("cadre1", ""),
        ("friend", "包小干"),
    ]


def test_one_person_for_two_steps_is_one_too_few(village: Village) -> None:
    act(village, acts.leave_seat, "village-leader", "leader1", "调离")
    act(village, acts.take_seat, "village-leader", "cadre1", TERM)
    people = people_of(village)
    trial = tryout.tried(people.current(), people, UPKEEP, DAY)
    assert trial.crowded == ("包村镇领导审签",)
    kinds = {(one.kind, one.chain) for one in soundness.of(people.current(), people, DAY)}
    assert ("crowd", "支出：两议、两审、六级审签") in kinds


def test_papers_that_a_chain_asks_for_are_named(village: Village) -> None:
    asked = deepcopy(LIZHOU)
    asked["chains"][2]["papers"] = [["invoice", "receipt"], ["contract"]]
    people = people_of(village)
    assert tryout.tried(asked, people, UPKEEP, DAY).papers == ("发票或收据", "合同")
    at_hand = UPKEEP._replace(papers=("receipt",))
    assert tryout.tried(asked, people, at_hand, DAY).papers == ("合同",)


@pytest.mark.parametrize("profile", policy.PROFILES)
def test_no_shipped_profile_undercuts_a_law_or_has_a_gap(profile: str) -> None:
    shipped = policy.shipped(profile)
    assert soundness.unlawful(shipped) == []
    assert soundness.gaps(shipped) == []
    assert soundness.shadows(shipped) == []


def changed(chain: str, **more: object) -> policy.Policy:
    text = deepcopy(policy.shipped("tiered"))
    found = next(one for one in text["chains"] if one["id"] == chain)
    found.update(more)
    return text


def test_a_gap_between_tiers_is_told_to_the_fen() -> None:
    text = changed("payment-2", from_fen=200_001, below_fen=900_001)
    text["chains"] = [one for one in text["chains"] if one["id"] != "payment-3"]
    next(one for one in text["chains"] if one["id"] == "payment")["from_fen"] = 1_000_001
    said = [one.sentence() for one in soundness.gaps(text)]
    assert said == ["付款从 9,000.01 元到 10,000.00 元没有审签链（" + said[0].split("（")[1]]
    assert soundness.gaps(changed("receipt", below_fen=100))[0].kind == "open"
    over = changed("payment-3", below_fen=5_000)
    assert [(one.kind, one.chain) for one in soundness.shadows(over)] == [
        ("shadow", "支出五万元以下")
    ]


def step(text: policy.Policy, chain: str, name: str) -> policy.Step:
    found = next(one for one in text["chains"] if one["id"] == chain)
    one: policy.Step = next(one for one in found["steps"] if one["id"] == name)
    return one


def test_what_a_law_forbids_is_told_with_its_article() -> None:
    for change, kind in (
        ({"favour": [1, 3]}, "weak"),
        ({"present": [1, 3]}, "weak"),
        ({"strict": False}, "weak"),
    ):
        text = changed("receipt")
        step(text, "payment-2", "council").update(change)
        assert [one.kind for one in soundness.unlawful(text)] == [kind], change
    text = changed("receipt")
    step(text, "distribution", "representatives-of-all")["roster_least"] = 20
    (found,) = soundness.unlawful(text)
    assert (found.kind, found.level) == ("share", "law")
    assert found.rule == "农村集体经济组织法 第二十七条、第二十八条"
    text = changed("receipt")
    text["chains"] = [one for one in text["chains"] if one["id"] != "distribution"]
    assert [one.chain for one in soundness.unlawful(text)] == ["转账"]  # it would walk this one
    text = changed("receipt")
    step(text, "receipt", "reviewer")["seats"] = ["bookkeeper"]
    assert [one.kind for one in soundness.unlawful(text)] == ["makers"]
    step(text, "receipt", "reviewer")["seats"] = ["cashier"]
    assert [one.kind for one in soundness.unlawful(text)] == ["cashier"]


def test_what_would_stop_a_case_is_told(village: Village) -> None:
    act(village, acts.leave_seat, "agri-centre", "agri1", "调离")
    act(village, acts.leave_seat, "supervision", "sup5", "离任")
    text = changed("payment-1", pay=False)
    step(text, "payment-1", "supervision")["need"] = [9, 10]
    for name in ("sup1", "sup2", "sup3"):
        act(village, acts.revoke_key, name, hand(name).key, "手机丢了")
    people = people_of(village)
    mine = {one.kind: one for one in soundness.of(text, people, DAY) if "二千元" in one.chain}
    assert set(mine) == {"nobody", "few", "maker", "unpaid"}
    assert mine["nobody"].sentence() == "“镇农业服务中心审核”现在没有人能签：镇农业服务中心空缺。"
    assert mine["few"].facts["short"] == 3
    assert mine["maker"].facts["name"] == "文小书"
    blind = changed("payment-1")
    chain = next(one for one in blind["chains"] if one["id"] == "payment-1")
    chain["steps"] = [one for one in chain["steps"] if one["id"] != "supervision"]
    assert [(one.kind, one.chain) for one in soundness.weak(blind)] == [("watch", "支出二千元以下")]


def test_a_trial_without_a_chain_is_refused(village: Village) -> None:
    people = people_of(village)
    narrow = {**LIZHOU, "chains": LIZHOU["chains"][:2]}
    with pytest.raises(policy.NoChain):
        tryout.tried(narrow, people, UPKEEP, DAY)
