"""Books for the audit desk: a signed village, and years of any size without a log."""

import asyncio
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import sample

from app import database
from ledger.book import files
from reports.auditors import desk

CODE = sample.VILLAGE
OTHER = "510802-sandui-linjia"
BIG = "510802-sandui-dacun"
SLUG = f"{CODE}-2021"
HOME = "/audit"
EVIL = "<img src=x onerror=alert(1)>修路队"


def build(root: Path) -> sample.Village:
    """Write the books of a signed village: January sealed, one payment after the seal."""
    engine = database.connect(f"sqlite:///{root.parent / f'{root.name}.sqlite'}")
    database.create(engine)
    village = sample.Village(engine, root)
    with engine.begin() as conn:
        sample.found(conn, village)
    village.post(sample.opening())
    village.post(sample.rent(date(2021, 1, 6), 1_200_000))
    paper = sample.paper("发票甲", "04433112")
    village.on(date(2021, 1, 8))
    village.post(sample.payment(date(2021, 1, 8), 345_678, papers=(paper,)))
    village.on(date(2021, 2, 1))
    village.seal("2021-01")
    village.on(date(2021, 2, 3))
    village.post(sample.payment(date(2021, 2, 3), 88_800, summary="修<b>排水沟</b>"))
    with engine.begin() as conn:
        files.project(conn, village.code, root)
    engine.dispose()
    return village


def plain(root: Path, code: str, count: int = 3, *, name: str = "邻家村经济合作社") -> None:
    """Write a year of payments as text, without a log behind it."""
    year = root / code / "2021"
    year.mkdir(parents=True)
    head = f'option "title" "{name} 2021年账簿"\noption "operating_currency" "CNY"\n'
    (year / "audit.beancount").write_text(head + 'include "2021-05.beancount"\n')
    lines = ["2021-01-01 open Assets:102银行存款 CNY\n2021-01-01 open Expenses:513管理费用 CNY\n"]
    lines += [
        f'2021-05-{number % 28 + 1:02d} * "商店{number % 40}" "2021-付-{number:04d} 购办公用品"\n'
        f'  number: "2021-付-{number:04d}"\n  case: "case-{number}"\n'
        f"  Expenses:513管理费用  {number}.01 CNY\n  Assets:102银行存款  -{number}.01 CNY\n"
        for number in range(1, count + 1)
    ]
    (year / "2021-05.beancount").write_text("\n".join(lines))


def mounted(root: Path, allowed: Any, **more: Any) -> Any:
    """Return the desk as an application mounts it for a visitor; None stands for no login."""
    inner = desk(root, **more)
    return door(inner, allowed)


def door(inner: Any, allowed: Any) -> Any:
    """Return the desk behind a login that lets a visitor see these villages."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope = {**scope, "root_path": HOME}
        if allowed is not None:
            scope["mingbai.villages"] = allowed
        await inner(scope, receive, send)

    return app


class Visitor:
    """A visitor of the desk, one request at a time."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def ask(self, path: str, method: str = "GET", **more: Any) -> httpx2.Response:
        """Ask for a page below the desk."""
        return asyncio.run(self._ask(method, HOME + path, more))

    async def _ask(self, method: str, path: str, more: Mapping[str, Any]) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk") as client:
            return await client.request(method, path, **more)

    def query(self, text: str, slug: str = SLUG) -> httpx2.Response:
        """Ask a question in Beancount's query language."""
        return self.ask(f"/{slug}/api/query", params={"query_string": text})
