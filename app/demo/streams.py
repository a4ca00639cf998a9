"""What a sample village earns and spends in a year: one row for each kind of movement.

Amounts are in yuan, drawn between `low` and `high`; `times` movements in each of `months`. A party
of VILLAGER is a different villager each time; {m} is the month, {n} counts a row's movements.
"""

from typing import NamedTuple

VILLAGER = "@"
ALL = tuple(range(1, 13))
QUARTERS = (3, 6, 9, 12)
FINANCE = "三堆镇财政所"


class Stream(NamedTuple):
    """One kind of movement; `answer` is the clerk's reason where no rule knows the line."""

    item: str
    party: str | tuple[str, ...]
    purpose: str
    low: int
    high: int
    months: tuple[int, ...] = ALL
    times: int = 1
    account: str = "102.01"
    summary: str = "网银转账"
    counter: str = ""
    answer: str = ""
    scaled: bool = False


PARK_TENANTS = ("样例青禾种植公司", "样例鲜蔬配送公司", "样例田园采摘社", "样例山货电商社")
SHOPS = ("样例农资店", "样例种苗公司", "样例包装厂")

PARK = (
    # money in
    Stream("income.rent", VILLAGER, "{m}月大棚租金", 1500, 2300, times=24),
    Stream("income.service", PARK_TENANTS, "{m}月冷藏费", 1600, 2900, times=3),
    Stream("income.service", PARK_TENANTS, "{m}月烘干费", 800, 1600, times=2),
    Stream("income.service", "样例园区管理处", "{m}月停车费", 500, 1200),
    Stream("income.service", PARK_TENANTS, "{m}月蔬菜销售款", 6500, 11500, times=4),
    Stream("income.rent", PARK_TENANTS, "第{n}期门面租金", 2600, 3600, QUARTERS, 3),
    Stream("income.subsidy", FINANCE, "村级组织运转经费补助", 27000, 31000, QUARTERS),
    Stream("income.interest", "", "", 90, 190, QUARTERS, summary="结息"),
    Stream("income.interest", "", "", 20, 60, QUARTERS, account="102.02", summary="结息"),
    Stream(
        "income.project",
        "样例区农业农村局",
        "井田现代农业园区项目资金第{n}批",
        150000,
        150000,
        (2, 5, 8),
        account="102.02",
    ),
    Stream("income.donation", "样例爱心商会", "乡村文化建设捐赠", 5000, 5000, (9,)),
    Stream("income.collect", "样例青禾种植公司", "清欠2020年大棚尾款", 18600, 18600, (3,)),
    # out, for people
    Stream("spending.cadre-pay", "批量代发", "{m}月村干部报酬", 13200, 13200),
    Stream("spending.cadre-pay", VILLAGER, "{m}月组长误工补贴", 300, 500, times=6),
    Stream("spending.posts", VILLAGER, "{m}月公益岗位补贴", 500, 500, times=6),
    Stream("spending.cleaning", VILLAGER, "{m}月保洁费", 700, 1000, times=6),
    Stream("spending.cleaning", "样例清洁公司", "{m}月垃圾清运费", 1400, 2100, times=2),
    Stream("spending.relief", VILLAGER, "困难家庭临时救助", 500, 1000),
    Stream("spending.relief", VILLAGER, "春节慰问金", 500, 500, (2,), 10),
    Stream("spending.relief", VILLAGER, "重阳节慰问金", 200, 200, (10,), 8),
    # out, for the park
    Stream("spending.operating", SHOPS, "{m}月番茄种苗款", 900, 2100, (1, 2, 3, 6, 7, 8), 2),
    Stream("spending.operating", SHOPS, "{m}月有机肥料款", 800, 1900, times=3),
    Stream("spending.operating", SHOPS, "{m}月生物农药款", 300, 900, times=2),
    Stream("spending.operating", SHOPS, "{m}月包装箱款", 500, 1300, times=3),
    Stream("spending.operating", "样例顺丰收物流社", "{m}月蔬菜运费", 400, 1200, times=4),
    Stream("spending.operating", "样例供电所", "{m}月冷库电费", 2600, 4200),
    Stream("spending.operating", VILLAGER, "{m}月大棚用工款", 1200, 2400, times=8),
    Stream("spending.operating", VILLAGER, "{m}月采收用工款", 600, 1300, (4, 5, 6, 9, 10, 11), 5),
    # out, for the village
    Stream("spending.upkeep", "样例水利施工队", "山坪塘管护费", 800, 1800, times=1),
    Stream("spending.upkeep", "样例照明安装社", "路灯维修费", 300, 900, times=1),
    Stream("spending.upkeep", VILLAGER, "渠道清淤人工费", 400, 900, (3, 4, 6, 9, 11), 3),
    Stream("spending.office", "样例文具店", "办公用品款", 200, 700, times=2),
    Stream("spending.office", "样例图文店", "公示栏打印费", 100, 400),
    Stream("spending.office", "样例代理记账公司", "代理记账服务费", 1500, 1500, QUARTERS),
    Stream("spending.office", "", "", 10, 30, summary="网银手续费"),
    Stream("spending.utilities", "样例供电所", "{m}月办公楼电费", 500, 1100),
    Stream("spending.utilities", "样例自来水站", "{m}月办公楼水费", 80, 200),
    Stream("spending.utilities", "样例通信营业厅", "{m}月宽带电话费", 260, 320),
    Stream("spending.meeting", "样例乡村食堂", "村民代表会议餐费", 240, 480),
    Stream("spending.travel", "样例客运站", "村干部培训差旅费", 120, 460, (2, 5, 8, 11), 2),
    Stream("spending.press", "样例邮政营业厅", "2021年党报党刊订报款", 2380, 2380, (1,)),
    Stream("spending.culture", "样例乡村文艺队", "文化活动演出费", 1200, 2600, (1, 3, 5, 9, 10)),
    Stream("spending.tax", "样例税务所", "上季度增值税税款", 700, 1500, (1, 4, 7, 10)),
    # out, for works and things that last
    Stream("spending.asset", "样例农机公司", "购置微耕机", 4800, 6800, (3, 9)),
    Stream("spending.asset", "样例制冷设备公司", "冷藏柜设备款", 9800, 13800, (4, 6)),
    Stream("spending.asset", "样例电脑店", "购置便民服务电脑", 3900, 4600, (7,)),
    Stream(
        "spending.project",
        "样例工程监理社",
        "园区冷链工程监理费",
        2400,
        3600,
        (4, 7),
        account="102.02",
    ),
    # what no rule knows and the clerk decides
    Stream(
        "spending.culture",
        "样例广告社",
        "货样尾款",
        860,
        1480,
        (4, 10),
        answer="村规民约宣传画，凭发票和照片认定为文化活动",
    ),
    Stream(
        "income.rent",
        "云小满",
        "代交",
        1200,
        1200,
        (6,),
        answer="经电话核实，替其父交6号大棚上半年租金差额",
    ),
    Stream(
        "spending.office",
        "样例五金店",
        "锁具",
        180,
        320,
        (8,),
        answer="村委会档案柜换锁，属办公费",
    ),
)

