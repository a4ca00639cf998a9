"""By when a step is due, holidays and made-up weekends counted in."""

import tomllib
from datetime import date
from importlib import resources

import pytest
from sample import Village, payment

from approvals import due, policy, workdays
from approvals.policy import BadPolicy, shipped
from approvals.verify.shapes import STEP

TEXT = (resources.files("approvals") / "data/tiered.toml").read_text("utf-8")


def dated(days: str) -> str:
    """Return the text of a policy whose clerk has a last day."""
    return TEXT.replace('title = "村文书审签"', f'title = "村文书审签"\ndue_days = {days}')


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (date(2021, 4, 30), 2, date(2021, 5, 7)),  # five days off in May
        (date(2021, 4, 23), 1, date(2021, 4, 25)),  # a Sunday that was worked
        (date(2021, 6, 7), 0, date(2021, 6, 7)),
        (date(2099, 1, 2), 1, date(2099, 1, 5)),  # no order yet: Friday, then Monday
    ],
)
def test_working_days_follow_the_orders(day: date, count: int, last: date) -> None:
    assert workdays.after(day, count) == last


def test_a_turn_waits_since_the_one_before_was_done(village: Village) -> None:
    village.on(date(2021, 4, 29))
    standing = village.submit(payment(date(2021, 4, 29), 100_00))
    assert standing.since == village.now.isoformat()
    village.on(date(2021, 4, 30))
    standing = village.step(standing)
    assert standing.since == village.now.isoformat()
    step = {**standing.waiting()[0], "due_days": 2}
    found = due.of(standing, step)
    assert found == due.Due(date(2021, 4, 30), date(2021, 5, 7))
    assert (found.left(date(2021, 5, 7)), found.late(date(2021, 5, 7))) == (0, 0)
    assert (found.left(date(2021, 5, 9)), found.late(date(2021, 5, 9))) == (-2, 2)


def test_a_step_without_days_is_never_late(village: Village) -> None:
    standing = village.submit(payment(date(2021, 1, 5), 100_00))
    found = due.of(standing, standing.waiting()[0])
    assert found.last is None
    assert found.left(date(2029, 1, 1)) is None
    assert found.late(date(2029, 1, 1)) == 0


def test_the_field_is_absent_when_unused_and_bounded_when_used() -> None:
    assert "due_days" not in str(shipped("tiered"))
    steps = [s for chain in policy.parse(dated("3"))["chains"] for s in chain["steps"]]
    clerks = [step for step in steps if step["id"] == "clerk"]
    assert {step["due_days"] for step in clerks} == {3}
    assert all(STEP(step) for step in steps)
    assert not STEP({**clerks[0], "due_days": 0})
    for wrong in ("0", "61", "true", '"3"', "1.5"):
        with pytest.raises(BadPolicy, match="工作日"):
            policy.parse(dated(wrong))
    assert tomllib.loads(dated("3"))["step"]["clerk"]["due_days"] == 3
