"""The audit desk: what exists for whom, what the books may say, what Fava must not show."""

import asyncio
import json
import os
import re
import shutil
import time
from pathlib import Path
from typing import Any

import audit_village
import fava
import httpx2
import pytest
from audit_village import BIG, CODE, HOME, OTHER, SLUG, Visitor
from fava.application import create_app
from hypothesis import given
from hypothesis import strategies as st

from reports.auditors import application, books, desk, ledgers, pages
from reports.auditors.books import HEADS, Book, NoAuditBook, StrangeLine, inspect
from reports.auditors.ledgers import Ledgers, Papers, VillageLedger

LARGE = 1200
COLD = 0.5
LANES = 4  # how much slower than the measured machine a test machine may be


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "books"
    audit_village.build(root)
    audit_village.plain(root, OTHER)
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "books")
    return tmp_path / "books"


@pytest.fixture
def visitor(root: Path) -> Visitor:
    return Visitor(audit_village.mounted(root, frozenset({CODE})))


@pytest.fixture(scope="module")
def reader(made: Path) -> Visitor:
    """A visitor of books that no test changes."""
    return Visitor(audit_village.mounted(made, frozenset({CODE})))


def year(root: Path) -> Path:
    return root / CODE / "2021"


def test_hidden_and_missing_books_are_answered_alike(made: Path, reader: Visitor) -> None:
    places = [f"/{OTHER}-2021/journal/", f"/{OTHER}-2021/api/ledger_data", f"/entry/{OTHER}/case-1"]
    places += [f"/{OTHER}-1999/journal/", "/nothing-2021/journal/", "/entry/nothing/case-1"]
    places += [f"/entries/{OTHER}/2021", "/jump", "/x", f"/{CODE}-all2/journal/", f"/{CODE}/"]
    answers = [reader.ask(place) for place in places]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    nobody = Visitor(audit_village.mounted(made, None))
    for place in (
        "/",
        f"/{SLUG}/journal/",
        f"/entry/{CODE}/x",
        "/static/app.js",
        "/style/desk.css",
    ):
        assert nobody.ask(place).text == answers[0].text
        assert nobody.ask(place, "POST").status_code == 404


def test_no_page_of_a_ledger_tells_of_another_village(made: Path) -> None:
    visitor = Visitor(audit_village.mounted(made, frozenset({CODE, OTHER})))
    assert visitor.ask(f"/{OTHER}-2021/api/ledger_data").json()["data"]["other_ledgers"] == []
    data = visitor.ask(f"/{SLUG}/api/ledger_data").json()["data"]
    assert data["other_ledgers"] == []
    assert "邻家村" not in json.dumps(data, ensure_ascii=False)


def test_the_ledgers_look_at_the_scope_themselves(made: Path) -> None:
    """The wrapper asks first; the mapping that Fava reads from asks again."""
    found = desk(made)
    wsgi = found.fava.test_client()  # type: ignore[attr-defined] # the desk is a Desk
    for allowed, status in ((None, 404), (frozenset({OTHER}), 404), (frozenset({CODE}), 200)):
        environ = {"asgi.scope": {"mingbai.villages": allowed}}
        answer = wsgi.get(f"/{SLUG}/api/errors", environ_overrides=environ)
        assert answer.status_code == status


def test_villages_may_come_with_the_folders_of_their_books(made: Path, tmp_path: Path) -> None:
    visitor = Visitor(audit_village.mounted(tmp_path, {CODE: made / CODE}))
    assert visitor.ask(f"/{SLUG}/journal/").status_code == 200
    assert "井田村" in visitor.ask("/").text
    assert visitor.ask(f"/{OTHER}-2021/journal/").status_code == 404


def test_a_relative_folder_of_books_is_found(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made.parent)
    visitor = Visitor(audit_village.mounted(Path("books"), frozenset({CODE})))
    assert visitor.ask(f"/{SLUG}/api/errors").json()["data"] == []


