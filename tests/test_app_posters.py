"""A month of every village at once: whole, and after a kill nothing twice."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import posters
from app.cli import app
from app.settings import Settings
from ledger.refusal import Refusal

HOME = Path(__file__).parents[1]
XIAOHE = "510802-sandui-xiaohe"
NAMES = {
    "sheet-A4.pdf", "sheet-A3.pdf", "sheet-A3-tall.pdf", "sheet-large.pdf", "picture.png",
    "chat.txt", "script.txt", "sheet.json", "sheet.csv", "digest.json",
}  # fmt: skip


def month(data: Path, target: Path, period: str = "2021-05") -> list[posters.Made]:
    return list(posters.whole(Settings.of(data), period, target, 1))


def wall(data: Path, target: Path, jobs: int) -> str:
    words = ["--data", str(data), "--out", str(target), "--jobs", str(jobs)]
    run = CliRunner().invoke(app, ["wall", "2021-05", *words])
    assert run.exit_code == 0, run.output
    return run.output


@pytest.mark.campaign
def test_two_processes_make_the_same(data: Path, tmp_path: Path) -> None:
    assert "写出 1 个村" in wall(data, tmp_path / "two", 2)
    assert "写出 1 个村" in wall(data, tmp_path / "one", 1)
    for path in (tmp_path / "one" / "2021-05" / XIAOHE).iterdir():
        other = tmp_path / "two" / "2021-05" / XIAOHE / path.name
        assert path.read_bytes() == other.read_bytes()


def test_a_month_of_all_villages_is_made_once(data: Path, tmp_path: Path) -> None:
    assert month(data, tmp_path) == [(XIAOHE, posters.MADE)]
    folder = tmp_path / "2021-05" / XIAOHE
    assert {path.name for path in folder.iterdir()} == NAMES
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert month(data, tmp_path) == [(XIAOHE, posters.THERE)]
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    # A run that was killed leaves a part; a sheet that says something else is made anew.
    (folder.parent / f".{XIAOHE}.1").mkdir()
    (folder / posters.STAMP).write_text(json.dumps({"sheet": "0" * 64}))
    assert "写出 1 个村" in wall(data, tmp_path, 1)
    assert [path.name for path in folder.parent.iterdir()] == [XIAOHE]
    assert month(data, tmp_path, "2030-01") == [(XIAOHE, posters.OPEN)]
    with pytest.raises(Refusal):
        month(data, tmp_path, "2021-13")


def test_a_kill_in_the_middle_leaves_no_half_folder(data: Path, tmp_path: Path) -> None:
    code = (
        "import os; from pathlib import Path; from app import posters, database;"
        "from app.settings import Settings; import sys;"
        "s = Settings.of(Path(sys.argv[1]));"
        "posters.render.to_csv = lambda sheet: os._exit(9);"
        "engine = database.connect(s.url, s.data);"
        "posters.make(s, engine, sys.argv[2], '2021-05', Path(sys.argv[3]))"
    )
    command = [sys.executable, "-c", code, str(data), XIAOHE, str(tmp_path)]
    assert subprocess.run(command, cwd=HOME, check=False).returncode == 9
    left = [path.name for path in (tmp_path / "2021-05").iterdir()]
    assert len(left) == 1
    assert left != [XIAOHE]
    assert month(data, tmp_path) == [(XIAOHE, posters.MADE)]
    assert [path.name for path in (tmp_path / "2021-05").iterdir()] == [XIAOHE]
