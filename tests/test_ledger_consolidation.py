"""A union as one: what is between its books goes out once, whatever remains is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import VILLAGE, Village, hand

from approvals import acts
from ledger.consolidation import BadPair, Entity, Pair, consolidate
from ledger.registers.union import store
from ledger.statements import year_of

U, A = "u", "a"
FEN = st.integers(-(10**9), 10**9)


def entity(code: str, balances: dict[str, int]) -> Entity:
    return Entity(code, code, {}, balances, year_of({}, []))


@given(FEN, FEN, st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_is_taken_out_is_the_same_on_both_sides(
    above: int, below: int, cash: int, put: int
) -> None:
    union = {"113.01": above, "301.01": -put, "102.01": cash, "301.09": put - above - cash}
    branch = {"113.11": below, "141.01": put, "102.01": cash, "301": -put - below - cash}
    pairs = [Pair("current", U, "113.01", A, "113.11"), Pair("capital", U, "301.01", A, "141.01")]
    whole = consolidate([entity(U, union), entity(A, branch)], pairs)
    current, capital = whole.matches
    assert (capital.out, capital.difference) == (put, 0)
    assert current.difference == above + below
    assert current.out == (min(abs(above), abs(below)) if above * below < 0 else 0)
    said = {row.label: row.values[0] for row in whole.sheet.rows}
    assert said["货币资金"] == 2 * cash
    # Of the current accounts stays what the other side does not know, on its own side.
    left = (
        above - current.out * (1 if above > 0 else -1),
        below - current.out * (1 if below > 0 else -1),
    )
    assert said["应收款项"] == sum(fen for fen in left if fen > 0)


def test_pairs_that_cannot_be_are_refused(village: Village) -> None:
    with village.engine.begin() as conn:
        for code in ("113.01", "113.02", "141.01"):
            acts.open_account(conn, hand("book1"), village.desk(), code, code)
        good = Pair("current", VILLAGE, "113.01", VILLAGE, "113.02")
        for wrong, why in (
            (good, "两个不同的单位"),
            (good._replace(kind="x", right="r"), "种类"),
            (good._replace(right="r", above="102.01"), "102.01"),
            (good._replace(right="r", above=""), "（空）"),
            (good._replace(right="r", below="113.77"), "r 的 113.77"),
        ):
            with pytest.raises(BadPair, match=f"D060.*{why}"):
                store.keep(conn, "u", wrong)
        assert store.pairs(conn, "u") == []
    with pytest.raises(BadPair, match="不在总社的名单里"):
        consolidate([entity(U, {})], [Pair("current", U, "113.01", A, "113.11")])
