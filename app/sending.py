"""How a letter leaves the house: by mail, by webhook, by an adapter for SMS or WeChat accounts.

An adapter is a `Sender`. It is named in the settings (`channels`): `file:PATH` and `command:PATH`
are the examples shipped here, anything else is the name of an entry point in the group
`mingbai.senders`, called with what follows the colon. docs/REMINDERS.md shows how to write one.
"""

import json
import smtplib
import ssl
import subprocess
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from app import clock
from app.settings import Settings

SECONDS = 20
LASTING = 500


class Letter(NamedTuple):
    """A reminder on its way: `short` is for a text message, `facts` is the same as data.

    `id` is the same however often it is tried; a receiver may know by it what came twice.
    """

    id: str
    to: str
    subject: str
    text: str
    short: str
    facts: Mapping[str, Any]


class Sender(Protocol):
    """What carries letters. It returns when a letter is handed over for certain.

    `repeats`: whether a letter whose fate is unknown may be sent again, since the receiver tells by
    its id what came twice.

    Raises (`send`):
        NotNow: it was certainly not handed over; try again later.
        Never: it was certainly not handed over, and never will be.
        Any other exception means that nobody knows; the letter is not sent again by itself.
    """

    repeats: bool

    def send(self, letter: Letter) -> None:
        """Hand a letter over."""


class NotNow(Exception):  # noqa: N818 - no error, a wait
    """A letter was not handed over; a later try may do."""


class Never(Exception):  # noqa: N818
    """A letter was not handed over, and trying again is of no use."""


class Mail:
    """E-mail through the office's own server, by the standard library."""

    repeats = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def send(self, letter: Letter) -> None:
        """Hand a letter to the mail server.

        Raises:
            NotNow, Never: see `Sender`.
        """
        try:
            server = self._enter()
        except smtplib.SMTPAuthenticationError as fault:
            msg = "邮件服务器不接受用户名和密码"
            raise NotNow(msg) from fault
        except (OSError, smtplib.SMTPException) as fault:
            msg = f"连不上邮件服务器：{_why(fault)}"
            raise NotNow(msg) from fault
        with server:
            try:
                server.send_message(self._message(letter))
            except smtplib.SMTPRecipientsRefused as fault:
                code, said = next(iter(fault.recipients.values()))
                raise (Never if code >= LASTING else NotNow)(_said(code, said)) from fault
            except smtplib.SMTPResponseException as fault:
                kind = Never if fault.smtp_code >= LASTING else NotNow
                raise kind(_said(fault.smtp_code, fault.smtp_error)) from fault

    def _enter(self) -> smtplib.SMTP:
        given = self.settings
        place = (given.smtp_host, given.smtp_port)
        safe = ssl.create_default_context()
        if given.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=SECONDS, context=safe)
        else:
            server = smtplib.SMTP(*place, timeout=SECONDS)
        if given.smtp_security == "starttls":
            server.starttls(context=safe)
        if given.smtp_user:
            server.login(given.smtp_user, given.smtp_password)
        return server

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["Subject"], message["To"] = letter.subject, letter.to
        message["From"] = self.settings.mail_from
        message["Date"] = format_datetime(clock.Clock().now())
        domain = self.settings.mail_from.rpartition("@")[2]
        message["Message-ID"] = f"<{letter.id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers of machines
        message.set_content(letter.text)
        return message


def _why(fault: BaseException) -> str:
    return str(getattr(fault, "strerror", None) or fault or type(fault).__name__)[:200]


def _said(code: int, said: bytes | str) -> str:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"邮件服务器答 {code} {words}"[:200]


class ToFile:
    """The first example: a line of JSON a letter, added to a file that another program reads."""

    repeats = False

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def send(self, letter: Letter) -> None:
        """Add a letter to the file."""
        line = json.dumps(letter._asdict(), ensure_ascii=False) + "\n"
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line)


class ToCommand:
    """The second example: a program that reads a letter as JSON; 75 (EX_TEMPFAIL) means later."""

    repeats = False
    LATER = 75

    def __init__(self, path: str) -> None:
        self.path = path

    def send(self, letter: Letter) -> None:
        """Hand a letter to the program.

        Raises:
            NotNow: it cannot be started, or asks to be asked later; Never: it refuses.
        """
        data = json.dumps(letter._asdict(), ensure_ascii=False).encode()
        try:
            done = subprocess.run(  # noqa: S603 - the office's own program, named in its settings
                [self.path], input=data, capture_output=True, timeout=SECONDS, check=False
            )
        except FileNotFoundError as fault:
            msg = f"没有程序 {self.path}"
            raise NotNow(msg) from fault
        except PermissionError as fault:
            msg = f"程序 {self.path} 不能运行"
            raise NotNow(msg) from fault
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()[:200]
            kind = NotNow if done.returncode == self.LATER else Never
            raise kind(said or f"程序 {self.path} 返回 {done.returncode}")


SHIPPED: dict[str, Callable[[str], Sender]] = {"file": ToFile, "command": ToCommand}
GROUP = "mingbai.senders"


def adapter(said: str) -> Sender:
    """Return the adapter that a setting names, `KIND:ARGUMENT`.

    Raises:
        LookupError: nothing of this name is installed.
    """
    kind, _, argument = said.partition(":")
    if kind in SHIPPED:
        return SHIPPED[kind](argument)
    for point in entry_points(group=GROUP, name=kind):
        made: Sender = point.load()(argument)
        return made
    raise LookupError(kind)
