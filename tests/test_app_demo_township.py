"""The sample township adds up, and its year comes out of its bank files alone."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from app.demo.names import seat_holders, villagers
from app.demo.statement_files import files, write
from app.demo.story import RECUSED, STORY
from app.demo.story_papers import pictures
from app.demo.township import MAIN, PIN, PLANS, households, township
from app.demo.transfers import WORKS
from app.demo.year import PROFIT, Year, year
from approvals.keys import check_pin
from ledger import papers
from ledger.bank import read
from ledger.bank.matching import Rule, propose, standard_rules
from ledger.chart import Chart, standard
from ledger.items import items
from ledger.voucher import Leg, Voucher, check

VILLAGES = township().villages
EACH = pytest.mark.parametrize("slug", [plan.slug for plan in PLANS])


def chart_of(told: Year) -> Chart:
    return standard().with_details(told.details)


def drafts(told: Year, rules: tuple[Rule, ...] = ()) -> dict[str, tuple[Voucher, str, bool]]:
    """Answer every line of the bank's files by rule."""
    found = {}
    for file in files(told):
        for line in read(file.data, file.name).lines:
            proposal = propose(
                line, told.village.code, file.account, rules or standard_rules(), chart_of(told)
            )
            found[line.key] = tuple(proposal)
    return found


def legs(told: Year) -> list[Leg]:
    """Return the legs of the year: bank lines on the accounts they are for, and transfers."""
    found = [leg for month in told.months for one in month.vouchers for leg in one.legs]
    for month in told.months:
        for code, lines in month.lines.items():
            for line in lines:
                fen = line.in_fen - line.out_fen
                found += [Leg(code, fen, ""), Leg(told.items[line.key][1], -fen, "")]
    return found


def test_numbers_of_the_pilot() -> None:
    assert (len(VILLAGES), sum(one.people for one in VILLAGES)) == (14, 34_500)
    assert sum(one.surplus_fen for one in VILLAGES) == 2_000_000_00
    assert sum(one.dividend_fen for one in VILLAGES) == 1_000_000_00
    assert all(one.share_fen >= 50_00 for one in VILLAGES)
    assert all(one.members <= one.people for one in VILLAGES)
    assert {"井田村", "小河村", "宝珠村"} <= {one.name for one in VILLAGES}


def test_reserve_and_dividend_fit_into_the_surplus() -> None:
    for one in VILLAGES:
        assert one.reserve_fen + one.dividend_fen < one.surplus_fen
        assert one.reserve_fen == one.surplus_fen * 30 // 100


@EACH
def test_shares_are_the_members(slug: str) -> None:
    rows = households(slug)
    village = township().village(slug)
    assert sum(row.shares for row in rows) == village.members
    assert len({row.no for row in rows}) == len(rows) == village.households
    assert len({row.head for row in rows}) == len(rows)
    assert all(1 <= row.people == row.shares <= 8 for row in rows)


def test_seats_are_filled_and_two_villages_have_no_first_secretary() -> None:
    for village in VILLAGES:
        found = Counter(holding.seat for holding in village.holdings)
        assert found["supervision"] == 5
        assert found["bookkeeper"] == found["village-cadre"] == found["village-leader"] == 1
        for seat in ("clerk", "secretary", "deputy-director", "township-head", "agri-centre"):
            assert found[seat] == 1
        assert 23 <= village.representatives <= 35
        assert village.council == 5
        assert all(township().person(holding.person) for holding in village.holdings)
    vacant = [village.slug for village in VILLAGES if not village.holders("first-secretary")]
    assert vacant == ["ruixue", "lixin"]
    people = township().people
    assert len({one.id for one in people}) == len({one.name for one in people}) == len(people)
    check_pin(PIN)


def test_no_signer_is_named_like_a_villager() -> None:
    heads = {row.head for plan in PLANS for row in households(plan.slug)}
    assert heads.isdisjoint(one.name for one in township().people)
    assert villagers("a", 9) == villagers("a", 9) != villagers("b", 9)
    assert len(set(seat_holders("a", 200))) == 200


@EACH
def test_the_year_ends_with_the_planned_surplus(slug: str) -> None:
    told = year(slug)
    earned = -sum(leg.fen for leg in legs(told) if leg.account in PROFIT)
    assert earned == told.surplus_fen == township().village(slug).surplus_fen
    assert sum(told.opening.values()) == 0
    assert sum(leg.fen for leg in legs(told)) == 0


@pytest.mark.parametrize("scale", ["tiny", "full"])
def test_other_scales_end_the_same(scale: str) -> None:
    count = 0
    for village in VILLAGES:
        told = year(village, scale)
        assert -sum(leg.fen for leg in legs(told) if leg.account in PROFIT) == village.surplus_fen
        count += len(told.items) + sum(len(month.vouchers) for month in told.months)
    assert count >= 10_000 if scale == "full" else count < 900


def test_counts_of_vouchers() -> None:
    counts = {
        village.slug: sum(
            len(month.vouchers) + sum(map(len, month.lines.values()))
            for month in year(village).months
        )
        for village in VILLAGES
    }
    assert 1_150 <= counts.pop(MAIN) <= 1_300
    assert all(55 <= count <= 65 for count in counts.values())


