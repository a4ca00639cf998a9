"""The sheet in plain sentences: for a signer, a villager, the chat group."""

from disclosure.render import five
from disclosure.sheet import Line, Sheet
from ledger.money import yuan
from ledger.voucher import WORDS

LONGEST = 500


VERBS = {WORDS["receipt"]: "收到{party}", WORDS["payment"]: "付给{party}"}


def sentence(line: Line) -> str:
    """Return one line of the sheet as a sentence.

    `5月12日，付给样例修路队，修田间路，38,600.00元，经手人文小书，镇小长最后审签。` A summary
    that names the other party already is not made to name it twice.
    """
    parts = [f"{line.day.month}月{line.day.day}日", "红字冲销" if line.fen < 0 else ""]
    if line.party and line.party not in line.summary:
        word = line.number.split("-")[1]
        parts.append(VERBS.get(word, "对方{party}").format(party=line.party))
    parts += [line.summary, f"{yuan(line.fen)}元"]
    parts.append(f"经手人{line.handler}" if line.handler else "")
    parts.append(f"{line.approver}最后审签" if line.approver else "")
    return "，".join(filter(None, parts)) + "。"


def chat(sheet: Sheet, url: str = "") -> str:
    """Return the month's text for the chat group, at most 500 characters.

    The largest spendings are named; what does not fit is counted, never dropped in silence.
    """
    head = [f"【{sheet.name} {month(sheet.period)}财务公开】"]
    head += [f"{title}：{yuan(fen)}元" for title, fen in five(sheet)]
    tail = [*_open_matters(sheet), *([f"存证号：{sheet.digits}"] if sheet.digits else [])]
    tail += [f"明细：{url}"] if url else []
    groups = sorted(sheet.spending, key=lambda group: -group.fen)
    body = [f"支出·{group.title}：{yuan(group.fen)}元（{len(group.lines)}笔）" for group in groups]
    for kept in range(len(body), -1, -1):
        rest = [f"其余{len(body) - kept}类支出见公开表"] if kept < len(body) else []
        text = "\n".join([*head, *body[:kept], *rest, *tail])
        if len(text) <= LONGEST:
            return text
    return text[:LONGEST]


def _open_matters(sheet: Sheet) -> list[str]:
    """Return a line each for the corrections and the questions of the month, if there are any."""
    answered = sum(1 for one in sheet.answers if one.answered)
    fixed = [f"更正：{len(sheet.errata)}处"] if sheet.errata else []
    asked = [f"村民提问：{len(sheet.answers)}个，已答复{answered}个"] if sheet.answers else []
    return [*fixed, *asked]


def month(period: str) -> str:
    """Return a period in words: `2021年5月`."""
    return f"{period[:4]}年{int(period[5:])}月"
