"""Proof of posting, and the spending that waits for it: on the server and in the proof."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from said import as_kept
from sample import Village, hand, opening, payment, rent
from test_approvals_verify_hands import judged
from verify_history import Writer, policy, sha
from verify_history import opening as start
from verify_history import payment as paying

from approvals import adopting, boards
from approvals import policy as policies
from approvals.acts import NotEntitled
from approvals.boards import Board
from approvals.verify import verify
from approvals.verify import wall as proof
from approvals.verify.shapes import check_body
from approvals.verify.verdict import Stop
from disclosure import notice
from ledger.book import files
from ledger.closing import red
from ledger.posted import store as posted
from ledger.rebuild import rebuild

PHOTO = "ab" * 32
BOARDS = (Board("main", "村委会公示栏"), Board("g3", "三组公示栏"))
UP = (date(2021, 2, 8), date(2021, 2, 22))


def waiting(village: Village, grace: int = 15) -> None:
    """Adopt a policy whose payments wait for the notice, but for relief."""
    text = policies.shipped("lizhou")
    chains = []
    for one in text["chains"]:
        if one["id"] == "payment":
            relief = {**one, "id": "emergency", "title": "救灾", "purposes": ["spending.relief"]}
            chains += [relief, {**one, "notice": grace}]
        else:
            chains.append(one)
    with village.engine.begin() as conn:
        adopted = {**text, "chains": chains}
        adopting.adopt_policy(conn, hand("registrar"), village.desk(), adopted)


@pytest.fixture
def february(village: Village) -> Village:
    """January sealed; the morning of 8 February; two boards; payments wait from the 15th."""
    village.post(opening())
    village.post(payment(date(2021, 1, 9), 300_00))
    waiting(village)
    village.on(date(2021, 2, 2))
    village.seal("2021-01")
    village.on(date(2021, 2, 8))
    with village.engine.begin() as conn:
        boards.set_boards(conn, hand("clerk1"), village.desk(), BOARDS)
    return village


def publish(village: Village) -> None:
    with village.engine.begin() as conn:
        notice.publish(conn, hand("book1"), village.desk(), "2021-01", UP)


def hang(
    village: Village,
    board: str = "main",
    day: date = UP[0],
    who: str = "clerk1",
    photo: str = PHOTO,
) -> None:
    with village.engine.begin() as conn:
        up = (day, photo)
        boards.post_sheet(conn, hand(who), village.desk(), "2021-01", board, up)


def off(village: Village, day: date, board: str = "main") -> None:
    with village.engine.begin() as conn:
        boards.take_down(conn, hand("sup1"), village.desk(), "2021-01", board, day)


def test_a_sheet_goes_up_and_comes_down_with_its_proof(february: Village) -> None:
    publish(february)
    hang(february)
    february.on(date(2021, 2, 24))
    off(february, date(2021, 2, 23))
    with february.engine.begin() as conn:
        (found,) = boards.postings(conn, february.code)
        assert (found.up, found.down) == (UP[0], date(2021, 2, 23))
        assert (found.person, found.photo) == ("clerk1", PHOTO)
        assert boards.boards(conn, february.code) == BOARDS
        rebuild(conn, february.code)
        files.project(conn, february.code, february.root)
    assert verify(february.root / february.code).fault is None
    with pytest.raises(boards.PhotoUsed):
        hang(february, day=date(2021, 2, 24))
    hang(february, day=date(2021, 2, 24), photo="cd" * 32)  # up again after it came down
    with february.engine.begin() as conn:
        assert len(boards.postings(conn, february.code)) == 2


def test_what_cannot_be_is_refused(february: Village) -> None:
    with pytest.raises(boards.NotPublished):
        hang(february)
    publish(february)
    with pytest.raises(boards.NoBoard):
        hang(february, "moon")
    with pytest.raises(boards.LaterDay):
        hang(february, day=date(2021, 2, 9))
    with pytest.raises(NotEntitled):
        hang(february, who="book1")
    with pytest.raises(boards.NotHanging):
        off(february, UP[0])
    hang(february)
    with pytest.raises(boards.BoardTaken):
        hang(february)
    with pytest.raises(boards.NotHanging):
        off(february, UP[0] - timedelta(days=1))
    for wrong in ((), (BOARDS[0], BOARDS[0]), (BOARDS[0], Board("x", BOARDS[0].name))):
        with february.engine.begin() as conn, pytest.raises(boards.BadBoards):
            boards.set_boards(conn, hand("clerk1"), february.desk(), wrong)


def test_new_spending_waits_for_the_wall(february: Village) -> None:
    early = february.submit(payment(date(2021, 2, 9), 5_000))
    while early.waiting():
        early = february.step(early)
    february.on(date(2021, 2, 16))
    with pytest.raises(boards.Unnoticed, match="2021-01"):
        february.submit(payment(date(2021, 2, 16), 6_000))
    with pytest.raises(boards.Unnoticed):  # cleared before, paid too late
        february.clear(early)
    publish(february)
    with pytest.raises(boards.Unnoticed):  # published, and on no wall
        february.clear(early)
    hang(february, day=date(2021, 2, 16))
    february.clear(early)
    february.submit(payment(date(2021, 2, 16), 6_000))
    with february.engine.begin() as conn:
        files.project(conn, february.code, february.root)
    assert verify(february.root / february.code).fault is None


def test_an_emergency_a_receipt_and_a_correction_do_not_wait(february: Village) -> None:
    february.on(date(2021, 2, 16))
    february.post(payment(date(2021, 2, 16), 6_000, purpose="spending.relief"))
    february.post(rent(date(2021, 2, 16), 7_000))
    with february.engine.begin() as conn:
        wrong = posted.vouchers(conn, february.code, "2021-01", "2021-01")[-1]
    february.submit(red(wrong.voucher, wrong.number, date(2021, 2, 16)))
    with february.engine.begin() as conn:
        files.project(conn, february.code, february.root)
    assert verify(february.root / february.code).fault is None


def test_without_boards_the_publication_counts(village: Village) -> None:
    village.post(opening())
    waiting(village)
    village.on(date(2021, 2, 16))
    village.seal("2021-01")
    with pytest.raises(boards.Unnoticed):
        village.submit(payment(date(2021, 2, 16), 6_000))
    with village.engine.begin() as conn:
        days = (date(2021, 2, 16), date(2021, 3, 10))
        notice.publish(conn, hand("book1"), village.desk(), "2021-01", days)
    village.submit(payment(date(2021, 2, 16), 6_000))


def test_server_and_proof_reckon_the_month_alike() -> None:
    for days in range(800):
        day = date(2020, 11, 1) + timedelta(days=days)
        for grace in (1, 15, 28):
            due = boards.month_due(day, grace)
            proof.check_notice(proof.Wall({due: ""}), str(day), grace, "2000-01")
            with pytest.raises(Stop, match="Y09A"):
                proof.check_notice(proof.Wall(), str(day), grace, due)
            proof.check_notice(proof.Wall(), str(day), grace, f"{due}x")


@pytest.mark.parametrize("grace", [0, 29, True, "15"])
def test_a_policy_names_a_day_that_every_month_has(grace: object) -> None:
    text = policies.shipped("lizhou")
    if isinstance(grace, int) and not isinstance(grace, bool):
        toml = f"""
