"""The text of each file of a village's books, from what was posted, signed and sealed.

docs/FORMATS.md, "Books". Everything a reader needs to check is in the text itself; nothing here
reads a file, a table or a clock.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from ledger import canonical
from ledger.log.act import Event
from ledger.money import plain
from ledger.voucher import BANK, Leg, Number, Voucher

FORMAT = 1
HEADER = "; 本文件由明白账按已审签的记账凭证生成，请勿手工修改。\n"
GUARD = "approvals.guard"
ORDER = {"opening": 0, "receipt": 1, "payment": 2, "transfer": 3}
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class Village(NamedTuple):
    """Who keeps the books: `opened` is an ISO date, `registrar` the id of the registrar's key."""

    code: str
    name: str
    township: str
    chart: str
    opened: str
    registrar: str


class Entered(Protocol):
    """A posted voucher, as `ledger.posted.store.Posted` is one."""

    @property
    def number(self) -> Number:
        """Return the voucher's number."""

    @property
    def case(self) -> str:
        """Return the case it was signed under."""

    @property
    def seq(self) -> int:
        """Return the leaf of its posting."""

    @property
    def period(self) -> str:
        """Return its month."""

    @property
    def voucher(self) -> Voucher:
        """Return the voucher itself."""


class Named(Protocol):
    """An account with its official name."""

    @property
    def name(self) -> str:
        """Return the official name."""


class Accounts(Protocol):
    """What the books ask of a chart of accounts."""

    def get(self, code: str) -> Named:
        """Return the account with this code."""

    def path(self, code: str) -> str:
        """Return the Beancount account of this code."""


class Year(NamedTuple):
    """One year's book: its months in order, what it begins with, the accounts it opens."""

    year: int
    periods: Sequence[str]
    opening: Mapping[str, int]
    accounts: Collection[str]


def village_of(opened: Event) -> Village:
    """Return the village that a `log.opened` event describes."""
    body = opened.statement()["body"]
    fields = {field: body[field] for field in ("name", "township", "chart", "opened")}
    return Village(code=opened.village, registrar=body["registrar"]["key"], **fields)


def village_file(village: Village) -> bytes:
    """Return `village.json`: canonical, one newline at the end."""
    fields = village._asdict()
    return canonical.encode({"format": FORMAT, "village": fields.pop("code"), **fields}) + b"\n"


def events_file(events: Iterable[Event]) -> bytes:
    """Return event lines, each with its newline."""
    return b"".join(event.body + b"\n" for event in events)


def quote(text: str) -> str:
    """Return the text as a Beancount string."""
    return f'"{text.translate(ESCAPES)}"'


def entry(item: Entered, chart: Accounts) -> str:
    """Return a posted voucher as one Beancount transaction, amounts in yuan."""
    voucher, number = item.voucher, str(item.number)
    payee = f"{quote(voucher.payee.name)} " if voucher.payee else ""
    facts = {
        "number": number,
        "case": item.case,
        "digest": voucher.digest(),
        "purpose": voucher.purpose,
        "reverses": voucher.reverses,
        "corrects": voucher.corrects,
    }
    lines = [f"{voucher.day} * {payee}{quote(f'{number} {voucher.summary}')}"]
    lines += [f"  {key}: {quote(value)}" for key, value in facts.items() if value]
    lines.append(f"  leaf: {item.seq}")
    for leg in voucher.legs:
        lines += _posting(leg, voucher.summary, chart)
    return "\n".join(lines) + "\n"


def _posting(leg: Leg, summary: str, chart: Accounts) -> list[str]:
    lines = [f"  {chart.path(leg.account)}  {plain(leg.fen)} CNY"]
    if leg.summary not in {"", summary}:
        lines.append(f"    summary: {quote(leg.summary)}")
    lines += [f"    dim-{dim.code}: {quote(str(dim))}" for dim in leg.dims]
    return lines


def month_file(
    period: str,
    items: Iterable[Entered],
    chart: Accounts,
    closing: Mapping[str, int] | None = None,
) -> bytes:
    """Return a month's entries in voucher order.

    `closing` (code to fen, zeros left out) is given for a sealed month: its bank balances are then
    asserted on the first day of the month after, so that stock `bean-check` keeps watch over them.
    """
    ordered = sorted(items, key=lambda item: (ORDER[item.number.kind], item.number.no))
    parts = [HEADER, *(f"\n{entry(item, chart)}" for item in ordered)]
    if closing is not None:
        touched = {leg.account for item in ordered for leg in item.voucher.legs}
        banks = sorted(code for code in touched | set(closing) if is_bank(code))
        lines = [_assertion(period, code, closing.get(code, 0), chart) for code in banks]
        parts += ["\n", *lines] if lines else []
    return "".join(parts).encode()


def is_bank(code: str) -> bool:
    """Tell whether a code is bank deposits or a detail of it."""
    return code.partition(".")[0] == BANK


def _assertion(period: str, code: str, fen: int, chart: Accounts) -> str:
    # Without "~ 0" Beancount would let a fen pass.
    return f"{day_after(period)} balance {chart.path(code)}  {plain(fen)} ~ 0 CNY\n"


def day_after(period: str) -> str:
    """Return the first day after a month as an ISO date."""
    year, month = int(period[:4]), int(period[5:])
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}-01"


def year_files(village: Village, year: Year, chart: Accounts) -> dict[str, bytes]:
    """Return the files of a year beside its months: accounts, main, audit (relative paths)."""
    first = f"{year.year:04d}-01-01"
    accounts = HEADER + "".join(_open(first, code, chart) for code in sorted(year.accounts))
    head = _head(f"{village.name} {year.year}年账簿")
    includes = ["accounts.beancount", *(f"{period}.beancount" for period in year.periods)]
    body = _includes(includes) + _opening(first, year.opening, chart)
    return {
        f"{year.year:04d}/accounts.beancount": accounts.encode(),
        f"{year.year:04d}/main.beancount": (head + body).encode(),
        f"{year.year:04d}/audit.beancount": (head + f'plugin "{GUARD}"\n' + body).encode(),
    }


def all_file(village: Village, years: Sequence[Year], chart: Accounts) -> bytes:
    """Return `all.beancount`: every year in one continuous book."""
    codes = {code for year in years for code in year.accounts}
    opens = [_open(f"{years[0].year:04d}-01-01", code, chart) for code in sorted(codes)]
    months = [f"{year.year:04d}/{period}.beancount" for year in years for period in year.periods]
    head = _head(f"{village.name} 历年账簿")
    return (head + _includes(months) + "".join(opens)).encode()


def _head(title: str) -> str:
    return f'{HEADER}\noption "title" {quote(title)}\noption "operating_currency" "CNY"\n'


def _includes(paths: Iterable[str]) -> str:
    return "\n" + "".join(f'include "{path}"\n' for path in paths)


def _open(day: str, code: str, chart: Accounts) -> str:
    name = quote(chart.get(code).name)
    return f'\n{day} open {chart.path(code)} CNY\n  code: "{code}"\n  name: {name}\n'


def _opening(day: str, balances: Mapping[str, int], chart: Accounts) -> str:
    if not balances:
        return ""
    lines = [f"  {chart.path(code)}  {plain(balances[code])} CNY" for code in sorted(balances)]
    head = [f'\n{day} * "年初余额"', '  opening: "carried"']
    return "\n".join([*head, *lines]) + "\n"
