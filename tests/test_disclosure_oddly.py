"""Odd patterns in sum on the sheet: from the log up to each posting, the same for ever."""

from datetime import date

from sample import Village, opening, paper, payment
from test_approvals_papers import add

from approvals import traces
from disclosure.compose import compose
from disclosure.oddly import KINDS
from disclosure.render import digest
from ledger.voucher import Party


def test_what_the_log_shows_is_counted_and_nothing_later_changes_it(village: Village) -> None:
    village.post(opening())
    village.on(date(2021, 1, 11))
    village.now = village.now.replace(hour=22, minute=30)
    village.post(payment(date(2021, 1, 11), 300_000))  # round, at night, the first to this payee
    village.on(date(2021, 1, 12))
    other = Party("样例修路队", "6228480000000099", "样例农商行")
    village.post(payment(date(2021, 1, 12), 1_234, payee=other))  # another account
    with village.engine.begin() as conn:
        for leaf in range(200):  # the mark of a device is in no log
            traces.note(conn, village.code, leaf, "a" * 32)
        before = compose(conn, village.code, "2021-01")
    village.on(date(2021, 2, 2))
    village.seal("2021-01")
    with village.engine.begin() as conn:
        sheet = compose(conn, village.code, "2021-01")
    assert "device" not in KINDS
    assert dict(sheet.odd) == {"night": 1, "payee": 1, "account": 1, "round": 1}
    assert before.odd == sheet.odd
    village.post(payment(date(2021, 2, 3), 299_900))
    add(village, sheet.spending[0].lines[0].case, paper("补的发票"))
    with village.engine.begin() as conn:
        again = compose(conn, village.code, "2021-01")
    assert digest(again) == digest(sheet)
