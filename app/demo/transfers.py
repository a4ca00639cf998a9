"""The vouchers of a sample year that move no money: wear, retention, works brought into use."""

import calendar
from datetime import date

from app.demo.streams import QUARTERS
from app.demo.township import Village
from ledger.voucher import Leg, Voucher

YEAR = 2021
# The cold store: month and certified value (fen); 97 % is paid, 3 % kept for two years.
WORKS = ((3, 120_000_00), (4, 60_000_00), (6, 90_000_00), (7, 60_000_00), (9, 80_000_00))
IN_USE = 9  # wear begins the month after
PARK_WEAR, STORE_WEAR, OFFICE_WEAR, ROAD_WEAR = 4_200_00, 1_850_00, 680_00, 2_350_00


def transfers(home: Village, supervised_fen: int, *, light: bool) -> list[Voucher]:
    """Return the vouchers in order of days.

    `supervised_fen` is what the works' supervisor was paid; it belongs to the asset's cost. `light`
    gives the few vouchers of a village without works.
    """
    if light:
        return _light(home)
    found = [one for month in range(1, 13) for one in _wear(home, month)]
    found += [_retention(home, month, certified) for month, certified in WORKS]
    found += _brought_into_use(home, sum(certified for _, certified in WORKS) + supervised_fen)
    found.append(_power(home, 682_40))
    return sorted(found, key=lambda one: one.day)


def _wear(home: Village, month: int) -> list[Voucher]:
    park = PARK_WEAR + (STORE_WEAR if month > IN_USE else 0)
    uses = (
        ("511", "园区大棚和设备", park),
        ("513", "办公设备", OFFICE_WEAR),
        ("514", "村道和文化设施", ROAD_WEAR),
    )
    return [
        _transfer(
            home, month, "transfer.depreciation", f"计提{month}月份{what}折旧", code, "152", fen
        )
        for code, what, fen in uses
    ]


def _retention(home: Village, month: int, certified: int) -> Voucher:
    kept = certified - certified * 97 // 100
    return _transfer(
        home,
        month,
        "transfer.accrual",
        "预留园区冷链工程质保金（结算额的3%）",
        "153",
        "211.01",
        kept,
    )


def _brought_into_use(home: Village, built: int) -> list[Voucher]:
    """Bring the works into use; the project money spent on them becomes the collective's own."""
    asset, fund = "园区冷链工程验收转入固定资产", "园区冷链工程完工，专项资金转入公积公益金"
    return [
        _transfer(home, IN_USE, "transfer.asset", asset, "151", "153", built),
        _transfer(home, IN_USE, "transfer.asset", fund, "241.01", "311", built),
    ]


def _power(home: Village, fen: int) -> Voucher:
    return _transfer(home, 12, "transfer.accrual", "计提12月份应付电费", "513", "211.02", fen)


def _light(home: Village) -> list[Voucher]:
    fen = home.members * 1_60
    found = []
    for at, month in enumerate(QUARTERS, 1):
        text = f"计提第{at}季度村道和设施折旧"
        found.append(_transfer(home, month, "transfer.depreciation", text, "514", "152", fen))
    return [*found, _power(home, 186_30)]


def _transfer(
    home: Village, month: int, item: str, summary: str, debit: str, credit: str, fen: int
) -> Voucher:
    return Voucher(
        village=home.code,
        kind="transfer",
        day=date(YEAR, month, calendar.monthrange(YEAR, month)[1]),
        summary=summary,
        purpose=item,
        legs=(Leg(debit, fen, summary), Leg(credit, -fen, summary)),
    )
