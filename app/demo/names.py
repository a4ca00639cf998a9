"""Invented names: nobody is called after the solar terms, and no firm is called 样例."""

from itertools import product
from random import Random

SURNAMES = "田何谷麦苗禾林江石云叶竹柳梅兰杏桑葛季蒲"
SEASONS = (
    *(
        "立春",
        "雨水",
        "惊蛰",
        "春分",
        "清明",
        "谷雨",
        "立夏",
        "小满",
        "芒种",
        "夏至",
        "小暑",
        "大暑",
    ),
    *(
        "立秋",
        "处暑",
        "白露",
        "秋分",
        "寒露",
        "霜降",
        "立冬",
        "小雪",
        "大雪",
        "冬至",
        "小寒",
        "大寒",
    ),
    *(
        "一禾",
        "二禾",
        "三禾",
        "满仓",
        "丰年",
        "青苗",
        "新穗",
        "春播",
        "夏耘",
        "秋收",
        "冬藏",
        "瑞雪",
    ),
    *(
        "喜雨",
        "望春",
        "知秋",
        "听雨",
        "向阳",
        "晴耕",
        "暖冬",
        "开犁",
        "扬花",
        "抽穗",
        "归仓",
        "试新",
    ),
)
SEAT_SURNAMES = "安宁和庄严明程谢高于向章"
VIRTUES = (
    *("明账", "守正", "立信", "清源", "公允", "知勤", "惠农", "思廉", "致和", "正言"),
    *("敬事", "务实", "同心", "怀民", "秉直", "克己", "求真", "慎微", "尽责", "如实"),
)


def villagers(seed: str, count: int) -> list[str]:
    """Return so many different names of villagers, always the same for a seed."""
    pool = [surname + given for surname, given in product(SURNAMES, SEASONS)]
    return Random(seed).sample(pool, count)  # noqa: S311 - a sample, no secret


def seat_holders(seed: str, count: int) -> list[str]:
    """Return so many names of people in seats; none of them is also a villager's name.

    A signer steps back when the payee has their name, so the two must not meet by chance.
    """
    pool = [surname + given for surname, given in product(SEAT_SURNAMES, VIRTUES)]
    return Random(seed).sample(pool, count)  # noqa: S311 - a sample, no secret
