"""Policies as texts, and the chain that a voucher gets."""

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


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(policy.UnknownProfile):
        policy.shipped("../seats")