def test_the_first_page_tells_years_and_seal(made: Path, tmp_path: Path) -> None:
    (tmp_path / "leer").mkdir()
    allowed = {CODE: made / CODE, "a-new-village": tmp_path / "leer", "a-ghost": tmp_path / "none"}
    page = Visitor(audit_village.mounted(made, allowed)).ask("/").text
    assert f'href="{HOME}/{SLUG}/"' in page
    assert f'href="{HOME}/{CODE}-all/"' in page
    assert "已结账封存到 <strong>2021年1月</strong>" in page
    assert page.count("还没有账簿文件") == 2
    assert "没有可查阅的村庄" in Visitor(audit_village.mounted(made, frozenset())).ask("/").text


@pytest.mark.parametrize("text", ["[]", "{", "\xff"])
def test_an_unreadable_village_file_leaves_the_code(
    root: Path, visitor: Visitor, text: str
) -> None:
    (root / CODE / "village.json").write_bytes(text.encode("latin-1"))
    assert f"<h2>{CODE}</h2>" in visitor.ask("/").text


def test_head_answers_what_get_would(reader: Visitor) -> None:
    for place in ("/", f"/{SLUG}/journal/", f"/{SLUG}/api/errors", "/static/app.css", "/x"):
        got, head = reader.ask(place), reader.ask(place, "HEAD")
        assert head.status_code == got.status_code
        assert head.content == b""
        assert head.headers["content-length"] == str(len(got.content))


def test_fava_alone_would_refuse_head(made: Path) -> None:
    """The trap: if this fails, Fava answers HEAD itself."""
    stock = create_app([str(year(made) / "main.beancount")], read_only=True, poll_watcher=True)
    assert stock.test_client().head("/x/journal/").status_code in {401, 404}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_no_method_changes_anything(reader: Visitor, method: str) -> None:
    for place in ("/", f"/{SLUG}/api/source", f"/{SLUG}/extension/Signatures/x"):
        answer = reader.ask(place, method)
        assert answer.status_code == 405
        assert "只供查阅" in answer.text


@pytest.mark.parametrize(
    "place",
    [
        *("editor/", "import/", "documents/", "document/?filename={0}", "extension/Other/"),
        *("statement/?entry_hash=0&key=number", "download-journal/", "extension/Signatures/x"),
        *("extension_js_module/Signatures.js", "api/source?filename={0}", "api/documents"),
        *("api/imports", "api/extract?filename={0}&importer=x", "api/journal", "api/narrations"),
        *("api/payee_accounts?payee=x", "api/payee_transaction?payee=x"),
        "api/narration_transaction?narration=x",
    ],
)
def test_what_is_not_on_the_list_is_refused(reader: Visitor, made: Path, place: str) -> None:
    secret = year(made) / "2021-01.beancount"
    answer = reader.ask(f"/{SLUG}/{place.format(secret)}")
    assert answer.status_code == 403
    assert "不提供" in answer.text
    assert "修田间路" not in answer.text


def test_every_get_route_of_fava_is_either_listed_or_refused() -> None:
    """A route that a later Fava brings must be looked at before it is let through."""
    app = application.build(Path(), "zh_CN")
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert known >= application.ENDPOINTS
    assert sorted(known - application.ENDPOINTS) == sorted(
        {"document", "download_journal", "extension_endpoint", "extension_js_module", "jump"}
        | {"statement"}
        | {
            f"json_api.{name}"
            for name in (
                *("delete_document", "delete_source_slice", "get_documents", "get_extract"),
                *("get_imports", "get_journal", "get_narration_transaction", "get_narrations"),
                *("get_payee_accounts", "get_payee_transaction", "get_source", "put_add_document"),
                *("put_add_entries", "put_attach_document", "put_format_source", "put_move"),
                *("put_source", "put_source_slice", "put_upload_import_file"),
            )
        }
    )


