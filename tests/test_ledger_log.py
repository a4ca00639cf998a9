"""The log: order, idempotency, time, and views that follow it."""

from datetime import date, timedelta

import pytest
from sample import VILLAGE, Village, found, hand, opening, payment, rent
from sqlalchemy import Engine, inspect, select, text

from approvals import acts
from approvals.acts import Desk
from ledger import rebuild, views
from ledger.log import store as log
from ledger.log.act import Act
from ledger.posted import store as posted
from ledger.schema import metadata
from ledger.tree import root

TABLES = ("leg", "turnover", "posted", "case_index", "paper_use", "account", "seal")


def dump(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every view."""
    with engine.begin() as conn:
        return {
            name: sorted(tuple(row) for row in conn.execute(select(metadata.tables[name])))
            for name in TABLES
        }


def filled(village: Village) -> None:
    village.post(opening())
    village.post(rent(date(2021, 1, 10), 1200_00))
    village.post(payment(date(2021, 1, 12), 38_600_00))
    village.submit(payment(date(2021, 2, 1), 500))
    village.on(date(2021, 2, 2))
    village.seal("2021-01")


def test_the_head_knows_size_root_and_time(village: Village) -> None:
    filled(village)
    with village.engine.begin() as conn:
        leaves = log.leaves(conn, village.code)
        assert log.size(conn, village.code) == len(leaves)
        assert log.root(conn, village.code) == root(leaves)
        assert log.last_at(conn, village.code) == village.now
        assert log.villages(conn) == [VILLAGE]
        assert [event.seq for event in log.events(conn, village.code)] == list(range(len(leaves)))
        assert log.at(conn, village.code, len(leaves)) is None


def test_rebuild_reproduces_every_view(village: Village) -> None:
    filled(village)
    before = dump(village.engine)
    assert all(before[name] for name in TABLES if name != "paper_use")
    with village.engine.begin() as conn:
        rebuild.rebuild(conn, village.code)
    assert dump(village.engine) == before


def test_restore_reaches_the_same_root_and_views(village: Village, engine: Engine) -> None:
    filled(village)
    before = dump(engine)
    names = inspect(engine).get_table_names()
    with engine.begin() as conn:
        lines = [event.body for event in log.events(conn, village.code)]
        top = log.root(conn, village.code), log.registry(conn, village.code)
        with pytest.raises(log.AlreadyOpen):
            rebuild.restore(conn, village.code, lines)
        for name in names:
            if name in {*TABLES, "event", "log_head"}:
                conn.execute(text(f"delete from {name}"))  # noqa: S608 - our own names
        rebuild.restore(conn, village.code, lines)
        assert (log.root(conn, village.code), log.registry(conn, village.code)) == top
    assert dump(engine) == before


def test_time_never_goes_back(village: Village) -> None:
    early = Desk(village.code, village.now - timedelta(seconds=1))
    with pytest.raises(log.BackDated), village.engine.begin() as conn:
        acts.open_account(conn, hand("book1"), early, "102.09", "迟到账户")


def test_a_nonce_is_one_act(village: Village) -> None:
    desk = village.desk("cd" * 16)
    with village.engine.begin() as conn:
        first = acts.declare_kin(conn, hand("registrar"), desk, "sec1", "书家超市", "兄弟")
        again = acts.declare_kin(conn, hand("registrar"), desk, "sec1", "书家超市", "兄弟")
    assert first == again
    with pytest.raises(log.NonceUsed), village.engine.begin() as conn:
        acts.declare_kin(conn, hand("registrar"), desk, "sec1", "别家超市", "兄弟")


def test_a_village_is_opened_once_and_an_unknown_one_not_at_all(village: Village) -> None:
    with pytest.raises(log.AlreadyOpen), village.engine.begin() as conn:
        found(conn, village)
    with pytest.raises(log.UnknownVillage), village.engine.begin() as conn:
        log.root(conn, "nowhere")
    with pytest.raises(log.UnknownVillage), village.engine.begin() as conn:
        log.registry(conn, "nowhere")
    act = Act("nowhere", "seat.left", village.now, "x", "x", "pin", "0" * 32, "", {})
    with pytest.raises(log.UnknownVillage), village.engine.begin() as conn:
        views.record(conn, act, ())
    with village.engine.begin() as conn:
        assert log.last_at(conn, "nowhere") is None
        assert posted.periods(conn, "nowhere") == []


def test_acts_that_walk_a_chain_cannot_be_recorded_past_it(village: Village) -> None:
    with pytest.raises(acts.NotEntitled), village.engine.begin() as conn:
        acts.record(conn, hand("book1"), village.desk(), "voucher.posted", "x", {})
    with pytest.raises(acts.NotEntitled), village.engine.begin() as conn:
        acts.record(conn, hand("clerk1"), village.desk(), "sheet.published", "2021-01", {})
