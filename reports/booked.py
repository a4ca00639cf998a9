"""入账信息: for each electronic voucher, how it was booked, as one XML file (D19).

Fields are named in plain words; the text of the standard's own file was not at hand.
docs/EXPORT.md says what stands in it.
"""

from typing import NamedTuple
from xml.sax.saxutils import escape

from ledger.ledgers import moved
from ledger.money import plain
from ledger.voucher import WORDS, Number, Paper, Voucher


class Booked(NamedTuple):
    """An electronic voucher and the voucher that books it; `hands` are 制单, 审核, 记账."""

    unit: str
    code: str
    paper: Paper
    number: Number
    voucher: Voucher
    hands: tuple[str, str, str]


def booked_xml(one: Booked, names: dict[str, str]) -> bytes:
    """Return the file; `names` are the names of the accounts by code."""
    voucher = one.voucher
    facts = [
        ("会计核算单位", one.unit),
        ("组织机构代码", one.code),
        ("电子凭证名称", one.paper.title),
        ("电子凭证号码", one.paper.number),
        ("电子凭证摘要值", one.paper.digest),
        ("记账凭证类型", WORDS[voucher.kind]),
        ("记账凭证编号", str(one.number)),
        ("记账凭证日期", f"{voucher.day:%Y%m%d}"),
        ("会计期间", voucher.period),
        ("记账凭证摘要", voucher.summary),
        ("附件数", str(voucher.sheets)),
        *zip(("制单人", "审核人", "记账人"), one.hands, strict=True),
    ]
    lines = ["".join(_element(*pair) for pair in facts)]
    for line, leg in enumerate(voucher.legs, 1):
        change = moved(leg.fen, red=bool(voucher.reverses))
        cells = [
            ("行号", str(line)),
            ("科目编号", leg.account),
            ("科目名称", names.get(leg.account, "")),
            ("摘要", leg.summary or voucher.summary),
            ("借方金额", plain(change.debit)),
            ("贷方金额", plain(change.credit)),
        ]
        marks = "".join(
            f"<辅助核算>{_element('项目', dim.title)}{_element('档案', str(dim))}</辅助核算>"
            for dim in leg.dims
        )
        lines.append(f"<分录>{''.join(_element(*pair) for pair in cells)}{marks}</分录>")
    body = "\n".join(lines)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f"{head}\n<入账信息>\n{body}\n</入账信息>\n".encode()


def _element(name: str, value: str) -> str:
    clean = "".join(sign for sign in value if sign >= " ")
    return f"<{name}>{escape(clean)}</{name}>"
