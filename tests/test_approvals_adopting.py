"""A policy is replaced by the seats that it names itself, each hand a leaf; cases keep theirs."""

from copy import deepcopy
from datetime import date

import pytest
from sample import Village, hand, opening, payment

from approvals import acts, adopting, policy, register
from approvals.cases import standing_of
from approvals.policy import Policy, digest
from approvals.verify import verify
from ledger.book import files
from ledger.log import store as log

DAY = date(2021, 3, 1)
LIZHOU = policy.shipped("lizhou")
TIERED = policy.shipped("tiered")


def sign(village: Village, who: str, text: Policy = TIERED) -> str:
    """Let a hand sign a policy; return the title of the one that is then in force."""
    with village.engine.begin() as conn:
        adopting.adopt_policy(conn, hand(who), village.desk(), text)
    return in_force(village)


def in_force(village: Village) -> str:
    with village.engine.connect() as conn:
        return str(register.of(conn, village.code).current()["title"])


def proved(village: Village) -> None:
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
    verdict = verify(village.root / village.code)
    assert verdict.good, verdict.fault


def test_the_last_hand_puts_it_in_force_and_running_cases_keep_theirs(village: Village) -> None:
    village.post(opening())
    sign(village, "registrar", LIZHOU)  # the village's first text asked for nobody else
    village.on(DAY)
    running = village.submit(payment(DAY, 60_000))
    for who in ("registrar", "sec1", "sup1", "sup2"):
        assert sign(village, who) == "八审会签"
    assert village.submit(payment(DAY, 60_001)).chain["id"] == "payment"
    assert sign(village, "sup4") == "分级审签"  # the third of five
    new = village.submit(payment(DAY, 60_002))
    assert [step["id"] for step in new.waiting()] == ["clerk"]
    with village.engine.connect() as conn:
        kept = standing_of(conn, village.code, running.case)
    assert kept.policy == digest(LIZHOU)
    assert [step["id"] for step in kept.waiting()] == ["council"]
    village.clear(kept)
    village.clear(new)
    proved(village)


def test_only_hands_that_sit_when_it_comes_in_force_count(village: Village) -> None:
    sign(village, "registrar", LIZHOU)
    for who in ("registrar", "sup1", "sup2", "sup3"):
        sign(village, who)
    with village.engine.begin() as conn:
        acts.leave_seat(conn, hand("registrar"), village.desk(), "supervision", "sup3", "离任")
    with village.engine.connect() as conn:
        people = register.of(conn, village.code)
    hands = people.proposed[digest(TIERED)].hands
    owed = {one.seat: (len(one.signed), one.need) for one in people.consents(hands, DAY)}
    assert owed == {"registrar": (1, 1), "secretary": (0, 1), "supervision": (2, 3)}
    assert sign(village, "sec1") == "八审会签"
    assert sign(village, "sup5") == "分级审签"
    with village.engine.connect() as conn:
        assert register.of(conn, village.code).proposed == {}
    proved(village)


def test_each_refusal_leaves_the_log_as_it_was(village: Village) -> None:
    sign(village, "registrar", LIZHOU)
    with village.engine.connect() as conn:
        before = log.size(conn, village.code)
    other = {**TIERED, "id": "other"}
    lawless = deepcopy(TIERED)
    lawless["chains"][2]["steps"][-1]["seats"] = ["cashier"]
    twice = {**TIERED, "chains": [*TIERED["chains"], TIERED["chains"][0]]}
    for who, text, refusal in (
        ("sec1", TIERED, adopting.NotProposed),
        ("clerk1", TIERED, acts.NotEntitled),
        ("stranger", TIERED, acts.StrangeKey),
        ("registrar", lawless, adopting.Undercuts),
        ("registrar", twice, policy.BadPolicy),
        ("registrar", {**TIERED, "adopt": ["mayor"]}, policy.BadPolicy),
    ):
        with pytest.raises(refusal):
            sign(village, who, text)
    with village.engine.connect() as conn:
        assert log.size(conn, village.code) == before
    sign(village, "registrar")
    for who, text, refusal in (
        ("registrar", TIERED, adopting.Agreed),
        ("sec1", other, adopting.NotProposed),
    ):
        with pytest.raises(refusal):
            sign(village, who, text)
    sign(village, "sec1")
    with pytest.raises(adopting.Agreed):
        sign(village, "sec1")
    proved(village)


def test_a_policy_put_together_is_whole_or_refused() -> None:
    for profile in policy.PROFILES:
        text = policy.shipped(profile)
        assert policy.whole(deepcopy(text)) == text
        assert policy.adopters(text) == ["secretary", "supervision"]
    loose = deepcopy(TIERED)
    loose["chains"][2]["steps"][3]["turn"] = 9  # turns are counted anew
    assert [s["turn"] for s in policy.whole(loose)["chains"][2]["steps"]] == [1, 2, 3, 4]
    empty = deepcopy(TIERED)
    empty["chains"][0]["steps"] = []
    with pytest.raises(policy.BadPolicy):
        policy.whole(empty)