LIGHT = (
    Stream(
        "income.rent", VILLAGER, "{m}月堰塘承包费", 7600, 8400, (2, 4, 6, 8, 10, 12), scaled=True
    ),
    Stream(
        "income.service", "样例山货电商社", "{trade}销售款", 11000, 13000, QUARTERS, scaled=True
    ),
    Stream("income.subsidy", FINANCE, "村级组织运转经费补助", 28000, 32000, (3, 9)),
    Stream("income.interest", "", "", 20, 60, QUARTERS, summary="结息"),
    Stream("spending.cadre-pay", "批量代发", "{m}月村干部报酬", 5900, 5900),
    Stream("spending.cleaning", VILLAGER, "{m}月保洁费", 1700, 1800, (1, 3, 5, 7, 9, 11)),
    Stream(
        "spending.operating", "样例农资店", "{trade}肥料款", 3700, 4300, (1, 4, 7, 10), scaled=True
    ),
    Stream("spending.upkeep", "样例水利施工队", "渠道清淤款", 2800, 4600, (3, 11)),
    Stream("spending.relief", VILLAGER, "困难家庭临时救助", 600, 1000, (2, 9)),
    Stream("spending.office", "样例文具店", "办公用品款", 400, 1000, (1, 9)),
    Stream("spending.office", "样例代理记账公司", "代理记账服务费", 600, 600, (6, 12)),
    Stream("spending.utilities", "样例供电所", "办公室电费", 300, 600, QUARTERS),
    Stream("spending.meeting", "样例乡村食堂", "村民代表会议餐费", 200, 380, (7,)),
    Stream("spending.press", "样例邮政营业厅", "2021年党报党刊订报款", 980, 980, (1,)),
    Stream("spending.culture", "样例乡村文艺队", "文化活动演出费", 700, 1200, (10,)),
    Stream(
        "spending.upkeep",
        "样例五金店",
        "货款",
        260,
        520,
        (5,),
        answer="更换饮水管网阀门，凭验收单认定为水利维护",
    ),
)

# Added to each light village where ten thousand vouchers are wanted.
BUSY = (
    Stream("income.rent", VILLAGER, "{m}月菜地承包费", 40, 80, times=18),
    Stream("income.service", PARK_TENANTS, "{m}月{trade}代销款", 700, 1000, times=6),
    Stream("spending.operating", VILLAGER, "{m}月{trade}基地用工款", 180, 300, times=16),
    Stream("spending.operating", SHOPS, "{m}月{trade}农资款", 120, 260, times=8),
    Stream("spending.cleaning", VILLAGER, "{m}月村道保洁费", 150, 250, times=4),
)

TRADES = ("优质核桃", "特色蔬菜", "生态畜牧", "食用菌")
