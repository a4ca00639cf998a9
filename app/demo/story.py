"""The story of May 2021 in 井田村: a field road is mended, disclosed, asked about, put right.

The work itself was in order; the clerk had filed it under 生产经营支出, because the road leads
to the park. It is a public road: 道路水利维护. Taken for a cost of production it made the park look
38,600.00 yuan dearer to run than it is. Nothing is rubbed out: a red voucher writes the entry off,
a blue one takes its place, and the answer on the next sheet names both.
"""

from datetime import date
from typing import NamedTuple

from app.demo.township import KIN_FIRM, MAIN
from ledger.voucher import Party


class PaperOf(NamedTuple):
    """A paper of the case: what it is, its own number, and what it says (one line each)."""

    title: str
    number: str
    text: tuple[str, ...]


class Meeting(NamedTuple):
    """A meeting's tally."""

    step: str
    day: date
    roster: int
    present: int
    favour: int
    against: int
    minutes: str


class Opinion(NamedTuple):
    """What a signer wrote: step, person, day, words."""

    step: str
    person: str
    day: date
    words: str


class Question(NamedTuple):
    """A villager's question about a sheet and its answer."""

    id: str
    period: str
    asked: date
    text: str
    answered: date
    answer: str


class Story(NamedTuple):
    """Everything the road asks for, day by day; amounts in fen."""

    case: str
    asked: date
    fen: int
    party: Party
    purpose: str
    summary: str
    handler: str
    wrong_item: str
    right_item: str
    resolution: str
    papers: tuple[PaperOf, ...]
    meetings: tuple[Meeting, ...]
    opinions: tuple[Opinion, ...]
    paid: date
    posted: date
    sealed: date
    published: date
    question: Question
    corrected: date
    red_case: str
    blue_case: str
    why: str


class Recused(NamedTuple):
    """A payment to the secretary's brother: the secretary steps back, the deputy signs."""

    day: date
    fen: int
    party: str
    purpose: str
    item: str
    step: str
    person: str
    deputy: str
    words: str


STORY = Story(
    case="jingtian-2021-05-tianjian-daolu",
    asked=date(2021, 5, 6),
    fen=38_600_00,
    party=Party("样例顺田道路工程队", "6200000000386001", "样例农商行三堆支行"),
    purpose="修缮田间道路款",
    summary="修缮三组至七组田间道路 1.2 公里，付清工程价款",
    handler="井田村三组组长 田开犁",
    wrong_item="spending.operating",
    right_item="spending.upkeep",
    resolution="井田村村民代表会议〔2021〕5号",
    papers=(
        PaperOf(
            "增值税普通发票",
            "样例 00386001",
            ("销售方：样例顺田道路工程队", "项目：田间道路修缮 1.2 公里", "价税合计：38,600.00 元"),
        ),
        PaperOf(
            "竣工验收单",
            "验〔2021〕5号",
            ("验收人：村务监督委员会、三组和七组村民代表", "路面宽 3 米、长 1,200 米，合格"),
        ),
        PaperOf(
            "村民代表会议记录",
            "〔2021〕5号",
            (
                "应到 35 人，实到 31 人",
                "同意 30 人，反对 1 人",
                "决议：同意修缮并付款 38,600.00 元",
            ),
        ),
    ),
    meetings=(
        Meeting("council", date(2021, 5, 7), 5, 5, 5, 0, "村两委会议记录〔2021〕9号"),
        Meeting("representatives", date(2021, 5, 10), 35, 31, 30, 1, "村民代表会议记录〔2021〕5号"),
    ),
    opinions=(
        Opinion("supervision", f"{MAIN}-sup1", date(2021, 5, 11), "到现场量过，长宽与验收单一致。"),
        Opinion("supervision", f"{MAIN}-sup2", date(2021, 5, 11), "同意。"),
        Opinion(
            "supervision", f"{MAIN}-sup4", date(2021, 5, 12), "单价与三家询价最低一家相同，同意。"
        ),
        Opinion("agri-centre", "agri1", date(2021, 5, 12), "票据、决议、验收单齐全，同意。"),
        Opinion("clerk", f"{MAIN}-clerk", date(2021, 5, 13), "附件三份，金额核对无误。"),
        Opinion("secretary", f"{MAIN}-secretary", date(2021, 5, 13), "同意支付。"),
        Opinion("first-secretary", f"{MAIN}-first", date(2021, 5, 14), "同意。"),
        Opinion("village-cadre", "cadre1", date(2021, 5, 17), "已实地查看，同意。"),
        Opinion("village-leader", "leader1", date(2021, 5, 18), "同意。"),
        Opinion("township-head", "head1", date(2021, 5, 19), "同意支付。"),
    ),
    paid=date(2021, 5, 20),
    posted=date(2021, 5, 21),
    sealed=date(2021, 6, 3),
    published=date(2021, 6, 8),
    question=Question(
        id="jingtian-2021-05-q1",
        period="2021-05",
        asked=date(2021, 6, 11),
        text="修田间道路的 38,600 元怎么列在“生产经营支出”里？那是大家走的路，不是园区的生产成本。",
        answered=date(2021, 6, 16),
        answer="您说得对。款项和手续没有问题，但项目归错了，应列“道路水利维护”。已用红字冲销、蓝字重记，金额不变。",
    ),
    corrected=date(2021, 6, 15),
    red_case="jingtian-2021-06-tianjian-daolu-red",
    blue_case="jingtian-2021-06-tianjian-daolu-blue",
    why="公共道路修缮误列生产经营支出，改列道路水利维护",
)

RECUSED = Recused(
    day=date(2021, 7, 16),
    fen=2_860_00,
    party=KIN_FIRM,
    purpose="汛后渠道清淤运渣款",
    item="spending.upkeep",
    step="secretary",
    person=f"{MAIN}-secretary",
    deputy=f"{MAIN}-deputy",
    words="收款方是我弟弟经营的运输队，按规定回避。",
)
