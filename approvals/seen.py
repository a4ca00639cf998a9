"""What was on the signer's screen is what is signed: a case that changed meanwhile is refused."""

from sqlalchemy import Connection

from approvals.cases import standing_of
from approvals.standing import Standing
from ledger.log import store as log
from ledger.refusal import Refusal


def mark(standing: Standing) -> str:
    """Return what a form carries of the revision that it shows: its number and digest."""
    return f"{standing.revision}-{standing.digest}"


def revision(seen: str) -> int:
    """Return the revision that a form showed, or 0 where it says none."""
    number = seen.partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0  # noqa: PLR2004


def check(conn: Connection, village: str, case: str, seen: str) -> None:
    """Refuse to sign a revision that was not on the screen; holds the village's log first.

    Raises:
        Amended: the case has a newer revision, or the form does not say what it showed.
    """
    log.hold(conn, village)
    if mark(standing_of(conn, village, case)) != seen:
        raise Amended


class Amended(Refusal):
    """The case was amended while its page was open, or the form does not say what it showed."""

    code = "A080"
    says = "这件事项在您查看期间改过，没有签名。改了什么列在下面，请看清新的一稿再签。"
    rule = "docs/TRUST.md: what is on the screen is what is signed"
