"""What of a paper's text strangers may read: personal data is taken out by rule. Pure.

Only text is ever shown, and only text that went through here. What no rule can read (photos,
scans, drawings) is not shown at all; it is named, with the place where the original lies.
"""

import re
from collections.abc import Collection

from disclosure.redact import HIDDEN, hide, known, mask

# Any run of eleven digits or more, however it is spaced: mobiles, identity cards, accounts.
LONG = re.compile(r"\d(?:[ \u3000-]{0,3}\d){10,}[Xx]?")
LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][·• ]?[A-Z0-9]{5,6}")
# Words beside which a person is named or told about: the whole line goes.
LABELS = (
    "姓名", "身份证", "证件", "户主", "住址", "地址", "领款人", "收款人", "付款人", "签名", "签字",
    "签收", "经办人", "联系人", "电话", "手机", "账号", "卡号", "户名", "开户", "同志", "先生",
    "女士", "家属", "残疾", "低保", "病",
)  # fmt: skip
# Words of papers that begin like a name and are none.
WORDS = frozenset({
    "单价", "单位", "单据", "金额", "方案", "方式", "时间", "成本", "成员",
    "项目", "车费", "车辆", "水泥", "水费", "水电费", "石子", "沙石", "计划",
    "费用", "安装", "安全", "管理", "管理费", "路面", "路灯", "施工", "房屋",
    "农户", "农资", "元整", "万元", "党员", "应付", "应收", "明细", "明细表",
    "房租", "商店",
})  # fmt: skip
TOKEN = re.compile(r"[\u3007\u3400-\u9fff\U00020000-\U0003ffff·]+")
LEFT_OUT = "（这一行有个人信息，不公开）"
FEW, MANY = 2, 4


def public_lines(text: str, names: Collection[str]) -> list[str]:
    """Return the lines of a text as strangers may read them.

    `names` are the persons whom the village's registers and sheets know; they are masked anywhere.
    A short word that stands alone and begins like a name is masked too, and a line that speaks of
    a person is left out.
    """
    masks = [(name, mask(name)) for name in sorted(names, key=len, reverse=True) if len(name) > 1]
    return [_line(line, masks) for line in text.splitlines() if line.strip()]


def _line(line: str, masks: Collection[tuple[str, str]]) -> str:
    if any(label in "".join(line.split()) for label in LABELS):
        return LEFT_OUT
    for pattern in (MAIL, LONG, LANDLINE, PLATE):
        line = pattern.sub(HIDDEN, line)
    line = hide(line)
    for name, masked in masks:
        line = line.replace(name, masked)
    return TOKEN.sub(lambda found: _token(found.group()), line)


def _token(word: str) -> str:
    first = word.startswith((*known().surnames, *known().compounds))
    person = "·" in word or (FEW <= len(word) <= MANY and first and word not in WORDS)
    return mask(word) if person else word


def title(text: str, names: Collection[str]) -> str:
    """Return the title of a paper as strangers may read it, on one line."""
    return " ".join(public_lines(text, names)) or "单据"
