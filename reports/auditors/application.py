"""Fava's application with everything taken out that writes, opens files or shows other villages."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from fava.application import create_app
from fava.beans.str import to_string
from fava.context import g
from fava.json_api import SourceSlice, json_success
from flask import Flask, Response, request
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.exceptions import HTTPException

from ledger.refusal import Refusal
from reports.auditors import pages
from reports.auditors.ledgers import MOST_LINES, Ledgers
from reports.auditors.questions import COLUMN, INDENT, TOO_WILD, is_wild
from reports.auditors.signatures import Signatures, entry_address

OURS = Path(__file__).parent / "templates" / "fava"
API = "json_api."
# What an auditor reads. Whatever Fava has or will have besides is refused.
ENDPOINTS = frozenset(
    {"static", "index", "account", "report", "holdings_by", "extension_report", "help_page"}
    | {"download_query"}
    | {
        API + name
        for name in (
            *("get_changed", "get_errors", "get_ledger_data", "get_query", "get_context"),
            *("get_source_slice", "get_journal_page", "get_events", "get_options", "get_help"),
            *("get_commodities", "get_income_statement", "get_balance_sheet"),
            *("get_trial_balance", "get_account_report", "get_statistics"),
        )
    }
)
HIDDEN = frozenset({"editor", "import", "documents"})
PATTERNS = ("account", "filter")
FORBIDDEN = "审计台只供查阅，不提供这项功能。"

# What Fava's Chinese lacks.
WORDS = {
    "Deleting…": "正在删除…",
    "Duplicate": "复制",
    "Filter by tag, payee, …": "按收付款方、摘要等筛选…",
    "Hold Shift while clicking to expand all children.\n"
    "Hold Ctrl or Cmd while clicking to expand one level.": (
        "按住 Shift 点击展开全部下级。\n按住 Ctrl 或 Cmd 点击展开一级。"
    ),
    "Saving…": "正在保存…",
    "Show keyboard shortcuts": "显示快捷键",
    "…enter a BQL query. 'help' to list available commands.": "输入 BQL 查询，help 列出可用命令。",
}


def build(root: Path, language: str) -> Flask:
    """Return Fava over the books under a directory, for reading only."""
    fava = create_app([], incognito=False, read_only=True, poll_watcher=True)
    fava.config["LEDGERS"] = Ledgers(root, language)
    stock = fava.jinja_loader
    assert stock is not None  # noqa: S101 - Fava has templates
    fava.jinja_loader = ChoiceLoader([FileSystemLoader(OURS), stock])
    fava.add_template_global(entry_address, "entry_address")
    fava.add_template_global(_style, "desk_style")
    fava.add_template_global(_village, "desk_village")
    fava.add_template_global(_words, "desk_words")
    fava.jinja_env.globals["desk_most_lines"] = MOST_LINES
    fava.view_functions[API + "get_source_slice"] = _slice
    fava.before_request_funcs.setdefault(None, []).insert(0, _only_reading)
    fava.register_error_handler(Refusal, _refused)
    fava.register_error_handler(HTTPException, _failed)
    return fava


def _only_reading() -> Response | None:
    """Refuse what is not on the list, and patterns that may never end."""
    arguments = request.view_args or {}
    hidden = arguments.get("report_name") in HIDDEN
    stranger = arguments.get("extension_name", Signatures.__qualname__) != Signatures.__qualname__
    known = request.endpoint is None or request.endpoint in ENDPOINTS
    if hidden or stranger or not known:
        return _answer(FORBIDDEN, 403)
    if any(is_wild(request.args.get(name, "")) for name in PATTERNS):
        return _answer(TOO_WILD, 400)
    return None


def _refused(refusal: Refusal) -> Response:
    return _answer(f"[{refusal.code}] {refusal.sentence()}", refusal.status)


def _failed(fault: HTTPException) -> Response:
    status = fault.code or 500
    return _answer(pages.SENTENCES.get(status, pages.SENTENCES[500]), status)


def _answer(sentence: str, status: int) -> Response:
    """Answer with one sentence: as JSON where Fava's script asks, as a page otherwise."""
    if "/api/" in request.path:
        return Response(pages.as_json({"error": sentence}), status, mimetype="application/json")
    return Response(pages.refusal(request.script_root, sentence), status, mimetype="text/html")


def _slice() -> Response:
    """Show an entry as text, written from memory: no file is opened for it."""
    entry: Any = g.ledger.get_entry(request.args.get("entry_hash", ""))
    text = to_string(entry, COLUMN, INDENT)
    answer: Response = json_success(SourceSlice(sha256(text.encode()).hexdigest(), text))
    return answer


def _style() -> str:
    return f"{request.script_root}/style/{pages.style_name()}"


def _village() -> str:
    ledger: Any = g.ledger
    village: str = ledger.book.village
    return village


def _words(known: dict[str, str]) -> dict[str, str]:
    return {**WORDS, **known}
