"""`mingbai verify` on one village and on many: state files, processes, arguments that are none."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console
from test_app_cli import process, run
from verify_history import CODE, Writer, hand, rent, small

from app import verifying
from approvals.verify import Verdict, verify
from approvals.verify.county import verify_all


def writer(village: str) -> Writer:
    book = Writer(village=village)
    book.found()
    book.on("2021-05-31")
    book.seal("2021-05")
    return book


@pytest.fixture
def county(tmp_path: Path) -> Path:
    folder = tmp_path / "county"
    for number in range(4):
        writer(f"510802-sandui-v{number}").write(folder)
    return folder


def deadly(folder: Path, registrar: str | None, anchor: str | None) -> Verdict:
    """Die at one village, as a process does that runs out of memory."""
    if folder.name.endswith("v1"):
        os.kill(os.getpid(), signal.SIGKILL)
    return verify(folder, registrar, anchor)


def slow(folder: Path, registrar: str | None, anchor: str | None) -> Verdict:
    """Write a mark and never come back."""
    del registrar, anchor
    (folder.parent.parent / f"{folder.name}.pid").write_text(str(os.getpid()))
    time.sleep(600)
    raise AssertionError


def test_many_villages_are_one_line_each_in_a_stable_order(county: Path) -> None:
    path = county / "510802-sandui-v2/2021/2021-05.seal"
    path.write_bytes(b"no seal\n")
    done = run("verify", county, "--jobs", 2)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[:4]] == sorted(p.name for p in county.iterdir())
    assert [("通过，凭证" in line, "[Y130]" in line) for line in lines[:4]] == [
        (True, False), (True, False), (False, True), (True, False),
    ]  # fmt: skip
    assert lines[4] == "共 4 个村：通过 3 个，不通过 1 个。"
    for jobs in (0, 1):
        assert run("verify", county, "--jobs", jobs).stdout == done.stdout
    shutil.rmtree(path.parents[1])
    assert run("verify", county, "--jobs", 2).exit_code == 0


def test_json_is_the_same_with_any_number_of_processes(county: Path) -> None:
    outputs = {run("verify", county, "--jobs", jobs, "--json").stdout for jobs in (1, 2)}
    assert len(outputs) == 1


def test_a_process_that_dies_is_a_sentence_for_its_village_alone(county: Path) -> None:
    folders = sorted(county.iterdir())
    found = dict(verify_all(folders, jobs=2, work=deadly))
    assert [found[place].good for place in range(4)] == [True, False, True, True]
    assert found[1].fault is not None
    assert (found[1].fault.code, found[1].fault.file) == ("Y00B", "510802-sandui-v1")
    last = dict(verify_all(folders[:2], jobs=2, work=deadly))
    assert [last[place].good for place in range(2)] == [True, False]


def test_progress_is_shown_where_somebody_looks_on(county: Path) -> None:
    screen = Console(force_terminal=True, record=True, stderr=True)
    found = verifying.many(sorted(county.iterdir()), None, None, 1, screen)
    assert len(found) == 4
    assert "4/4" in screen.export_text()
    plain = Console(force_terminal=False, record=True, stderr=True)
    verifying.many(sorted(county.iterdir()), None, None, 1, plain)
    assert plain.export_text() == ""


def test_ctrl_c_ends_every_process(county: Path, tmp_path: Path) -> None:
    code = (
        "import signal, sys; from pathlib import Path; import test_app_verifying as t\n"
        "from approvals.verify.county import verify_all\n"
        "if __name__ == '__main__':\n"
        # A shell starts what it puts in the background deaf to this signal.
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "    print(list(verify_all(sorted(Path(sys.argv[1]).iterdir()), jobs=2, work=t.slow)))\n"
    )
    script = tmp_path / "script.py"
    script.write_text(code)
    roots = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(roots)}
    command = [sys.executable, str(script), str(county)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as started:
        marks: list[Path] = []
        for _ in range(600):
            marks = [one for one in tmp_path.glob("*.pid") if one.read_text()]
            if len(marks) == 2:
                break
            time.sleep(0.1)
        started.send_signal(signal.SIGINT)
        assert started.wait(30) != 0
    for mark in marks:
        assert not Path(f"/proc/{mark.read_text()}").exists()


def test_a_state_file_is_gone_on_from_and_kept_for_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "状态.json"
    book = writer(CODE)
    books = book.write(tmp_path / "books")
    first = run("verify", books, "--state", file)
    assert "已从头核验" in first.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    book.on("2021-06-02")
    book.enter(rent("2021-06-02", 100))
    book.write(tmp_path / "books")
    second = run("verify", books, "--state", file, "--json")
    assert "已从 2021-05 封账之后接着核验" in second.stderr
    assert second.stdout == run("verify", books, "--json").stdout
    file.write_bytes(file.read_bytes().replace(b"2021-05", b"2021-04", 1))
    third = run("verify", books, "--state", file)
    assert third.exit_code == 0
    assert "不可用，已从头核验" in third.stderr
    kept = file.read_bytes()
    (books / "2021/2021-05.seal").write_bytes(b"x\n")
    assert run("verify", books, "--state", file).exit_code == 1
    assert file.read_bytes() == kept
    assert sorted(path.name for path in tmp_path.iterdir()) == ["books", file.name]


def test_without_the_option_nothing_is_written(county: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    run("verify", county / "510802-sandui-v0")
    assert sorted(tmp_path.rglob("*")) == before


def test_arguments_that_cannot_be_used_end_with_two(county: Path, tmp_path: Path) -> None:
    books, note = county / "510802-sandui-v0", tmp_path / "note"
    note.write_bytes(b"\xff\xfe")
    plain = tmp_path / "plain"
    plain.write_text("hello")
    for args in (
        [tmp_path / "nowhere"],
        [plain],
        ["x" * 5000],
        [books, "--anchor", "1234"],
        [books, "--anchor", "0" * 25],
        [books, "--anchor", ""],
        [books, "--anchor", tmp_path / "nothing"],
        [books, "--anchor", tmp_path],
        [books, "--anchor", note],
        [books, "--anchor", plain],
        [books, "--registrar", "123"],
        [books, "--registrar", "g" * 16],
        [books, "--registrar", ""],
        [books, "--state", books / "state"],
        [books, "--state", tmp_path],
        [county, "--state", tmp_path / "state"],
        [books, "--jobs", "-1"],
    ):
        done = run("verify", *args)
        assert done.exit_code == 2, args
        assert "Traceback" not in done.output


def test_a_fingerprint_is_read_however_it_is_written(county: Path) -> None:
    key = hand("registrar").key
    books = county / "510802-sandui-v0"
    for text in (key, key.upper(), f"{key[:8]} {key[8:]}"):
        assert run("verify", books, "--registrar", text).exit_code == 0
    assert "Y048" in run("verify", books, "--registrar", "0" * 16).stdout


@pytest.mark.parametrize("place", ["village.json", "2021/2021-05.events.jsonl"])
def test_books_of_a_newer_version_say_so(place: str, tmp_path: Path) -> None:
    books = small().write(tmp_path)
    path = books / place
    path.write_bytes(path.read_bytes().replace(b'"format":1,', b'"format":2,"frozen":0,', 1))
    done = run("verify", books)
    assert done.exit_code == 1
    assert f"[Y01A] {place} 第 1 行" in done.stdout
    assert "第 2 版" in done.stdout
    assert "请升级" in done.stdout


def test_no_directory_ends_in_a_traceback(tmp_path: Path) -> None:
    rng = random.Random(1)  # noqa: S311 - repeatable
    good = small().write(tmp_path / "good")
    names = sorted(path.relative_to(good) for path in good.rglob("*") if path.is_file())
    for number in range(60):
        books = Path(shutil.copytree(good, tmp_path / f"{number}"))
        for name in rng.sample(names, 3):
            path = books / name
            what = rng.choice(["noise", "empty", "folder", "link", "json", "name"])
            path.unlink()
            if what == "noise":
                path.write_bytes(rng.randbytes(rng.randrange(2000)))
            elif what == "empty":
                path.write_bytes(b"")
            elif what == "folder":
                (path / "x").mkdir(parents=True)
            elif what == "link":
                path.symlink_to("/dev/zero")
            elif what == "json":
                path.write_bytes(rng.choice([b"[]\n", b"{}\n", b"1\n", b"[" * 3000, b'{"a":1}\n']))
            else:
                Path(os.fsdecode(os.fsencode(path) + b"\xff")).write_bytes(b"x")
        done = run("verify", books)
        assert (done.exit_code, type(done.exception)) == (1, SystemExit), done.exception
        shutil.rmtree(books)


def test_the_command_in_a_process_of_its_own(county: Path) -> None:
    done = process("verify", county, "--jobs", 2)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "共 4 个村：通过 4 个" in done.stdout