id = "x"
title = "试"
[step.one]
title = "一"
kind = "seat"
seats = ["secretary"]
[[chain]]
id = "c"
title = "链"
kinds = ["payment"]
turns = [["one"]]
notice = {grace}
"""
        with pytest.raises(policies.BadPolicy, match="公示期限"):
            policies.parse(toml)
        good = policies.parse(toml.replace(f"= {grace}\n", "= 15\n"))
        assert good["chains"][0]["notice"] == 15
    text["chains"][0]["notice"] = grace
    with pytest.raises(Stop, match="Y019"):
        body = {"policy": text, "digest": policies.digest(text)}
        check_body("policy.adopted", text["id"], body)


# --- an insider's false events ---

DAY = "2021-06-16"
SHEET = sha(b"sheet")
Attack = Callable[[Writer], None]


def walled() -> Writer:
    """Return books of May, sealed and published, with a board, on 16 June; payments wait."""
    book = Writer()
    text = policy()
    for one in text["chains"]:
        if one["pay"]:
            one["notice"] = 15
    book.policy = text
    book.found()
    book.enter(start())
    book.on("2021-05-31")
    book.seal("2021-05")
    book.on(DAY)
    rows = {"boards": [{"id": "main", "name": "村委会公示栏"}]}
    book.act("boards.set", "clerk1", "clerk", "boards", rows)
    body = {"period": "2021-05", "sheet": SHEET, "posted": DAY, "until": "2021-06-30"}
    book.act("sheet.published", "book1", "bookkeeper", "2021-05", body)
    return book


def up(book: Writer, **over: Any) -> None:
    body = {"period": "2021-05", "sheet": SHEET, "board": "main", "day": DAY, "photo": PHOTO}
    book.act("sheet.posted", "clerk1", "clerk", "2021-05", {**body, **over})


def down(book: Writer, day: str = DAY, board: str = "main") -> None:
    body = {"period": "2021-05", "board": board, "day": day}
    book.act("sheet.taken_down", "sup1", "supervision", "2021-05", body)


def one_board_twice(book: Writer) -> None:
    rows = [{"id": "main", "name": "甲"}, {"id": "main", "name": "乙"}]
    book.act("boards.set", "clerk1", "clerk", "boards", {"boards": rows})


def another_sheet(book: Writer) -> None:
    up(book, sheet=sha(b"other"))


def board_of_nowhere(book: Writer) -> None:
    up(book, board="moon")


def up_tomorrow(book: Writer) -> None:
    up(book, day="2021-06-17")


def up_twice(book: Writer) -> None:
    up(book)
    up(book)


def up_again_with_the_old_photo(book: Writer) -> None:
    up(book)
    down(book)
    up(book)


def down_before_it_was_up(book: Writer) -> None:
    up(book)
    down(book, "2021-06-15")


def down_and_never_up(book: Writer) -> None:
    down(book)


def by_the_bookkeeper(book: Writer) -> None:
    body = {"period": "2021-05", "sheet": SHEET, "board": "main", "day": DAY, "photo": PHOTO}
    book.act("sheet.posted", "book1", "bookkeeper", "2021-05", body)


def without_a_photo(book: Writer) -> None:
    up(book, photo="")


ATTACKS = [
    ("Y160", one_board_twice),
    ("Y161", another_sheet),
    ("Y162", board_of_nowhere),
    ("Y165", up_tomorrow),
    ("Y163", up_twice),
    ("Y166", up_again_with_the_old_photo),
    ("Y164", down_before_it_was_up),
    ("Y164", down_and_never_up),
    ("Y046", by_the_bookkeeper),
    ("Y019", without_a_photo),
]


@pytest.mark.parametrize(("code", "act"), ATTACKS, ids=[act.__name__ for _, act in ATTACKS])
def test_a_false_posting_is_stopped_with_its_own_reason(
    code: str, act: Attack, tmp_path: Path
) -> None:
    book = walled()
    act(book)
    verdict = judged(book, tmp_path)
    assert verdict.fault is not None
    assert verdict.fault.code == code
    assert as_kept(act, verdict.fault.sentence)
    assert verdict.checked.events == len(book.lines) - 1


@pytest.mark.parametrize(("posted", "code"), [(False, "Y09A"), (True, None)])
def test_spending_before_the_notice_is_stopped(
    posted: bool, code: str | None, tmp_path: Path
) -> None:
    book = walled()
    if posted:
        up(book)
    book.submit(paying(DAY, 5_000))
    verdict = judged(book, tmp_path)
    assert (verdict.fault.code if verdict.fault else None) == code


def test_spending_waits_again_the_month_after(february: Village) -> None:
    publish(february)
    hang(february)
    february.submit(payment(date(2021, 2, 16), 6_000))
    february.on(date(2021, 3, 16))
    with pytest.raises(boards.Unnoticed, match="2021-02"):
        february.submit(payment(date(2021, 3, 16), 6_000))
