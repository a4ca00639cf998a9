"""Sheets of several sizes for the papers; every name is invented."""

from dataclasses import replace
from datetime import date, timedelta

from disclosure.sheet import Answer, Claim, Erratum, Fund, Group, Line, Mark, Sheet
from ledger.digits import digits

ROOT = "5f" * 32
EMPTY = Sheet(
    village="510802-sandui-jingtian",
    name="井田村股份经济合作社",
    township="利州区三堆镇井田村",
    period="2021-05",
    opening_fen=1_234_567,
    income_fen=0,
    spending_fen=0,
    closing_fen=1_234_567,
    year_income_fen=0,
    year_spending_fen=0,
    income=(),
    spending=(),
    transfers=(),
    banks=(),
    funds=(),
    receivables=(),
    payables=(),
    assets=(),
    resources=(),
    distribution=(),
    errata=(),
    answers=(),
    marks=(),
    sealed="",
    size=0,
    root="",
    digits="",
    registrar="",
    telephone="",
    posted=None,
    until=None,
)
ITEMS = ("发包收入", "补助收入", "其他收入")
COSTS = ("办公费", "水电费", "务工补助", "道路维修", "会议误工")
PARTIES = ("井田村三组全体务工农户", "山水建材经营部", "赵一石", "利州区清泉水务有限责任公司")


def lines(count: int, kind: str, fen: int = 123_450) -> tuple[Line, ...]:
    """Return this many entries of May 2021."""
    return tuple(
        Line(
            f"2021-{kind}-{no:04d}",
            date(2021, 5, 1) + timedelta(days=no % 28),
            f"第{no}笔：五组至村委会道路路面修补用水泥、河沙及人工费",
            fen + no * 100,
            "钱二木",
            PARTIES[no % 4],
            "孙三火",
            f"case{no}",
        )
        for no in range(1, count + 1)
    )


def groups(count: int, kind: str, titles: tuple[str, ...], fen: int = 123_450) -> tuple[Group, ...]:
    """Return the entries shared out among items."""
    made = lines(count, kind, fen)
    shared = [made[at :: len(titles)] for at in range(len(titles))]
    return tuple(
        Group(title, title, sum(line.fen for line in part), part)
        for title, part in zip(titles, shared, strict=True)
        if part
    )


def sheet(received: int, spent: int, fen: int = 123_450) -> Sheet:
    """Return a sealed sheet with this many entries on either side."""
    income, spending = groups(received, "收", ITEMS, fen), groups(spent, "付", COSTS, fen)
    taken, given = (sum(g.fen for g in side) for side in (income, spending))
    return replace(
        EMPTY,
        income=income,
        spending=spending,
        income_fen=taken,
        spending_fen=given,
        closing_fen=EMPTY.opening_fen + taken - given,
        year_income_fen=3 * taken,
        year_spending_fen=2 * given,
        transfers=lines(2, "转"),
        banks=(
            Fund("银行存款·三堆信用社基本户 ****3321", 1_234_567, taken, given, 99_00),
            Fund("库存现金", 0, 0, 0, 0),
        ),
        funds=(Fund("一事一议财政奖补资金（五组道路）", 5_000_000, 0, 1_234_500, 3_765_500),),
        receivables=(
            Claim("内部往来", "李四水", 36_000),
            Claim("应收款", "山水建材经营部", 1_200_000),
        ),
        payables=(Claim("应付款", "利州区清泉水务有限责任公司", 45_678),),
        assets=(Fund("提灌站（固定资产）", 12_000_000, 0, 100_000, 11_900_000),),
        distribution=(Claim("分红", "一组 24 户", 480_000),),
        errata=(
            Erratum("2021-付-0002", "2021-付-0009", 12_345, 12_435, "金额看错一位，已红字冲销"),
        ),
        answers=(
            Answer(
                "Q-1",
                date(2021, 5, 9),
                "五组的路修了多少米？",
                date(2021, 5, 11),
                "共修补 320 米，验收单在村委会可以查看。",
                "村务监督委员会",
            ),
            Answer("Q-2", date(2021, 5, 20), "水费为什么比上月多？", None, "", ""),
        ),
        marks=(
            Mark("村负责人", "周五山", "2021-06-03T10:20:00+08:00", "pin"),
            Mark("村务监督委员会", "吴六田", "2021-06-04T09:05:00+08:00", "pin"),
            Mark("民主理财小组", "", "", ""),
        ),
        sealed="2021-06-02T17:00:00+08:00",
        size=431,
        root=ROOT,
        digits=digits(bytes.fromhex(ROOT), EMPTY.village, EMPTY.period),
        registrar="a1b2c3d4e5f60718",
        telephone="0839-0000000",
        posted=date(2021, 6, 5),
        until=date(2021, 6, 20),
    )


def extreme() -> Sheet:
    """Return a sheet of rare names, endless summaries, nine-digit and red amounts."""
    long = "修建村道及附属排水沟渠、护坡挡墙，" * 120
    odd = (
        Line(
            "2021-付-0001", date(2021, 5, 3), long, 123_456_789_00, "𠮷䶮㛃", "龘靐齉", "赟頔", "c1"
        ),
        Line(
            "2021-付-0002",
            date(2021, 5, 4),
            "红字冲销2021-付-0001",
            -123_456_789_00,
            "",
            "",
            "",
            "c2",
        ),
        Line("2021-付-0003", date(2021, 5, 5), "A" * 300 + "，" * 80, 1, "x" * 90, "y", "z", "c3"),
    )
    base = sheet(3, 4, 999_999_999_00)
    claims = tuple(Claim("内部往来" * 9, f"第{no}户𠮷" * 6, -999_999_999_99) for no in range(30))
    return replace(
        base,
        name="利州区三堆镇井田村第一第二第三农业生产合作社联合股份经济合作总社（筹）",
        spending=(Group("x", "其他支出" * 30, 1, odd), *base.spending),
        receivables=claims,
        opening_fen=-999_999_999_99,
        banks=(Fund("银行" * 60, *(-999_999_999_99,) * 4),) * 3,
    )
