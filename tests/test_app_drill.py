"""The restore drill: it says yes of what can be restored, and names what cannot."""

import json
import sqlite3
import tempfile
from pathlib import Path

import pytest
from test_app_cli import XIAOHE, run


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make temporary places where the test can look for what is left of them."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def change(data: Path, sql: str) -> None:
    with sqlite3.connect(data / "mingbai.sqlite") as conn:
        conn.execute(sql)
    conn.close()


def test_a_sound_installation_can_be_restored(data: Path, here: Path) -> None:
    before = {path: path.read_bytes() for path in (data / "books").rglob("*") if path.is_file()}
    done = run("drill", "--data", data)
    assert done.exit_code == 0, done.output
    assert f"{XIAOHE}：一致" in done.stdout
    assert json.loads(run("drill", "--data", data, "--json").stdout) == {XIAOHE: []}
    assert list(here.glob("mingbai-drill-*")) == []
    assert before == {p: p.read_bytes() for p in (data / "books").rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE leg SET fen = fen + 1 WHERE line = 1", "视图 leg 不同"),
        ("DELETE FROM case_index", "视图 case_index 不同"),
        ("UPDATE turnover SET debit = debit + 1", "视图 turnover 不同"),
        ("DELETE FROM account WHERE code = '102.01'", "视图 account 不同"),
        ("UPDATE log_head SET size = size, frontier = '1 ' || hex(zeroblob(32))", "根不同"),
    ],
)
def test_a_tampered_database_is_named(data: Path, sql: str, words: str, here: Path) -> None:
    change(data, sql)
    done = run("drill", "--data", data)
    assert done.exit_code == 1
    assert f"{XIAOHE}：不一致" in done.stdout
    assert words in done.stdout.replace("账簿的根不同", "根不同")
    assert list(here.glob("mingbai-drill-*")) == []


def test_tampered_books_are_named(data: Path, here: Path) -> None:
    (data / "books" / XIAOHE / "2021/2021-05.seal").write_bytes(b"x\n")
    done = run("drill", "--data", data)
    assert done.exit_code == 1
    assert "账簿核验不通过：[Y130] 2021/2021-05.seal" in done.stdout
    assert list(here.glob("mingbai-drill-*")) == []


def test_books_behind_the_database_are_named(data: Path) -> None:
    """Good books that end before the database does."""
    path = max((data / "books" / XIAOHE).glob("*/*.events.jsonl"))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    done = run("drill", "--data", data)
    assert done.exit_code == 1
    assert "不一致" in done.stdout


def test_rebuild_tells_which_views_it_mended(data: Path) -> None:
    assert "视图一致" in run("rebuild", "--data", data).output
    change(data, "UPDATE leg SET fen = fen + 1 WHERE line = 1")
    found = json.loads(run("rebuild", "--data", data, "--json").output)
    assert found[XIAOHE]["views"] == ["leg"]
    change(data, "DELETE FROM seal")
    assert "改正视图 seal" in run("rebuild", "--data", data).output
    assert run("drill", "--data", data).exit_code == 0