def test_fava_speaks_chinese(reader: Visitor) -> None:
    page = reader.ask(f"/{SLUG}/income_statement/").text
    assert '<html lang="zh-CN">' in page
    words = json.loads(re.findall(r'id="translations">(.*?)</script>', page)[0])
    assert words["Journal"] == "日记账"
    script = (Path(fava.__file__).parent / "static/app.js").read_text()
    asked = {json.loads(f'"{text}"') for text in re.findall(r'\b_\("((?:[^"\\]|\\.)*)"\)', script)}
    assert {text for text in asked - set(words) if len(text) > 1} == set()
    data = reader.ask(f"/{SLUG}/api/ledger_data").json()["data"]
    assert data["fava_options"]["language"] == "zh_CN"
    assert data["sidebar_links"] == [["← 返回村庄列表", f"{HOME}/"]]
    assert [one["report_title"] for one in data["extensions"]] == ["审签"]


def test_our_frame_has_what_the_script_looks_for(reader: Visitor) -> None:
    stock = (Path(fava.__file__).parent / "templates/_layout.html").read_text()
    page = reader.ask(f"/{SLUG}/extension/Signatures/").text
    for name in re.findall(r'id="([\w-]+)"', stock):
        assert f'id="{name}"' in page
    assert "<!doctype" not in reader.ask(f"/{SLUG}/extension/Signatures/?partial=true").text


def test_the_paths_of_the_server_are_not_shown(root: Path) -> None:
    audit_village.plain(root, BIG, 2)
    visitor = Visitor(audit_village.mounted(root, frozenset({CODE, BIG})))
    for slug in (SLUG, f"{CODE}-all", f"{BIG}-2021"):
        for place in ("api/ledger_data", "api/options", "api/errors", "journal/"):
            text = visitor.ask(f"/{slug}/{place}").text
            assert str(root) not in text
            assert "\\/tmp" not in text
        query = "SELECT filename, meta('filename') GROUP BY 1, 2"
        assert str(root) not in visitor.query(query, slug).text
    assert "2021/2021-01.beancount" in visitor.query("SELECT filename").text


def test_texts_from_the_books_are_escaped(root: Path) -> None:
    audit_village.plain(root, BIG, 2, name="<script>村")
    path = root / BIG / "2021/2021-05.beancount"
    path.write_text(path.read_text().replace("商店1", audit_village.EVIL))
    visitor = Visitor(audit_village.mounted(root, frozenset({BIG})))
    for place in ("api/journal_page?page=1&order=asc", "api/account_report?a=Expenses"):
        journal = visitor.ask(f"/{BIG}-2021/{place}").json()["data"]["journal"]
        assert "&lt;img src=x" in journal
        assert "<img" not in journal
    assert "<script>村" not in visitor.ask(f"/{BIG}-2021/journal/").text


def test_a_voucher_links_to_its_signatures(reader: Visitor) -> None:
    journal = reader.ask(f"/{SLUG}/api/journal_page?page=1&order=asc").json()["data"]["journal"]
    links = set(re.findall(rf"href='({HOME}/entry/{CODE}/[^']+)'", journal))
    assert len(links) == 4
    for link in links:
        assert reader.ask(link.removeprefix(HOME)).status_code == 200
    assert "开户" in journal or "余额" in journal


def test_the_list_of_signatures_follows_the_filters(reader: Visitor) -> None:
    page = reader.ask(f"/{SLUG}/extension/Signatures/").text
    assert page.count("制单：") == 4
    assert "村支书（村主任） <strong>书小记</strong>" in page
    assert "修&lt;b&gt;排水沟" in page
    february = reader.ask(f"/{SLUG}/extension/Signatures/?time=2021-02").text
    assert february.count("制单：") == 1
    nothing = reader.ask(f"/{SLUG}/extension/Signatures/?time=2020").text
    assert "没有符合筛选条件的凭证" in nothing


def test_a_voucher_that_nobody_signed_is_named(made: Path) -> None:
    visitor = Visitor(audit_village.mounted(made, frozenset({OTHER})))
    assert visitor.ask(f"/{OTHER}-2021/extension/Signatures/").text.count("没有审签记录") == 3


