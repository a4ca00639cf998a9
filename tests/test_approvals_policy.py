"""Policies as texts, and the chain that a voucher gets."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import legs, payment, rent

from approvals import policy

DAY = date(2021, 5, 12)
LIZHOU = policy.shipped("lizhou")
TIERED = policy.shipped("tiered")


def test_the_eight_reviews_are_eight_and_in_order() -> None:
    chain = policy.choose(LIZHOU, payment(DAY, 1))
    reviews = [step["id"] for step in chain["steps"] if step["kind"] != "meeting"]
    assert reviews == [
        "supervision",
        "agri-centre",
        "clerk",
        "secretary",
        "first-secretary",
        "village-cadre",
        "village-leader",
        "township-head",
    ]
    turns = [step["turn"] for step in chain["steps"]]
    assert turns == [1, 2, 3, 3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("fen", "chain"),
    [
        (1, "payment-1"),
        (2_000_00, "payment-1"),
        (2_000_01, "payment-2"),
        (10_000_00, "payment-2"),
        (10_000_01, "payment-3"),
        (50_000_00, "payment-3"),
        (50_000_01, "payment"),
    ],
)
def test_tiers_hold_their_upper_bound(fen: int, chain: str) -> None:
    assert policy.choose(TIERED, payment(DAY, fen))["id"] == chain


@given(st.integers(1, 10**12), st.booleans())
def test_a_red_letter_walks_the_chain_of_its_original(fen: int, tiered: bool) -> None:
    profile = TIERED if tiered else LIZHOU
    original = payment(DAY, fen)
    mirrored = tuple(leg._replace(fen=-leg.fen) for leg in original.legs)
    red = replace(original, legs=mirrored, reverses="2021-付-0001")
    assert policy.choose(profile, red) == policy.choose(profile, original)
    assert not policy.must_pay(policy.choose(profile, red), red)
    assert policy.must_pay(policy.choose(profile, original), original)


def test_lighter_chains_for_receipts_and_transfers() -> None:
    assert [s["id"] for s in policy.choose(LIZHOU, rent(DAY, 1))["steps"]] == ["reviewer"]
    closing = replace(rent(DAY, 1), kind="transfer", purpose="transfer.closing")
    assert policy.choose(LIZHOU, closing)["id"] == "transfer"
    shared = replace(closing, purpose="transfer.distribution")
    assert policy.choose(LIZHOU, shared)["id"] == "distribution"


def test_a_township_writes_its_own(tmp_path: Path) -> None:
    text = """
