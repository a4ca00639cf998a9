"""The desk's own pages: the villages of an auditor, the trail of an entry, a refusal."""

import json
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from ledger.money import yuan
from reports.auditors.books import Shelf
from reports.auditors.listing import Listing
from reports.auditors.signatures import ACTS
from reports.auditors.trail import Trail
from reports.words import DECISIONS, method, minute, month

STYLE = "desk.css"
SENTENCES = {
    400: "请求的内容不对，请返回重试。",
    401: "审计台只供查阅，不能改动账簿。",
    404: "没有这个页面，或者您没有查阅的权限。",
    405: "审计台只供查阅，不能改动账簿。",
    500: "服务器出了差错，这个页面暂时打不开。请稍后重试，仍不行请告知登记员。",
}
KINDS = {**ACTS, "case.signed": "审签"}
SIGNS = {"有效": "✓ 有效", "无效": "✗ 无效", "无法核验": "？ 无法核验"}


@cache
def style() -> bytes:
    """Return the style sheet."""
    return (resources.files("reports.auditors") / "style" / STYLE).read_bytes()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("reports.auditors"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(yuan=yuan, minute=minute, month=month, method=method)
    made.globals.update(decisions=DECISIONS, kinds=KINDS, signs=SIGNS, style=style_name())
    return made


def style_name() -> str:
    """Return the style sheet's name in addresses, another one whenever it changes."""
    return f"{STYLE}?{sha256(style()).hexdigest()[:8]}"


def _render(template: str, home: str, **values: object) -> str:
    return _environment().get_template(template).render(home=home, **values)


def index(home: str, shelves: Sequence[Shelf]) -> str:
    """Return the first page: the villages with their years; `home` is the desk's address."""
    return _render("index.html", home, shelves=shelves)


def entry(home: str, trail: Trail) -> str:
    """Return the page of a case."""
    year = trail.number[:4] or (str(trail.voucher.day.year) if trail.voucher else "")
    return _render("entry.html", home, trail=trail, year=year)


def entries(home: str, listing: Listing) -> str:
    """Return the page of a year's vouchers."""
    return _render("entries.html", home, listing=listing)


def refusal(home: str, sentence: str) -> str:
    """Return a page with one sentence."""
    return _render("refused.html", home, sentence=sentence)


def as_json(value: object) -> str:
    """Return JSON text."""
    return json.dumps(value, ensure_ascii=False)
