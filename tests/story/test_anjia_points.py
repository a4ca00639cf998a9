"""安家村, a quarter of points: noted, reviewed, on the wall on the 28th, objected to, awarded."""

from datetime import date

import pytest
from sample import Village, opening
from scenes import close, sound

from ledger.registers import points
from ledger.registers.points import NoAward, Subject, shipped
from ledger.registers.points import store as ledger_of

GRIDS = [f"{n:02d}" for n in range(1, 17)]
SUBJECTS = [Subject(f"h{n:03d}", "household", GRIDS[n % 16], f"样户{n}") for n in range(96)]
SUBJECTS += [Subject(f"f{n:02d}", "firm", GRIDS[n], f"样企{n}") for n in range(16)]
SUBJECTS += [Subject(f"m{n}", "farm", GRIDS[n], f"样场{n}") for n in range(6)]
MONTHS = ("2021-10", "2021-11", "2021-12")
VOTED = "成员代表大会〔2021〕9号"


def quarter(village: Village) -> points.Review:
    """Keep three months of points and put the quarter on the wall."""
    rules, items = shipped(), list(shipped().items)
    with village.engine.begin() as conn:
        ledger_of.enrol(conn, village.code, SUBJECTS)
        for at, period in enumerate(MONTHS):
            day = date.fromisoformat(f"{period}-20")
            notes = [
                ledger_of.Note(day, one.id, items[(n + at) % 34])
                for n, one in enumerate(SUBJECTS[:60] + SUBJECTS[-22:])
            ]
            notes.append(ledger_of.Note(day, "h095", "x-4", "乱倒垃圾"))
            ledger_of.note(conn, village.code, rules, notes, day)
            for grid in GRIDS:
                ledger_of.pass_review(conn, village.code, rules, "grid", period, day, grid)
            ledger_of.pass_review(conn, village.code, rules, "month", period, day)
        with pytest.raises(ledger_of.OutOfOrder):
            args = (rules, "quarter", "2021-Q4", date(2021, 12, 27))
            ledger_of.pass_review(conn, village.code, *args)
        args = (rules, "quarter", "2021-Q4", date(2021, 12, 28))
        return ledger_of.pass_review(conn, village.code, *args)


def test_points_from_a_grid_to_the_sheet(village: Village) -> None:
    village.post(opening())
    up = quarter(village)
    rules = shipped()
    with village.engine.begin() as conn:
        made = ledger_of.records(conn, village.code, date(2021, 10, 1), date(2021, 12, 31))
        assert up.digest == points.digest(made)
        places = points.ranking(rules, SUBJECTS, made)
        assert [one.subject.id for one in places["household"] if one.suspended] == ["h095"]
        # All three were another household's: taken back, never deleted.
        wrong = [one.no for one in made if one.subject == "h095"]
        for no in wrong:
            ledger_of.reverse(conn, village.code, no, "复议：核对监控，不是本户")
        made = ledger_of.records(conn, village.code, date(2021, 10, 1), date(2021, 12, 31))
    places = points.ranking(rules, SUBJECTS, made)
    assert not [one for one in places["household"] if one.suspended]
    given = points.awards(rules, places)
    assert given
    assert {100_00 <= award.fen <= 400_00 for _, award in given} == {True}
    with pytest.raises(NoAward):
        points.award_voucher(village.code, given, "102.01", date(2021, 12, 30), " ")
    village.on(date(2021, 12, 30))
    voucher = points.award_voucher(village.code, given, "102.01", date(2021, 12, 30), VOTED)
    village.post(voucher)
    on_the_wall(village, sum(award.fen for _, award in given))


def on_the_wall(village: Village, fen: int) -> None:
    """Seal and publish the months; December's sheet shows what the awards cost."""
    sheet = close(village, "2021-01", "2021-12")
    shown = [group.fen for group in sheet.spending if group.item == "spending.culture"]
    assert shown == [fen]
    sound(village)