id = "own"
title = "本镇办法"
[step.secretary]
title = "村支书审签"
kind = "seat"
seats = ["secretary"]
[[chain]]
id = "all"
title = "全部支出"
kinds = ["payment"]
turns = [["secretary"]]
"""
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    own = policy.load(path)
    assert policy.choose(own, payment(DAY, 5))["steps"][0]["title"] == "村支书审签"
    assert policy.digest(own) != policy.digest(LIZHOU)
    with pytest.raises(policy.NoChain, match="本镇办法"):
        policy.choose(own, replace(rent(DAY, 5), legs=legs(("102.01", 5), ("501", -5))))


@pytest.mark.parametrize(
    "change",
    [
        ('kind = "seat"', 'kind = "vote"'),
        ('seats = ["clerk"]', 'seats = ["mayor"]'),
        ('seats = ["agri-centre"]', "seats = []"),
        ('turns = [["reviewer"]]', "turns = []"),
        ('turns = [["reviewer"]]', 'turns = [["reviewer"], ["reviewer"]]'),
        ('turns = [["reviewer"]]', 'turns = [["nobody"]]'),
        ('recorders = ["clerk"]\n', ""),
        ('title = "八审会签"', 'title = "八审会签"\nextra = 1'),
        ("skip_if_vacant = true", "skip_if_absent = true"),
        ('title = "八审会签"', 'title = "八审'),
        ("pay = true", "pays = true"),
    ],
)
def test_a_policy_written_wrong_is_refused_in_a_sentence(change: tuple[str, str]) -> None:
    path = Path(policy.__file__).parent / "data/lizhou.toml"
    text = path.read_text("utf-8")
    assert change[0] in text
    with pytest.raises(policy.BadPolicy, match=r"^\[A002\] 审签办法写得不对"):
        policy.parse(text.replace(*change))


OWN = {"id": "own", "title": "本镇办法", "adopt": ["secretary", "supervision"]}
STEPS = (
    {"id": "a", "turn": 1, "title": "甲", "kind": "seat", "seats": ["secretary"], "due_days": 60},
    {"id": "b", "turn": 1, "title": "乙", "kind": "seat", "seats": ["clerk"], "due_days": 1},
    {"id": "c", "turn": 2, "title": "丙", "kind": "some", "seats": ["supervision"]},
)
PAPERS = [list(policy.PAPERS), ["contract", "minutes"], ["photo"]]
ALL = {"id": "all", "title": "支出", "kinds": ["payment"], "papers": PAPERS, "notice": 28}


def own(*steps: object, **more: object) -> policy.Policy:
    """Return a policy of one chain, put together as a form does."""
    chain = {**ALL, "pay": True, "from_fen": 100, "steps": [*(steps or STEPS)], **more}
    return {**OWN, "chains": [chain]}


def test_a_policy_put_together_is_whole() -> None:
    made = policy.whole(own())
    chain = made["chains"][0]
    assert made == {**OWN, "chains": [chain]}
    assert policy.adopters(made) == ["secretary", "supervision"]
    assert policy.adopters({}) == []
    told = [{**policy.STEP, **step} for step in STEPS]
    assert chain == {**policy.CHAIN, **ALL, "pay": True, "from_fen": 100, "steps": told}
    assert policy.whole(made) == made
    alone = {key: value for key, value in own().items() if key != "adopt"}
    assert "adopt" not in policy.whole(alone)
    for least in (1, 28):
        assert policy.whole(own(notice=least))["chains"][0]["notice"] == least


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({**own(), "adopt": "secretary"}, "通过办法的席位 adopt 没有写或重复"),
        ({**own(), "adopt": []}, "通过办法的席位 adopt 没有写或重复"),
        ({**own(), "adopt": ["secretary", "secretary"]}, "通过办法的席位 adopt 没有写或重复"),
        ({**own(), "adopt": ["mayor"]}, "通过办法的席位 mayor 不存在"),
        ({**own(), "adopt": ["registrar"]}, "通过办法的席位 registrar 不存在"),
        ({**own(), "chains": own()["chains"] * 2}, "有两条审签链编号相同"),
        ({"id": "own", "title": "t"}, "缺少或写错 'chains'"),
        (own(STEPS[0], STEPS[0]), "审签链 all 里有重复的步骤"),
        (own(extra=1), "审签链 all 的字段不对或没有步骤"),
        (own(notice=29), "审签链 all 的公示期限 notice 须是 1 至 28 日"),
        (own(notice=0), "审签链 all 的公示期限 notice 须是 1 至 28 日"),
        (
            own(papers=[[]]),
            f"审签链 all 要求的单据种类不对，可用：{'、'.join(policy.PAPERS)}",
        ),
        (own({**STEPS[0], "due_days": 61}), "步骤 a 的办理期限须是 1 至 60 个工作日"),
        (own({**STEPS[0], "due_days": 0}), "步骤 a 的办理期限须是 1 至 60 个工作日"),
    ],
)
def test_why_a_policy_put_together_is_none(made: policy.Policy, why: str) -> None:
    with pytest.raises(policy.BadPolicy) as caught:
        policy.whole(made)
    assert caught.value.facts == {"why": why}


def test_a_chain_begins_at_its_first_fen_and_a_correction_needs_no_paper() -> None:
    chain = policy.whole(own())["chains"][0]
    assert [policy.fits(chain, payment(DAY, fen)) for fen in (99, 100)] == [False, True]
    paid = payment(DAY, 100)
    every = "或".join(policy.PAPERS.values())
    assert policy.lacking(chain, paid) == [every, "合同或会议记录", "照片"]
    assert policy.must_pay(chain, paid)
    for more in ({"reverses": "2021-付-0001"}, {"corrects": "2021-付-0001"}):
        assert policy.lacking(chain, replace(paid, **more)) == []
        assert not policy.must_pay(chain, replace(paid, **more))


FUND = {
    "name": "互助基金", "account": "241.01", "purposes": ["spending.relief"], "rule": "1号",
    "since": "2021-01-01", "each_fen": 118, "unit": "瓶",
}  # fmt: skip


def test_the_funds_of_a_policy_stand_in_it() -> None:
    text = (Path(policy.__file__).parent / "data/lizhou.toml").read_text("utf-8")
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in FUND.items())
    made = policy.parse(f"{text}\n[[fund]]\n{lines}")
    assert made["funds"] == [FUND]
    assert policy.whole(made)["funds"] == [FUND]
    assert "funds" not in policy.parse(text)
    assert "funds" not in policy.whole(own())


def test_a_step_is_named_once_in_a_text() -> None:
    text = (Path(policy.__file__).parent / "data/lizhou.toml").read_text("utf-8")
    made = policy.parse(text)
    assert policy.adopters(made)
    assert made["chains"][0]["steps"][0]["turn"] == 1
    twice = text.replace('turns = [["reviewer"]]', 'turns = [["reviewer"], ["reviewer"]]', 1)
    with pytest.raises(policy.BadPolicy, match=r"审签链 [a-z]+ 里有重复的步骤"):
        policy.parse(twice)


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(policy.UnknownProfile):
        policy.shipped("../seats")
