"""The command line: what each command prints, and what it says when it cannot."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app import cli

XIAOHE = "510802-sandui-xiaohe"


def run(*args: object, say: str = "") -> Result:
    """Run a command as the console script does."""
    return CliRunner().invoke(cli.app, [str(arg) for arg in args], input=say or None)


def process(*args: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    code = "import sys; from app.cli import main; sys.argv[0] = 'mingbai'; main()"
    command = [sys.executable, "-c", code, *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_every_command_explains_itself_with_an_example() -> None:
    for command in cli.app.registered_commands:
        name = command.name or command.callback.__name__.rstrip("_")  # type: ignore[union-attr]
        answer = run(name, "--help")
        assert answer.exit_code == 0, name
        assert "例：" in answer.output, name


def test_verify_says_good_and_finds_one_changed_byte(data: Path) -> None:
    books = data / "books" / XIAOHE
    good = run("verify", books)
    assert good.exit_code == 0
    assert "核验通过" in good.output
    listed = json.loads(run("verify", data / "books", "--json").output)
    assert [one["good"] for one in listed] == [True]
    path = books / "2021/2021-05.beancount"
    path.write_bytes(path.read_bytes().replace(b"2021-05-", b"2021-06-", 1))
    bad = run("verify", books)
    assert bad.exit_code == 1
    assert "2021-05.beancount" in bad.output
    assert "Traceback" not in bad.output


def test_verify_holds_the_digits_of_the_wall_against_the_books(data: Path) -> None:
    books = data / "books" / XIAOHE
    digits = json.loads(run("verify", books, "--json").output)[0]["digits"]["2021-05"]
    assert run("verify", books, "--anchor", digits).exit_code == 0
    assert run("verify", books, "--anchor", "0" * 24).exit_code == 1
    seal = books / "2021/2021-05.seal"
    assert run("verify", books, "--anchor", seal).exit_code == 0
    assert run("verify", books / "nowhere").exit_code == 2


def test_a_sheet_as_paper_and_as_data(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "五月.pdf"
    done = run("sheet", XIAOHE, "2021-05", "--data", data, "--size", "A3", "--out", target)
    assert done.exit_code == 0
    assert target.read_bytes().startswith(b"%PDF")
    value = json.loads(run("sheet", XIAOHE, "2021-05", "--data", data, "--json").output)
    assert value["period"] == "2021-05"
    assert run("sheet", XIAOHE, "2021-05", "--data", data, "--size", "A9").exit_code == 2


def test_statements_and_status(data: Path, tmp_path: Path) -> None:
    done = run("statements", XIAOHE, "2021-12", "--data", data, "--out", tmp_path / "年报")
    assert done.exit_code == 0
    names = sorted(path.suffix for path in (tmp_path / "年报").iterdir())
    assert names == [".pdf"] * 3 + [".xlsx"] * 3
    forms = json.loads(run("statements", XIAOHE, "2021-12", "--data", data, "--json").output)
    assert [one["form"] for one in forms][:2] == ["会村01表", "会村02表"]
    assert "封存至 2022-01" in run("status", "--data", data).output
    assert json.loads(run("status", "--data", data, "--json").output)[0]["open"] == 1


def test_rebuild_mends_the_books_from_the_log(data: Path) -> None:
    path = data / "books" / XIAOHE / "2021/2021-05.beancount"
    before = path.read_bytes()
    assert "文件一致" in run("rebuild", "--data", data).output
    path.write_bytes(b"torn")
    found = json.loads(run("rebuild", "--data", data, "--json").output)
    assert found[XIAOHE]["mended"] == ["2021/2021-05.beancount"]
    assert path.read_bytes() == before


def test_restore_reaches_the_same_root_from_the_books_alone(data: Path, tmp_path: Path) -> None:
    books, new = data / "books" / XIAOHE, tmp_path / "new"
    done = run("restore", books, "--data", new)
    assert done.exit_code == 0, done.output
    again = new / "books" / XIAOHE
    for path in sorted(one for one in books.rglob("*") if one.is_file()):
        assert (again / path.relative_to(books)).read_bytes() == path.read_bytes(), path
    (books / "2021/2021-05.seal").write_bytes(b"no seal")
    assert run("restore", books, "--data", tmp_path / "other").exit_code == 1
    assert not (tmp_path / "other").exists()


def test_export_and_backup_are_whole(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "小河村.zip"
    assert run("export", XIAOHE, "--data", data, "--out", target).exit_code == 0
    zipfile.ZipFile(target).extractall(tmp_path / "stick")
    assert run("verify", tmp_path / "stick" / XIAOHE).exit_code == 0
    copy = tmp_path / "backup.zip"
    assert run("backup", copy, "--data", data).exit_code == 0
    zipfile.ZipFile(copy).extractall(tmp_path / "back")
    assert json.loads(run("status", "--data", tmp_path / "back", "--json").output)


def test_import_bank_adds_what_is_new_once(data: Path) -> None:
    file = next((data / "statements").glob("*/*2021-05*"))
    args = ("import-bank", XIAOHE, "102.01", file, "--data", data)
    first = json.loads(run(*args, "--json").output)
    assert first["new"] == 0
    assert first["lines"] > 0
    assert "新增 0 行" in run(*args).output


def test_init_makes_a_registrar(tmp_path: Path) -> None:
    done = run("init", "三堆镇", "--data", tmp_path / "new", say="258036\nlong-enough\n")
    assert done.exit_code == 0
    assert "登记员密钥指纹" in done.output
    assert (tmp_path / "new/mingbai.sqlite").exists()


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("status", "--data", "nowhere"), "F101"),
        (("import-bank", "nowhere", "102.01", __file__, "--data", "{data}"), "B0"),
        (("sheet", "nowhere", "2021-05", "--data", "{data}"), "L001"),
        (("sheet", XIAOHE, "2021-5x", "--data", "{data}"), "P001"),
        (("import-bank", XIAOHE, "102.01", "no-such-file.csv", "--data", "{data}"), "F100"),
        (("sheet", XIAOHE, "2021-05", "--data", "{data}", "--out", "/proc/none/x.pdf"), "F100"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(data: Path, args: tuple[str, ...], code: str) -> None:
    done = process(*(arg.format(data=data) for arg in args))
    assert done.returncode == 1
    assert f"[{code}" in done.stderr
    assert "Traceback" not in done.stderr


def test_bad_use_ends_with_two() -> None:
    assert process("verify").returncode == 2
    assert process("nothing").returncode == 2


def test_demo_builds_once_and_says_who_may_enter(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    args = ("demo", "--data", data, "--no-serve", "--village", "xiaohe")
    done = process(*args)
    assert done.returncode == 0, done.stderr
    assert "已建好 1 个村、67 张凭证" in done.stdout
    assert "xiaohe" not in done.stdout
    assert "audit1" in done.stdout
    again = process(*args)
    assert "已有样例" in again.stdout
    shutil.rmtree(data)


def test_the_dividend_of_a_year(data: Path, tmp_path: Path) -> None:
    done = run("dividend", XIAOHE, "2021", "--data", data, "--out", tmp_path / "分红")
    assert done.exit_code == 0, done.output
    assert "合计 92,800.00 元" in done.output
    assert len(list((tmp_path / "分红").iterdir())) == 3
    rows = json.loads(run("dividend", XIAOHE, "2021", "--data", data, "--json").output)
    assert sum(row["fen"] for row in rows) == 92_800_00
    assert "W040" in process("dividend", XIAOHE, "2019", "--data", data).stderr


def test_the_server_brings_the_books_to_the_log_before_it_opens(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = data / "books" / XIAOHE
    (folder / "2021/2021-05.beancount").unlink()
    (folder / "2021/.2021-05.beancount.0123456789abcdef.part").write_bytes(b"torn")
    monkeypatch.setattr(cli, "_serve", lambda *_: None)
    assert run("serve", "--data", data).exit_code == 0
    assert run("verify", folder).exit_code == 0
    assert not list(folder.rglob("*.part"))


def test_sheet_for_the_chat_group(data: Path, tmp_path: Path) -> None:
    base = ("sheet", XIAOHE, "2021-05", "--data", str(data))
    for form, begins in (("picture", b"\x89PNG"), ("text", "【".encode())):
        target = tmp_path / form
        done = run(*base, "--form", form, "--out", str(target))
        assert done.exit_code == 0, done.output
        assert target.read_bytes().startswith(begins)
    assert run(*base, "--form", "film").exit_code == 2
