"""SIGKILL at every step of submit, sign, pay, post, seal and publish, and of their projections.

A step is each statement and each commit, before and after, and each file operation of the
projection (open, half a write, write, fsync, replace, unlink), before and after.

`MINGBAI_TEST_ROUNDS=50 pytest --campaign tests/fault/test_kill_steps.py` makes a longer campaign: a
round is one history with every step of its acts, a few hundred kills.
"""

import os
from pathlib import Path

import pytest
from kills import kill_everywhere
from scene import Scene

ROUNDS = int(os.environ.get("MINGBAI_TEST_ROUNDS", "5"))
LEAST = 2_000 // 5


def test_a_kill_at_steps_of_each_act_loses_and_doubles_nothing(memory: Path) -> None:
    moments = Scene(memory / "scene", 0).moments
    assert {moment.act.name for moment in moments} >= {"submit", "sign", "post", "seal", "publish"}
    for moment in moments:
        kills, found = kill_everywhere(
            moment, memory / "scratch", steps=lambda count: range(0, count, 9)
        )
        assert found == []
        assert kills > 3


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("mode", "fault"), [("apart", "view "), ("early", "lost after it was told")]
)
def test_the_harness_catches(mode: str, fault: str, memory: Path) -> None:
    moments = Scene(memory / "scene", 1).moments
    post = next(moment for moment in moments if moment.act.name == "post")
    _, found = kill_everywhere(post, memory / "scratch", mode)
    assert any(line.startswith(fault) for line in found), found


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_kill_at_every_step(seed: int, memory: Path) -> None:
    total = 0
    for moment in Scene(memory / "scene", seed).moments:
        kills, found = kill_everywhere(moment, memory / "scratch")
        assert found == []
        total += kills
    assert total >= LEAST
