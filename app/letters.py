"""What a reminder says: which village and step, since when, by when; no amount, no payee.

Mail and text messages travel through other people's hands: whoever wants to know more logs in.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.outbox import Kept
from app.sending import Letter
from app.words import translations
from approvals.pursuit import RAISED
from approvals.waits import KINDS

# msgids; English in the catalogue
SUBJECT = "明白账：有 %(n)s 件事项等您"
SUBJECT_LATE = "明白账：有 %(n)s 件事项等您，其中 %(late)s 件超期"
SINCE = "自 %(day)s 起"
BY = "请在 %(day)s 前办"
LATE = "已超期 %(n)s 天，应在 %(day)s 前办"
OVERSEE = "别人办的事项超期了，请您过问"
CLOSE = "这是自动发出的提醒，不用回复。提醒里不写金额和收付款方，请登录后查看；我们不会向您要密码。"
SHORT = "【明白账】有 %(n)s 件事项等您，其中 %(late)s 件超期，请登录 %(url)s 查看。"
SEMICOLON = "；"
CALLED = "called"  # to a meeting: no case waits, somebody is expected
COME = "请到会"
WORDS = (COME, SUBJECT, SUBJECT_LATE, SINCE, BY, LATE, OVERSEE, CLOSE, SHORT, SEMICOLON)


def write(kept: Kept, url: str) -> Letter:
    """Return a kept letter in the words of its language; `url` is where the counter is."""
    say = translations(kept.language).gettext
    items: Sequence[Mapping[str, Any]] = kept.content["items"]
    late = sum(one["late_days"] > 0 for one in items)
    facts = {"n": len(items), "late": late, "url": f"{url}/inbox"}
    subject = say(SUBJECT_LATE if late else SUBJECT) % facts
    lines = []
    for number, one in enumerate(items, start=1):
        lines += [f"{number}. {_line(one, say)}", f"   {url}{one['path']}", ""]
    lines += [say(CLOSE)]
    return Letter(
        id=kept.id,
        to=kept.address,
        subject=subject,
        text="\n".join(lines) + "\n",
        short=say(SHORT) % facts,
        facts={"at": kept.at, "items": items},
    )


def _line(one: Mapping[str, Any], say: Any) -> str:  # noqa: ANN401 - a gettext function
    called = one["wait"] == CALLED
    what = say(COME if called else KINDS[one["wait"]])
    what += f"（{one['title']}）" if one["title"] else ""
    parts = [f"{one['village_name']}：{what}"]
    if called:
        return parts[0]
    if one["kind"].startswith(RAISED):
        parts.append(say(OVERSEE))
    parts.append(say(SINCE) % {"day": one["since"]})
    if one["late_days"]:
        parts.append(say(LATE) % {"n": one["late_days"], "day": one["last"]})
    elif one["last"]:
        parts.append(say(BY) % {"day": one["last"]})
    return str(say(SEMICOLON).join(parts))


def day(value: date | None) -> str:
    """Return a day as data, empty when there is none."""
    return value.isoformat() if value else ""
