"""崇州市 and 米易县: twelve community funds, mutual aid; each pays for its purpose alone.

The seed's words: 建立社区专项基金12支; 按照“群众帮一点、政府补一点、社会捐一点”的原则,
广泛募集互助资金,设立村级互助专款账户;
群众申请—村民小组长核实—邻里互助会核实—村“两委”审核—邻里互助会实施救助.
"""

from dataclasses import replace
from datetime import date

import pytest
from sample import Village, hand, legs, opening, payment
from test_miyi_luojiang import meet, seat, sign

from approvals import acts, adopting, cases, funds, gate, policy, signoff
from approvals.funds import Fund
from approvals.verify import verify
from disclosure import render
from disclosure.compose import compose
from disclosure.redact import for_web
from disclosure.sheet import Aside
from ledger.book import files
from ledger.closing import red
from ledger.voucher import Party, Voucher

DAY = date(2021, 3, 1)
RULE = "社区基金管理办法，议事会〔2021〕2号"
NAMES = (
    *("老人关爱", "儿童成长", "微更新", "志愿奖励", "应急互助", "文体活动"),
    *("邻里节", "环境美化", "助学", "助残", "平安巡逻", "便民服务"),
)


def fund(no: int, name: str, *purposes: str, **more: object) -> Fund:
    return Fund(f"{name}基金", f"241.{no:02d}", purposes, RULE, "2021-01-01", **more)  # type: ignore[arg-type]


def set_up(village: Village, base: str, *wanted: Fund) -> None:
    with village.engine.begin() as conn:
        for one in wanted:
            acts.open_account(conn, hand("book1"), village.desk(), one.account, one.name)
        text = {**policy.shipped(base), "funds": [one.body() for one in wanted]}
        adopting.adopt_policy(conn, hand("registrar"), village.desk(), text)


def give(one: Fund, fen: int, who: str, day: date = DAY) -> Voucher:
    rows = legs(("102.01", fen), (one.account, -fen))
    giver = Party(who, "", "")
    given = replace(payment(day, 1), kind="receipt", purpose="income.donation", payee=giver)
    return replace(given, summary=f"{who}捐给{one.name}", legs=rows, fund=one.name)


def spend(one: Fund, fen: int, purpose: str, what: str, day: date = DAY) -> Voucher:
    rows = legs((one.account, fen), ("102.01", -fen))
    paid = payment(day, 1, summary=what, purpose=purpose)
    return replace(paid, legs=rows, fund=one.name)


def sheet_of(village: Village) -> tuple[dict[str, tuple[int, ...]], tuple[Aside, ...], str]:
    """Seal March; return the funds on its sheet, who gave, and the web's CSV."""
    village.on(date(2021, 4, 2))
    for period in ("2021-01", "2021-02", "2021-03"):
        village.seal(period)
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
        made = compose(conn, village.code, "2021-03")
    verdict = verify(village.root / village.code)
    assert verdict.good, verdict.fault
    shown = {row.name.partition("—")[2]: tuple(row[1:]) for row in made.funds}
    return shown, made.asides, render.to_csv(for_web(made)).decode()


def test_twelve_funds_of_chongzhou(village: Village) -> None:
    village.post(opening())
    twelve = [fund(no, name, "spending.culture") for no, name in enumerate(NAMES, start=1)]
    twelve[2] = fund(3, "微更新", "spending.upkeep")
    set_up(village, "tiered", *twelve)
    village.on(DAY)
    renewal, culture = twelve[2], twelve[5]
    village.post(give(renewal, 5_000_00, "样例物业公司"))
    wrong = village.post(give(culture, 900_00, "陈晓明"))
    with pytest.raises(funds.WrongPurpose):
        village.submit(spend(renewal, 100_00, "spending.culture", "办晚会"))
    with pytest.raises(funds.NotNamed):
        village.submit(replace(spend(renewal, 100_00, "spending.upkeep", "修门"), fund=""))
    with pytest.raises(funds.NotNamed):
        village.submit(payment(DAY, 5, fund=renewal.name))
    with pytest.raises(funds.Overdrawn):
        village.submit(spend(renewal, 5_000_01, "spending.upkeep", "修门"))
    # What is under way is counted: two thirds and two thirds are more than there is.
    village.submit(spend(renewal, 1_500_00, "spending.upkeep", "修路灯"))
    with pytest.raises(funds.Overdrawn, match=r"3,500\.00"):
        village.submit(spend(renewal, 3_500_01, "spending.upkeep", "刷墙"))
    village.post(spend(renewal, 3_000_00, "spending.upkeep", "修凉亭"))
    village.post(red(wrong.voucher, wrong.number, DAY))
    with village.engine.begin() as conn, pytest.raises(funds.BadFund, match="微更新"):
        adopting.adopt_policy(conn, hand("registrar"), village.desk(), policy.shipped("tiered"))
    clear_open(village)
    shown, gave, _ = sheet_of(village)
    assert shown[renewal.name] == (0, 5_000_00, 4_500_00, 500_00)
    assert gave == (Aside("gift", "样例物业公司", renewal.name, 5_000_00),)


def clear_open(village: Village) -> None:
    """Walk what is still under way into the books: nothing may be open at the seal."""
    with village.engine.begin() as conn:
        (one,) = cases.open_cases(conn, village.code)
    village.clear(one)
    with village.engine.begin() as conn:
        gate.post(conn, hand("book1"), village.desk(), one.case)


def test_mutual_aid_of_miyi_in_five_steps(village: Village) -> None:
    village.post(opening())
    aid = fund(1, "邻里互助", "spending.relief")
    set_up(village, "miyi", aid)
    seat(village, "representative", "rep1", "rep2", "rep3")
    village.on(DAY)
    for who, fen in (("陈晓明", 200_00), ("米易县民政局", 3_000_00), ("样例慈善会", 1_000_00)):
        village.post(give(aid, fen, who))
    with pytest.raises(funds.WrongPurpose):
        village.submit(spend(aid, 500_00, "spending.office", "买办公桌"))
    one = village.submit(spend(aid, 1_500_00, "spending.relief", "救助重病户"))  # 群众申请
    one = sign(village, one, "group-leader", "representative", "rep1")
    for person in ("rep2", "rep3"):
        one = sign(village, one, "mutual-aid", "representative", person)
    one = meet(village, one, "council", 5, 5, 5, 0)
    with village.engine.begin() as conn:
        signoff.pay(conn, hand("cash1"), village.desk(), one.case)
    clear_paid(village, one.case)
    shown, gave, web = sheet_of(village)
    assert shown[aid.name] == (0, 4_200_00, 1_500_00, 2_700_00)
    assert {row.name: row.fen for row in gave}["陈晓明"] == 200_00
    assert "陈*明" in web
    assert "陈晓明" not in web


def clear_paid(village: Village, case: str) -> None:
    with village.engine.begin() as conn:
        gate.post(conn, hand("book1"), village.desk(), case)