def test_an_entry_is_shown_without_opening_its_file(visitor: Visitor) -> None:
    journal = visitor.ask(f"/{SLUG}/api/journal_page?page=1&order=asc").json()["data"]["journal"]
    name = re.findall(r"#context-(\w+)", journal)[-1]
    context = visitor.ask(f"/{SLUG}/api/context?entry_hash={name}").json()["data"]
    assert context["balances_before"]
    piece = visitor.ask(f"/{SLUG}/api/source_slice?entry_hash={name}").json()["data"]["slice"]
    assert "排水沟" in piece
    assert visitor.ask(f"/{SLUG}/api/source_slice?entry_hash=0").status_code == 404


def test_fava_keeps_no_hand_on_files() -> None:
    for name in ("get_source", "set_source", "insert_entries", "insert_metadata"):
        with pytest.raises(PermissionError):
            getattr(Papers, name)(object(), "x", 1)
    for name in ("save_entry_slice", "delete_entry_slice", "render_entries"):
        with pytest.raises(PermissionError):
            getattr(Papers, name)(object(), [])


def test_security_headers_stand_on_every_answer(reader: Visitor) -> None:
    ours = reader.ask("/").headers
    stock = reader.ask(f"/{SLUG}/journal/").headers
    assert "script-src" not in ours["content-security-policy"]
    assert "default-src 'none'" in ours["content-security-policy"]
    assert "script-src 'self' 'wasm-unsafe-eval'" in stock["content-security-policy"]
    for headers in (ours, stock, reader.ask("/x").headers, reader.ask("/static/app.js").headers):
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert stock["cache-control"] == "no-store"
    assert reader.ask("/static/app.js").headers["cache-control"] == "private, max-age=3600"
    assert reader.ask("/style/desk.css").headers["content-type"].startswith("text/css")


def test_wild_patterns_in_the_filters_are_refused(reader: Visitor) -> None:
    for name, text in (("account", "(a+)+$"), ("filter", 'payee:"(.*)*x"')):
        answer = reader.ask(f"/{SLUG}/api/journal_page?page=1&order=asc", params={name: text})
        assert answer.status_code == 400
        assert "过于复杂" in answer.json()["error"]


def test_what_fava_does_not_know_is_a_page_in_chinese(reader: Visitor) -> None:
    assert pages.SENTENCES[404] in reader.ask(f"/{SLUG}/no_such_report/").text
    wrong = reader.ask(f"/{SLUG}/api/journal_page?page=99&order=asc")
    assert wrong.status_code == 404
    assert reader.ask(f"/{SLUG}/api/nothing").status_code in {403, 404}
    assert reader.ask(f"/{SLUG}/").headers["location"] == f"{HOME}/{SLUG}/income_statement/"
    assert reader.ask(f"/{SLUG}/journal").headers["location"].endswith(f"/{SLUG}/journal/")


