"""The sheets of the template: what stands in each column."""

from typing import NamedTuple


class Column(NamedTuple):
    """A column: its key, heading, kind (`sheet.READERS`), whether it must be filled, what to write.

    `names` are other headings for it, `choices` the only words it may hold, `longest` how many
    letters it takes.
    """

    key: str
    title: str
    kind: str = "text"
    must: bool = False
    note: str = ""
    names: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    longest: int = 80


class Form(NamedTuple):
    """A sheet of the template: key, name, other names, columns, an example row, what it is for."""

    key: str
    name: str
    names: tuple[str, ...]
    columns: tuple[Column, ...]
    example: tuple[str, ...]
    about: str


NOTE = Column("note", "备注", note="想说明的话；写“示例”的行不导入", longest=200)
CATEGORIES = ("经营性", "公益性", "管理用")
LANDS = ("耕地", "林地", "园地", "草地", "水面", "四荒地", "集体建设用地", "其他")

BALANCES = Form(
    "balances",
    "科目余额",
    ("科目余额表", "期初余额", "余额表", "试算平衡表"),
    (
        Column(
            "code",
            "科目编码",
            must=True,
            note="原账套的编码，照抄",
            names=("科目代码", "科目编号", "编码", "代码"),
        ),
        Column(
            "name",
            "科目名称",
            must=True,
            note="原账套的名称，照抄",
            names=("会计科目", "科目", "名称"),
        ),
        Column("debit", "借方余额", "amount", note="单位：元"),
        Column("credit", "贷方余额", "amount", note="单位：元"),
        NOTE,
    ),
    ("10201", "基本户", "125000.00", "", "示例"),
    "建账日各科目的余额。有明细的写到末级明细；上级科目可写可不写，写了就要等于明细合计。",
)
PEOPLE = Form(
    "people",
    "成员与户",
    ("成员名册", "成员", "户", "股权登记", "份额登记簿"),
    (
        Column(
            "household",
            "户编号",
            must=True,
            note="小写字母、数字和连字符，如 1-001；一户一个",
            names=("户号",),
            longest=40,
        ),
        Column("group", "组别", note="村民小组", names=("组", "小组"), longest=40),
        Column("name", "姓名", must=True, names=("户主姓名", "成员姓名", "户主")),
        Column(
            "relation",
            "与户主关系",
            note="户主写“户主”，其余写配偶、子、女等；每户一行时可不写",
            names=("关系",),
        ),
        Column(
            "people",
            "户内人口",
            "count",
            note="每户只写户主一行时填全户人数；逐人写时不填",
            names=("人口",),
        ),
        Column(
            "shares",
            "股数",
            "count",
            note="这一行的人（或这一户）持有的份额",
            names=("份额", "持有份额"),
        ),
        Column("tail", "账户后四位", note="银行账号只写最后四位", names=("账号后四位",)),
        NOTE,
    ),
    ("1-001", "一组", "张小样", "户主", "4", "4", "0011", "示例"),
    "可以每户一行（只写户主和户内人口），也可以每人一行。不要写身份证号。",
)
ASSETS = Form(
    "assets",
    "固定资产",
    ("固定资产卡片", "资产", "资产台账"),
    (
        Column("number", "资产编号", must=True, note="一物一号", names=("编号",)),
        Column("name", "名称", must=True, names=("资产名称",)),
        Column(
            "category",
            "类别",
            must=True,
            note="经营性的折旧进经营支出，公益性的进公益支出，管理用的进管理费用",
            choices=CATEGORIES,
        ),
        Column("place", "坐落", names=("地点", "存放地点")),
        Column("quantity", "数量", "quantity"),
        Column("unit", "单位", names=("计量单位",)),
        Column("bought", "购建日期", "day", must=True, names=("购置日期", "入账日期")),
        Column(
            "value",
            "原值",
            "amount",
            must=True,
            note="单位：元；政府给的、没有价的写 1.00",
            names=("原价", "资产原值"),
        ),
        Column("life", "使用年限", "count", note="整年；不提折旧的写 0", names=("折旧年限",)),
        Column("salvage", "预计净残值", "amount", names=("净残值", "残值")),
        Column("depreciated", "累计折旧", "amount", note="到建账日已提的折旧"),
        Column("source", "资金来源"),
        Column("user", "使用人", names=("保管人", "使用或保管人")),
        Column("detail", "明细科目", note="固定资产、累计折旧分了明细的，写属于哪个明细"),
        Column(
            "booked", "是否入账", "yes", note="清查出来、账上没有的写“否”", choices=("是", "否")
        ),
        NOTE,
    ),
    (
        "GD-001",
        "村委会办公楼",
        "管理用",
        "村部",
        "1",
        "栋",
        "2015-06-30",
        "480000.00",
        "20",
        "0",
        "204000.00",
        "自筹",
        "村委会",
        "",
        "是",
        "示例",
    ),
    "一张资产卡片一行。入账的原值合计要等于“固定资产”科目，累计折旧合计要等于“累计折旧”科目。",
)
RESOURCES = Form(
    "resources",
    "资源",
    ("资源台账", "资源登记簿"),
    (
        Column("number", "资源编号", must=True, names=("编号",)),
        Column("name", "名称", must=True, names=("地块名", "资源名称")),
        Column("kind", "类别", must=True, choices=LANDS),
        Column("place", "坐落", names=("位置", "地点")),
        Column("borders", "四至", note="东至、南至、西至、北至", longest=200),
        Column("quantity", "面积", "quantity", must=True, names=("数量",)),
        Column("unit", "单位", must=True, note="亩、平方米、立方米等", names=("计量单位",)),
        Column("use", "经营方式", note="自营、承包、租赁、闲置等", names=("用途",)),
        Column("user", "使用人", names=("承包人", "承租人")),
        Column("contract", "合同编号"),
        NOTE,
    ),
    (
        "ZY-001",
        "水库坝下鱼塘",
        "水面",
        "二组",
        "东至路、南至渠、西至山脚、北至坝",
        "12.5",
        "亩",
        "租赁",
        "样例养殖户",
        "HT-001",
        "示例",
    ),
    "一块地、一片水面一行，不记价值。",
)
CONTRACTS = Form(
    "contracts",
    "合同",
    ("合同台账", "经济合同"),
    (
        Column("number", "合同编号", must=True, names=("编号", "合同号")),
        Column(
            "party",
            "对方",
            must=True,
            note="承包、承租的单位或个人",
            names=("承包方", "乙方", "对方名称"),
        ),
        Column(
            "subject",
            "标的",
            must=True,
            note="租的、包的是什么；有资源或资产编号的写上",
            names=("标的物", "合同标的"),
            longest=200,
        ),
        Column("quantity", "数量", "quantity", names=("面积",)),
        Column("unit", "单位", names=("计量单位",)),
        Column("first", "起始日", "day", must=True, names=("开始日期", "合同起始日")),
        Column("last", "终止日", "day", must=True, names=("结束日期", "到期日", "合同终止日")),
        Column(
            "rent",
            "年租金",
            "amount",
            must=True,
            note="单位：元；没有租金的写 0",
            names=("年承包费", "每年租金"),
        ),
        Column(
            "due",
            "付款约定",
            must=True,
            note="如：每年 12 月 31 日前付清当年",
            names=("付款期次", "付款方式"),
            longest=200,
        ),
        Column("deposit", "保证金", "amount", names=("押金",)),
        Column("resolution", "决议文号", note="哪次会议定的"),
        NOTE,
    ),
    (
        "HT-001",
        "样例养殖户",
        "ZY-001 水库坝下鱼塘",
        "12.5",
        "亩",
        "2019-01-01",
        "2028-12-31",
        "6000.00",
        "每年 12 月 31 日前付清当年",
        "1000.00",
        "2018 年第 3 次代表会议",
        "示例",
    ),
    "正在履行的合同一份一行。",
)
CURRENT = Form(
    "current",
    "内部往来",
    ("内部往来明细", "成员往来"),
    (
        Column(
            "household",
            "户编号",
            must=True,
            note="与“成员与户”里的相同",
            names=("户号",),
            longest=40,
        ),
        Column("head", "户主", note="只为核对，账上只写户编号", names=("户主姓名", "姓名")),
        Column(
            "debit",
            "户欠集体",
            "amount",
            note="承包费等还没有交的",
            names=("应收金额", "借方余额", "借方"),
        ),
        Column(
            "credit",
            "集体欠户",
            "amount",
            note="分红、补偿款等还没有付的",
            names=("应付金额", "贷方余额", "贷方"),
        ),
        Column("about", "事由", note="欠的是什么", longest=200),
        Column("since", "发生日期", "day"),
        NOTE,
    ),
    ("1-001", "张小样", "300.00", "", "2023 年承包费", "2023-12-31", "示例"),
    "科目余额里的“内部往来”写总数时，在这里写到每户；户欠集体合计和集体欠户合计要分别等于借方和贷方余额。",
)
DEBTS = Form(
    "debts",
    "债权债务",
    ("债权债务明细", "往来单位"),
    (
        Column(
            "account",
            "科目",
            must=True,
            note="原账套的科目名称，如 应收款、应付款、长期借款及应付款",
            names=("科目名称",),
        ),
        Column("party", "对方", must=True, names=("对方名称", "单位或个人", "往来单位")),
        Column("debit", "对方欠集体", "amount", names=("应收金额", "借方余额", "借方")),
        Column("credit", "集体欠对方", "amount", names=("应付金额", "贷方余额", "贷方")),
        Column("about", "事由", note="为什么欠", longest=200),
        Column("since", "发生日期", "day"),
        Column("due", "到期日", "day", note="约定哪天还清", longest=200),
        NOTE,
    ),
    ("应收款", "样例合作社", "20000.00", "", "2022 年场地租金", "2022-12-31", "2024-12-31", "示例"),
    "外单位、外村人的往来。科目余额里写总数的，在这里写到每个对方，合计要等于余额。",
)
FORMS = (BALANCES, PEOPLE, ASSETS, RESOURCES, CONTRACTS, CURRENT, DEBTS)
