"""The quarter and the year on paper, and the seven ledgers behind them: A4, landscape."""

from collections.abc import Sequence

from disclosure.comparing import Beside
from disclosure.editions import Edition
from disclosure.sheet import Claim, Fund
from ledger.money import yuan
from reports import table, words
from reports.faces import Faces
from reports.ledger_paper import columns_of, rows_of
from reports.paper import A4, Ink, Paper, Print
from reports.table import Column, Row, Slot, Style

MARGIN = 34.0
STYLE = Style(Ink(10.5), 1.35, 4)
MONTHS = (
    Column("月份"),
    *(Column(title, "right") for title in ("月初", "收入", "支出", "月末")),
    Column("存证号", "left", 1),
)
MOVES = (
    Column("名称", "left", 1),
    *(Column(title, "right") for title in ("期初", "增加", "减少", "期末")),
)
CLAIMS = (Column("类别"), Column("姓名（单位）", "left", 1), Column("金额（元）", "right"))
BESIDE = ("比上期", "本年累计", "全年预算", "预算剩余")
ERRATA = (Column("凭证号"), Column("原因", "left", 1), Column("原来"), Column("改为"))
ANSWERS = (Column("编号"), Column("问", "left", 1), Column("答", "left", 1))


def edition_pdf(edition: Edition, url: str = "") -> bytes:
    """Return a quarter or a year as a PDF."""
    return edition_print(edition, url).pdf


def edition_print(edition: Edition, url: str = "", faces: Faces | None = None) -> Print:
    """Return a quarter or a year with the letters that no face had."""
    paper = Paper((A4[1], A4[0]), MARGIN, faces)
    name = f"{edition.name}{edition.title}财务公开表"
    paper.running = lambda on: _running(on, name)
    paper.paragraph(MARGIN, name, Ink(22, heavy=True), paper.room, "middle")
    place = f"{edition.township}　由 {len(edition.months)} 个已封存的月份相加　单位：元"
    paper.paragraph(MARGIN, place, Ink(12), paper.room, "middle")
    paper.y += 6
    _put(paper, "每个月的钱", MONTHS, _months(edition))
    _put(paper, "各项收支和上期比、和预算比", _beside_columns(edition), _beside(edition))
    for title, funds in (
        ("现金和银行", edition.banks),
        ("专项资金和公积公益金", edition.funds),
        ("资产", edition.assets),
    ):
        _put(paper, title, MOVES, _funds(funds))
    claims = (
        ("别人欠集体的", edition.receivables),
        ("集体欠别人的", edition.payables),
        ("收益分配", edition.distribution),
    )
    for title, owed in claims:
        _put(paper, title, CLAIMS, _claims(owed))
    _told(paper, edition)
    _foot(paper, edition, url)
    for at, book in enumerate(edition.books, 1):
        if at == 1:
            paper.turn()
            paper.paragraph(MARGIN, "七本账", Ink(18, heavy=True), paper.room, "middle")
        paper.need(110)
        title = f"{at}、{book.ledger.title}（{book.ledger.about}）"
        rows = list(rows_of(book.ledger.lines))
        _put(paper, title, columns_of(book.ledger.heads), rows, none="没有登记。")
    return paper.finish(name, name)


def _running(paper: Paper, name: str) -> None:
    paper.put((MARGIN, paper.y + 11), f"{name}（续）", Ink(11), paper.room, "middle")
    paper.y += 20


def _put(
    paper: Paper, title: str, columns: Sequence[Column], rows: list[Row], none: str = "没有。"
) -> None:
    lane = table.lane(paper, title, columns, rows, paper.room, STYLE, none=none)
    table.flow(paper, (lane,), (Slot(MARGIN, paper.room),))


def _months(edition: Edition) -> list[Row]:
    rows = [
        Row((words.month(one.period), *map(yuan, one[1:5]), one.digits)) for one in edition.months
    ]
    sums = (
        edition.opening_fen,
        edition.income_fen,
        edition.spending_fen,
        edition.closing_fen,
    )
    last = Row((edition.title, *map(yuan, sums), ""), heavy=True)
    return [*rows[:-1], rows[-1]._replace(keep=True), last]


def _beside_columns(edition: Edition) -> tuple[Column, ...]:
    now = "本年" if "Q" not in edition.span else "本季"
    titles = (now, *BESIDE)
    return (Column(""), Column("项目", "left", 1), *(Column(one, "right") for one in titles))


def _beside(edition: Edition) -> list[Row]:
    return [_item(one) for one in edition.beside]


def _item(one: Beside) -> Row:
    left = None if one.budget is None else one.budget - one.year
    cells = (one.now, one.more, one.year, one.budget, left)
    texts = tuple("—" if fen is None else yuan(fen) for fen in cells)
    return Row((one.side, one.title, *texts), heavy=one.title == "合计")


def _funds(funds: Sequence[Fund]) -> list[Row]:
    return [Row((one.name, *map(yuan, one[1:]))) for one in funds]


def _claims(claims: Sequence[Claim]) -> list[Row]:
    rows = [Row((one.account, one.name, yuan(one.fen))) for one in claims]
    total = sum(one.fen for one in claims)
    return [*rows, Row(("合计", "", yuan(total)), heavy=True)] if rows else []


def _told(paper: Paper, edition: Edition) -> None:
    errata = [
        Row((one.wrong, one.why, yuan(one.before_fen), f"{one.right} {yuan(one.after_fen)}"))
        for one in edition.errata
    ]
    if errata:
        _put(paper, "更正", ERRATA, errata)
    asked = [
        Row((one.number, one.question, one.answer or "还没有答复。")) for one in edition.answers
    ]
    if asked:
        _put(paper, "村民问，集体答", ANSWERS, asked)


def _foot(paper: Paper, edition: Edition, url: str) -> None:
    audit = f"季度审计：{edition.audit}" if edition.audit else ""
    asked = f"有疑问，请打电话：{edition.telephone}" if edition.telephone else ""
    for text in (audit, asked, f"网页：{url}" if url else ""):
        if text:
            paper.paragraph(MARGIN, text, Ink(12, heavy=True), paper.room)
    paper.paragraph(
        MARGIN, "各月公开表的摘要（SHA-256，和公示时签名的一样）：", Ink(10.5), paper.room
    )
    for one in edition.months:
        paper.paragraph(MARGIN, f"{one.period}　{one.digest}", Ink(9), paper.room)