def test_a_fault_inside_is_one_sentence(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(VillageLedger, "_hide_paths", broken)
    answer = visitor.ask(f"/{SLUG}/journal/")
    assert answer.status_code == 500
    assert pages.SENTENCES[500] in answer.text
    assert "Traceback" not in answer.text


def test_what_is_no_request_is_left_to_the_middleware(made: Path) -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(desk(made)({"type": "websocket", "path": "/"}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1000}]


# The books


def test_an_entry_without_signatures_is_an_error(root: Path, visitor: Visitor) -> None:
    assert visitor.ask(f"/{SLUG}/api/errors").json()["data"] == []
    path = year(root) / "2021-02.beancount"
    path.write_text(path.read_text().replace("888.00", "988.00"))
    for slug in (SLUG, f"{CODE}-all"):
        errors = visitor.ask(f"/{slug}/api/errors").json()["data"]
        assert any("2021-付-0002" in error["message"] for error in errors)
        assert {error["source"]["filename"] for error in errors} <= {
            "2021/2021-02.beancount",
            "2021/audit.beancount",
            "all.beancount",
        }


def test_the_guard_judges_also_where_the_book_does_not_name_it(
    root: Path, visitor: Visitor
) -> None:
    path = year(root) / "audit.beancount"
    path.write_text(path.read_text().replace('plugin "approvals.guard"\n', ""))
    assert visitor.ask(f"/{SLUG}/api/errors").json()["data"] == []
    month = year(root) / "2021-02.beancount"
    month.write_text(month.read_text().replace("888.00", "988.00"))
    assert visitor.ask(f"/{SLUG}/api/errors").json()["data"]


def test_without_its_audit_file_a_year_is_not_opened(root: Path, visitor: Visitor) -> None:
    (year(root) / "audit.beancount").unlink()
    for place in ("journal/", "api/errors"):
        answer = visitor.ask(f"/{SLUG}/{place}")
        assert answer.status_code == NoAuditBook.status
        assert "R040" in answer.text
        assert "2021/audit.beancount" in answer.text


@pytest.mark.parametrize(
    "line",
    [
        '2021-01-31 document Assets:102银行存款:01基本户 "/etc/passwd"',
        '2021-01-01 custom "fava-extension" "antigravity"',
        '2021-01-01 custom "fava-option" "import-config" "/tmp/x.py"',
        '2021-01-01 query "x" "SELECT date"',
        "2021-01-31 pad Assets:102银行存款:01基本户 Equity:301资本",
        'plugin "beancount.plugins.auto_accounts"',
        'plugin "approvals.guard" "x"',
        'option "insert_pythonpath" "TRUE"',
        'option "plugin_processing_mode" "raw"',
        'option "documents" "/etc"',
        'include "/etc/passwd"',
        'include "../../x/2021/2021-05.beancount"',
        'include "*.beancount"',
        "pushmeta a: 1",
        '\r2021-01-31 note Equity:301资本 "x"',
    ],
)
@pytest.mark.parametrize("name", ["audit.beancount", "2021-02.beancount"])
def test_a_book_with_anything_else_in_it_is_not_opened(
    root: Path, visitor: Visitor, name: str, line: str
) -> None:
    path = year(root) / name
    path.write_bytes(path.read_bytes() + line.encode() + b"\n")
    answer = visitor.ask(f"/{SLUG}/journal/")
    assert answer.status_code == StrangeLine.status
    assert f"2021/{name}" in answer.text
    assert "R041" in answer.text


def test_an_indented_directive_is_none(root: Path, visitor: Visitor) -> None:
    """What the inspection lets pass because it is indented, Beancount does not take either."""
    path = year(root) / "2021-02.beancount"
    path.write_text(path.read_text() + '  plugin "antigravity"\n  2021-03-01 document A "/etc/x"\n')
    errors = visitor.ask(f"/{SLUG}/api/errors").json()["data"]
    assert any("syntax error" in error["message"] for error in errors)
    assert visitor.query("SELECT count(*) FROM #documents").json()["data"]["rows"] in ([], [["0"]])


@given(st.binary(max_size=40))
def test_only_heads_of_the_projection_are_heads(line: bytes) -> None:
    if HEADS.match(line):
        starts = (b";", b"option ", b"plugin ", b"include ")
        assert line in {b"", b"\n"} or line.startswith(starts) or line[:4].isdigit()


def test_all_files_of_the_projection_pass_the_inspection() -> None:
    golden = Path(__file__).parent / "villages" / CODE
    for name in ("2021", "2022", "all"):
        inspect(Book(CODE, golden, name))


def test_a_changed_book_is_seen_even_with_an_older_time(root: Path, visitor: Visitor) -> None:
    query = "SELECT sum(number) WHERE number > 0"
    first = visitor.query(query).json()
    path = year(root) / "2021-02.beancount"
    data = path.read_text().replace("888.00", "988.00")
    path.unlink()
    path.write_text(data)
    os.utime(path, (1, 1))
    second = visitor.query(query).json()
    assert second["data"] != first["data"]
    assert int(second["mtime"]) > int(first["mtime"])


def test_a_ledger_never_changes_under_a_reader(root: Path) -> None:
    kept = Ledgers(root, "zh_CN")
    book = Book(CODE, (root / CODE).resolve(), "2021")
    old = kept.open(book)
    assert kept.open(book) is old
    entries = old.all_entries
    path = year(root) / "2021-02.beancount"
    path.write_text(path.read_text() + "; \n")
    assert old.changed() is False
    new = kept.open(book)
    assert new is not old
    assert old.all_entries is entries


def test_events_alone_are_judged_again_after_a_minute(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Ledgers(root, "zh_CN")
    book = Book(CODE, (root / CODE).resolve(), "2021")
    old = kept.open(book)
    assert old.errors == []
    path = year(root) / "2021-02.events.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"fen":88800', b'"fen":88900'))
    assert kept.open(book) is old
    monkeypatch.setattr(ledgers, "PATIENCE", 0.0)
    new = kept.open(book)
    assert new is not old
    assert any("2021-付-0002" in error.message for error in new.errors)


def test_few_ledgers_are_kept(root: Path) -> None:
    for number in range(4):
        audit_village.plain(root, f"v-{number}", 1)
    kept = Ledgers(root, "zh_CN", kept=2)
    found = [kept.open(Book(f"v-{n}", root / f"v-{n}", "2021")) for n in (0, 1, 0, 2)]
    assert found[2] is found[0]
    assert [path.parent.parent.name for path in kept._kept] == ["v-0", "v-2"]
    assert kept.items() == ()
    with pytest.raises(KeyError):
        kept.first_slug()


def test_a_file_that_goes_away_does_not_disturb(root: Path) -> None:
    book = Book(CODE, root / CODE, "2021")
    whole = book.stamp()
    (root / CODE / "2021/dangling.seal").symlink_to("nowhere")
    assert book.stamp() == whole


def test_a_long_account_journal_is_cut_and_says_so(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit_village.plain(root, BIG, 30)
    monkeypatch.setattr(ledgers, "MOST_LINES", 20)
    monkeypatch.setattr(application, "MOST_LINES", 20)
    visitor = Visitor(audit_village.mounted(root, frozenset({BIG})))
    place = f"/{BIG}-2021/api/account_report?a=Expenses:513管理费用"
    journal = visitor.ask(place).json()["data"]["journal"]
    assert "只显示最近 20 笔" in journal
    assert journal.count("class='transaction") == 20
    assert "465.30 CNY" in journal  # the balance counts what is not shown
    part = visitor.ask(place + "&time=2021-05-02").json()["data"]["journal"]
    assert "只显示最近" not in part


def test_the_first_page_of_a_cold_village_comes_at_once(root: Path, record_property: Any) -> None:
    audit_village.plain(root, BIG, LARGE)
    visitor = Visitor(audit_village.mounted(root, frozenset({BIG, OTHER})))
    visitor.ask(f"/{OTHER}-2021/income_statement/")  # modules loaded, nothing of the large village
    start = time.perf_counter()
    assert visitor.ask(f"/{BIG}-2021/income_statement/").status_code == 200
    cold = time.perf_counter() - start
    start = time.perf_counter()
    assert visitor.ask(f"/{BIG}-2021/income_statement/").status_code == 200
    warm = time.perf_counter() - start
    record_property("cold_seconds", round(cold, 3))
    record_property("warm_seconds", round(warm, 3))
    assert cold < COLD * LANES
    assert warm < cold


def test_visitors_at_once_load_a_village_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    original = VillageLedger.load_file

    def counted(ledger: VillageLedger) -> None:
        loaded.append(ledger.book.slug)
        original(ledger)

    monkeypatch.setattr(VillageLedger, "load_file", counted)
    app = audit_village.mounted(root, frozenset({CODE}))

    async def together() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk") as client:
            asked = [client.get(f"{HOME}/{SLUG}/api/errors") for _ in range(6)]
            return list(await asyncio.gather(*asked))

    assert {answer.status_code for answer in asyncio.run(together())} == {200}
    assert loaded == [SLUG]


def test_shelves_of_nobody_are_empty(made: Path) -> None:
    assert books.shelves(made, None) == []