@EACH
def test_money_is_never_short_and_balances_run(slug: str) -> None:
    told = year(slug)
    for account in told.village.accounts:
        lines = told.lines(account.code)
        assert min(line.balance_fen for line in lines) >= 0
        assert (
            lines[0].balance_fen - lines[0].in_fen + lines[0].out_fen == told.opening[account.code]
        )
        for before, after in pairwise(lines):
            assert (before.day, before.time) < (after.day, after.time)
            assert after.balance_fen == before.balance_fen + after.in_fen - after.out_fen
    assert all(line.balance_fen >= 0 for lines in told.after.lines.values() for line in lines)


@EACH
def test_files_read_back_line_by_line(slug: str) -> None:
    told = year(slug)
    numbers = {account.code: account.number for account in told.village.accounts}
    lines = []
    for file in files(told):
        statement = read(file.data, file.name)
        assert statement.account == numbers[file.account]
        assert (statement.holder, statement.bank) == (told.village.holder, "样例农商行三堆支行")
        assert statement.lines == file.lines
        lines += statement.lines
    assert {line.key for line in lines} == told.items.keys()
    assert len(lines) == len(told.items)


def test_files_are_the_same_on_each_run(tmp_path: Path) -> None:
    for slug in (MAIN, "baozhu"):
        first = write(year(slug), tmp_path / slug / "a")
        second = write(year(slug), tmp_path / slug / "b")
        assert [path.name for path in first] == [path.name for path in second]
        assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert {path.suffix for path in first} == {".xls"}
    names = [path.name for path in write(year(MAIN), tmp_path / "main")]
    assert [name for name in names if "102.01" in name] == [
        *(f"jingtian-102.01-2021-{month:02d}.csv" for month in range(1, 13)),
        "jingtian-102.01-2022-01.csv",
    ]


@EACH
def test_rules_answer_all_but_the_clerks_lines(slug: str) -> None:
    told = year(slug)
    for key, (voucher, reason, sure) in drafts(told).items():
        check(voucher, chart_of(told))
        if key in told.answers:
            assert not sure
            assert told.answers[key].why
            continue
        assert sure, reason
        if key != told.story:
            counter = next(leg for leg in voucher.legs if not leg.account.startswith("102"))
            assert (voucher.purpose, counter.account) == told.items[key]


def test_busy_villages_are_answered_too() -> None:
    told = year("guyu", "full")
    unsure = {key for key, draft in drafts(told).items() if not draft[2]}
    assert unsure == told.answers.keys()


def test_every_voucher_without_money_passes_the_check() -> None:
    for village in VILLAGES:
        told = year(village)
        for month in told.months:
            for voucher in month.vouchers:
                assert voucher.period == month.period
                check(voucher, chart_of(told))


def test_works_leave_no_account_open() -> None:
    told = year(MAIN)
    found = legs(told)
    assert sum(leg.fen for leg in found if leg.account == "153") == 0
    kept = -sum(leg.fen for leg in found if leg.account == "211.01")
    assert kept == sum(certified for _, certified in WORKS) * 3 // 100
    owed = told.opening["241.01"] + sum(leg.fen for leg in found if leg.account == "241.01")
    assert owed < 0  # what is left of the project money is still owed to the project


def test_the_story_has_its_line() -> None:
    told = year(MAIN)
    line = next(line for line in told.lines("102.01") if line.key == told.story)
    assert (line.out_fen, line.party, line.day) == (STORY.fen, STORY.party.name, STORY.paid)
    wrong, right = items()[STORY.wrong_item], items()[STORY.right_item]
    assert (wrong.account, right.account) == ("511", "514")
    days = [STORY.asked, *(one.day for one in STORY.meetings), *(one.day for one in STORY.opinions)]
    days += [STORY.paid, STORY.posted, STORY.sealed, STORY.published]
    days += [STORY.question.asked, STORY.corrected, STORY.question.answered]
    assert days == sorted(days)
    roster = {"council": told.village.council, "representatives": told.village.representatives}
    for meeting in STORY.meetings:
        assert meeting.roster == roster[meeting.step] >= meeting.present
        assert meeting.favour + meeting.against <= meeting.present
        assert 3 * meeting.present >= 2 * meeting.roster
    for opinion in STORY.opinions:
        assert opinion.person in told.village.holders(opinion.step)


def test_the_recusal_meets_declared_kin() -> None:
    told = year(MAIN)
    line = next(line for line in told.lines("102.01") if line.key == told.recused)
    kin = {one.name: one.person for one in told.village.kin}
    assert kin[line.party] == RECUSED.person
    assert RECUSED.deputy in told.village.holders("deputy-director")
    assert not year("baozhu").recused
    assert not year("baozhu").story


def test_the_dividend_goes_out_after_the_year() -> None:
    for village in VILLAGES:
        told = year(village)
        (line,) = told.after.lines["102.01"]
        assert (
            line.out_fen
            == told.distribution.members
            == told.distribution.shares * told.distribution.share
        )
        assert (told.distribution.day.year, told.distribution.paid) == (2021, line.day)
        assert told.distribution.reserve == village.reserve_fen


def test_the_storys_papers_are_pictures_that_can_be_kept(tmp_path: Path) -> None:
    kept = [papers.save(tmp_path, data) for _, data in pictures()]
    assert len(set(kept)) == len(STORY.papers) == 3
    assert [papers.save(tmp_path, data) for _, data in pictures()] == kept
    assert all(papers.sniff(papers.load(tmp_path, digest)) == "png" for digest in kept)
    with Image.open(tmp_path / "papers" / kept[0][:2] / kept[0]) as picture:
        assert picture.size == (1000, 640)
        assert len(picture.getcolors(1_000_000)) > 50  # words, not a blank sheet
