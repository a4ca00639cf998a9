"""The witness's program: what it signs, what it keeps, and what it says."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result
from witnessing import KEY, LOG, ORIGIN, body, secret, signed, text

from app import cli, witness, witnessing
from app.witness import Witness, witness_app
from ledger import note, witnesses
from ledger.note import Verifier
from ledger.refusal import Refusal

HERE = Path(__file__).parent
NAME = "三堆镇中心小学"
VKEY = note.verifier_key(LOG, note.ED25519)
NOW = 1_622_512_800


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A witness's folder that trusts the log of the tests."""
    Witness.make(tmp_path / "witness", NAME).trust(ORIGIN, LOG)
    return tmp_path / "witness"


@contextmanager
def serving(folder: Path, *modes: str) -> Iterator[str]:
    """Run a witness's server; yield its address; end it by SIGKILL."""
    roots = [str(HERE), str(HERE.parent)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(roots)}
    command = [sys.executable, str(HERE / "fault/witness_worker.py"), str(folder), *modes]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        found = re.search(r"http://[0-9.:]+", process.stdout.readline().decode())
        assert found
        try:
            yield found[0]
        finally:
            process.kill()


def good(line: str, folder: Path, history: str, size: int, origin: str = ORIGIN) -> bool:
    """Tell whether a line is this witness's signature on a history, and made now."""
    key = Witness(folder).verifier
    time = note.check_cosignature(line, text(history, size, origin), *key)
    return abs(time - witness.real_time()) < 60


# What it signs


def test_over_the_network_from_seal_to_seal(folder: Path) -> None:
    with serving(folder) as url:
        first = witnessing.ask(url, body("a", 0, 5), 10)
        assert isinstance(first, str)
        assert good(first, folder, "a", 5)
        assert witnessing.ask(f"{url}/", body("a", 0, 9), 10) == 5
        second = witnessing.ask(url, body("a", 5, 9), 10)
        assert isinstance(second, str)
        assert good(second, folder, "a", 9)
        with pytest.raises(witnessing.SplitSeen):
            witnessing.ask(url, body("b", 9, 9), 10)
        with pytest.raises(witnessing.NoAnswer, match=r"HTTP 422 .*N066"):
            witnessing.ask(url, body("b", 9, 12), 10)
        with pytest.raises(witnessing.NoAnswer, match=r"HTTP 404 .*N061"):
            witnessing.ask(url, body("a", 0, 5, "mingbai/other"), 10)
        forged = note.sign_note(text("a", 12), ORIGIN, LOG.public, secret(9).sign)
        with pytest.raises(witnessing.NoAnswer, match=r"HTTP 403 .*N062"):
            witnessing.ask(url, witnesses.build_request(9, [], forged), 10)
        with pytest.raises(witnessing.NoAnswer, match=r"HTTP 400 .*N060"):
            witnessing.ask(url, b"old 9\n", 10)
    sheet = f"{signed('a', 9)}{second}\n"
    assert list(witnesses.cosigners(sheet, [Witness(folder).verifier])) == [NAME]
    assert Witness(folder).seen()[ORIGIN].size == 9


def test_the_answers_are_those_of_the_specification(folder: Path) -> None:
    def post(data: bytes) -> tuple[int, str, str]:
        with ExitStack() as stack:
            try:
                answer = urllib.request.urlopen(f"{url}/add-checkpoint", data, 10)  # noqa: S310
            except urllib.error.HTTPError as fault:
                answer = fault
            stack.enter_context(answer)
            return answer.status, answer.headers["Content-Type"], answer.read().decode()

    with serving(folder) as url:
        status, kind, line = post(body("a", 0, 5))
        assert (status, line[:2], line[-1:]) == (200, "\u2014 ", "\n")
        assert post(body("a", 0, 9)) == (409, "text/x.tlog.size", "5\n")
        assert post(body("b", 5, 5)) == (409, "text/x.tlog.size", "5\n")
        assert post(body("a", 9, 5))[0] == 400
        status, kind, line = post(b"x" * (witness.LIMIT + 1))
        assert (status, kind) == (413, "text/plain; charset=utf-8")
        assert "F114" in line
        for path, wanted in (("add-checkpoint", 405), ("nowhere", 404)):
            with pytest.raises(urllib.error.HTTPError) as found:
                urllib.request.urlopen(f"{url}/{path}", timeout=10)  # noqa: S310
            with found.value as answer:
                assert answer.status == wanted
                assert "没有这个地址" in answer.read().decode()


def test_the_first_page_says_what_this_is(folder: Path) -> None:
    Witness(folder).trust("mingbai/new", Verifier("mingbai/new", LOG.public))
    with serving(folder) as url:
        witnessing.ask(url, body("a", 0, 5), 10)
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
            page = answer.read().decode()
    assert page.startswith(f"这里是“{NAME}”的见证程序")
    assert Witness(folder).key in page
    assert f"{ORIGIN}：已见证到第 5 条，根 {Witness(folder).seen()[ORIGIN].root.hex()}。" in page
    assert "mingbai/new：还没有见证过。" in page


def test_what_a_full_disk_or_a_lost_record_does(folder: Path) -> None:
    with serving(folder) as url:
        (folder / ".seen.json.part").mkdir()  # no file can be written there
        with pytest.raises(witnessing.NoAnswer, match="HTTP 503 见证程序无法写入"):
            witnessing.ask(url, body("a", 0, 5), 10)
        (folder / ".seen.json.part").rmdir()
        (folder / "seen.json").unlink()
        with pytest.raises(witnessing.NoAnswer, match=r"HTTP 500 .*F115"):
            witnessing.ask(url, body("a", 0, 5), 10)
        with pytest.raises(urllib.error.HTTPError) as found:
            urllib.request.urlopen(url, timeout=10)  # noqa: S310
        with found.value as answer:
            assert "F115" in answer.read().decode()


def test_a_visitor_who_leaves_half_way_harms_nobody(folder: Path) -> None:
    with serving(folder) as url:
        port = int(url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as half:
            half.sendall(
                b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nold"
            )
        assert isinstance(witnessing.ask(url, body("a", 0, 5), 10), str)


def test_the_pages_without_a_network_between(folder: Path) -> None:
    with TestClient(witness.web(Witness(folder, lambda: NOW))) as client:
        line = client.post("/add-checkpoint", content=body("a", 0, 5))
        key = Witness(folder).verifier
        assert note.check_cosignature(line.text.rstrip("\n"), text("a", 5), *key) == NOW
        assert "已见证到第 5 条" in client.get("/").text
        conflict = client.post("/add-checkpoint", content=body("a", 0, 5))
        assert (conflict.status_code, conflict.text) == (409, "5\n")
        assert conflict.headers["Content-Type"] == "text/x.tlog.size"
        assert client.post("/add-checkpoint", content=b"x" * 70000).status_code == 413
        assert client.get("/nowhere").status_code == 404
        (folder / ".seen.json.part").mkdir()
        assert client.post("/add-checkpoint", content=body("a", 5, 9)).status_code == 503
        (folder / "logs.json").unlink()
        assert "F115" in client.get("/").text


def test_ctrl_c_ends_the_server_quietly(folder: Path) -> None:
    code = "import sys; from app.cli import main; sys.argv[0] = 'mingbai'; main()"
    command = [sys.executable, "-c", code, "witness", "serve", str(folder), "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=HERE.parent
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://[0-9.:]+", process.stdout.readline().decode())
        assert found
        assert isinstance(witnessing.ask(found[0], body("a", 0, 5), 10), str)
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=30)
    assert process.returncode == 0
    assert complaint == b""


# Keeping before answering


def test_every_answer_is_on_the_disk_before_it_is_signed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []
    fsync, replace, cosign = os.fsync, Path.replace, note.cosign

    def synced(handle: int) -> None:
        found.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def renamed(path: Path, target: Path) -> Path:
        found.append("rename")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    monkeypatch.setattr(note, "cosign", lambda *args: (found.append("sign"), cosign(*args))[1])
    one = Witness(folder, lambda: NOW)
    one.add(body("a", 0, 5))
    assert found == ["file", "rename", "folder", "sign"]
    one.add(body("a", 5, 5))  # nothing new, but who knows whether it reached the disk
    assert found == ["file", "rename", "folder", "sign"] * 2
    with pytest.raises(witnesses.OtherSize):
        one.add(body("b", 0, 5))
    assert len(found) == 8


def forks_signed(folder: Path, *modes: str) -> list[str]:
    """Ask for a history, kill the witness, ask a new one for the other; return those signed."""
    found = []
    for history, how in (("a", modes), ("b", ())):
        with serving(folder, *how) as url, suppress(witnessing.NoAnswer):
            line = witnessing.ask(url, body(history, 0, 5), 10)
            if isinstance(line, str):
                assert good(line, folder, history, 5)
                found.append(history)
    return found


@pytest.mark.parametrize("step", range(9))
def test_a_witness_killed_at_any_step_signs_one_history_only(folder: Path, step: int) -> None:
    found = forks_signed(folder, f"kill-{step}")
    kept = Witness(folder).seen()[ORIGIN]
    if step < 3:  # it had kept nothing: it is free to sign the other
        assert found == ["b"]
    else:  # it had kept it: dead or not, it stays with it
        assert found == (["a"] if step == 8 else [])
        with serving(folder) as url:
            assert witnessing.ask(url, body("b", 0, 7), 10) == 5
            again = witnessing.ask(url, body("a", 5, 5), 10)
        assert isinstance(again, str)
        assert good(again, folder, "a", 5)
    assert kept.size == 5
    assert not list(folder.glob(".seen*")) or step < 3


def test_the_harness_catches_an_answer_before_the_keeping(folder: Path) -> None:
    assert forks_signed(folder, "late") == ["a", "b"]


# Two histories at once


def outcome(url: str, data: bytes) -> str:
    try:
        return "signed" if isinstance(witnessing.ask(url, data, 10), str) else "conflict"
    except witnessing.NoAnswer:
        return "failed"


def race(folder: Path, *modes: str, servers: int = 1) -> list[list[str]]:
    """Ask for two histories at once, again and again; return what came out each time."""
    origins = [f"mingbai/{number}" for number in range(10)]
    for origin in origins:
        Witness(folder).trust(origin, Verifier(origin, LOG.public))
    found = []
    with ExitStack() as stack:
        urls = [stack.enter_context(serving(folder, *modes)) for _ in range(servers)] * 2
        pool = stack.enter_context(ThreadPoolExecutor(2))
        for origin in origins:
            bodies = [body(history, 0, 5, origin) for history in "ab"]
            found.append(sorted(pool.map(outcome, urls[:2], bodies)))
    return found


@pytest.mark.parametrize("servers", [1, 2])
def test_of_two_histories_at_once_exactly_one_is_signed(folder: Path, servers: int) -> None:
    assert race(folder, "slow", servers=servers) == [["conflict", "signed"]] * 10


@pytest.mark.parametrize(("mode", "servers"), [("unlocked", 1), ("threads", 2)])
def test_the_harness_catches_a_missing_lock(folder: Path, mode: str, servers: int) -> None:
    assert ["signed", "signed"] in race(folder, "slow", mode, servers=servers)


def test_logs_of_one_witness_do_not_disturb_each_other(folder: Path) -> None:
    origins = [f"mingbai/{number}" for number in range(8)]
    one = Witness(folder, lambda: NOW)
    with ThreadPoolExecutor(8) as pool:
        keys = [Verifier(origin, LOG.public) for origin in origins]
        list(pool.map(one.trust, origins, keys))
        list(pool.map(lambda origin: one.add(body("a", 0, 5, origin)), origins))
    assert {origin: seen.size for origin, seen in one.seen().items()} == dict.fromkeys(origins, 5)


# The commands


def run(*args: object) -> Result:
    return CliRunner().invoke(witness_app, [str(arg) for arg in args])


def spoken(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[object, str]:
    """Run `mingbai witness` as the console script does; return its exit code and its complaint."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as found:
        patch.setattr(sys, "argv", ["mingbai", "witness", *map(str, args)])
        cli.main()
    return found.value.code, capsys.readouterr().err


def test_every_command_explains_itself_with_an_example() -> None:
    for name in ("init", "trust", "serve", "sign"):
        answer = run(name, "--help")
        assert answer.exit_code == 0
        assert "例：" in answer.output, name


def test_a_witness_without_a_network_from_key_to_signature(tmp_path: Path) -> None:
    folder, asked, answer = tmp_path / "w", tmp_path / "申请.txt", tmp_path / "见证签名.txt"
    made = run("init", folder, "--name", NAME)
    assert made.exit_code == 0
    shown = made.output.split("公钥：")[1].strip()
    key = note.parse_verifier_key(shown, note.COSIGNATURE)
    assert key.name == NAME
    assert stat.S_IMODE((folder / "key.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert run("trust", folder, ORIGIN, VKEY).exit_code == 0
    asked.write_bytes(body("a", 0, 5))
    printed = run("sign", folder, asked)
    assert printed.exit_code == 0
    assert good(printed.output.rstrip("\n"), folder, "a", 5)
    asked.write_bytes(body("a", 5, 9))
    assert run("sign", folder, asked, "--out", answer).exit_code == 0
    sheet = signed("a", 9) + answer.read_text("utf-8")
    assert list(witnesses.cosigners(sheet, [key])) == [NAME]
    assert key.public != LOG.public


def test_a_key_is_replaced_only_on_purpose_and_what_was_seen_stays(folder: Path) -> None:
    new = Verifier(ORIGIN, secret(9).public_key().public_bytes_raw())
    one = Witness(folder, lambda: NOW)
    one.add(body("a", 0, 5))
    one.trust(ORIGIN, LOG)
    with pytest.raises(witness.OtherKey):
        one.trust(ORIGIN, new)
    again = run("trust", folder, ORIGIN, note.verifier_key(new, note.ED25519), "--replace")
    assert again.exit_code == 0
    with pytest.raises(witnesses.NotTheLog):
        one.add(body("a", 5, 9))
    other = note.sign_note(text("b", 5), ORIGIN, new.public, secret(9).sign)
    with pytest.raises(witnesses.OtherSize):
        one.add(witnesses.build_request(0, [], other))


def test_an_unusable_argument_ends_with_two(folder: Path, tmp_path: Path) -> None:
    cases = [
        ("init", tmp_path / "n", "--name", "a b"),
        ("init", tmp_path / "n", "--name", ""),
        ("init", tmp_path / "n"),
        ("trust", folder, "", VKEY),
        ("trust", folder, "a\nb", VKEY),
        ("trust", folder, ORIGIN, VKEY[:-3]),
        ("trust", folder, ORIGIN, Witness(folder).key),
        ("serve", folder, "--port", "70000"),
        ("nothing",),
    ]
    for case in cases:
        assert run(*case).exit_code == 2, case
    assert not (tmp_path / "n").exists()


def test_each_fault_is_one_sentence_and_ends_with_one(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged, long = tmp_path / "forged", tmp_path / "long"
    forged.write_bytes(witnesses.build_request(0, [], signed("a", 5).replace("a", "b", 1)))
    long.write_bytes(b"old 0\n" * 20000)
    lost = tmp_path / "lost"
    Witness.make(lost, NAME)
    (lost / "seen.json").write_text("{")
    torn = tmp_path / "torn"
    Witness.make(torn, NAME)
    (torn / "key.json").write_text("[]")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        cases = [
            ("F100", "sign", folder, tmp_path / "nowhere"),
            ("F100", "sign", folder, tmp_path),
            ("N061", "sign", folder, forged),
            ("F114", "sign", folder, long),
            ("F110", "sign", tmp_path / "nowhere", forged),
            ("F110", "serve", torn),
            ("F111", "init", folder, "--name", "x"),
            ("F113", "serve", folder, "--port", taken.getsockname()[1]),
            ("F115", "serve", lost),
        ]
        for code, *args in cases:
            status, complaint = spoken(capsys, *args)
            assert status == 1, args
            assert f"[{code}]" in complaint, args
            assert len(complaint.strip().split("\n")) == 1, complaint


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("seen.json", "[]"),
        ("seen.json", '{"x": {"size": -1, "root": ""}}'),
        ("seen.json", '{"x": {"size": 1, "root": "00"}}'),
        ("seen.json", '{"x": 1}'),
        ("logs.json", '{"x": "y"}'),
        ("logs.json", '{"x": 1}'),
        ("logs.json", ""),
    ],
)
def test_a_damaged_record_signs_nothing(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content)
    with pytest.raises(witness.LostRecord):
        Witness(folder).add(body("a", 0, 5))
    assert run("serve", folder).exit_code == 1


def test_what_is_kept_is_size_and_root_only(folder: Path) -> None:
    Witness(folder, lambda: NOW).add(body("a", 0, 5))
    kept = json.loads((folder / "seen.json").read_bytes())
    assert set(kept[ORIGIN]) == {"size", "root"}
    assert sorted(one.name for one in folder.iterdir()) == ["key.json", "logs.json", "seen.json"]


# Asking a witness that is not as it should be


@contextmanager
def answering(*parts: bytes, wait: float = 0) -> Iterator[str]:
    """Answer one connection with raw bytes, part by part with a pause between."""
    done = threading.Event()

    def answer() -> None:
        with suppress(OSError):
            line, _ = listening.accept()
            with line:
                asked = line.makefile("rb")
                head = iter(asked.readline, b"\r\n")
                asked.read(sum(int(one[15:]) for one in head if one.startswith(b"Content-Length:")))
                for part in parts:
                    line.sendall(part)
                    done.wait(wait)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            done.set()
            with suppress(OSError):  # wake the thread if nobody came
                socket.create_connection(listening.getsockname(), 1).close()
            thread.join()


def http(status: str, content: bytes = b"", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n{more}\r\n"
    return head.encode() + content


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (http("200 OK", b""), "回答读不懂"),
        (http("200 OK", b"hello\n"), "回答读不懂"),
        (http("200 OK", b"\xff"), "回答读不懂"),
        (http("200 OK", b"x" * 20000), "回答太长"),
        (http("409 Conflict", b"many\n"), "回答读不懂"),
        (http("409 Conflict", b"-1\n"), "回答读不懂"),
        (http("500 Broken", b"<script>\x1b[31m"), "HTTP 500 script[31m"),
        (http("302 Found", b"", "Location: http://127.0.0.1:1/\r\n"), "HTTP 302"),
        (http("302 Found", b"", "Location: file:///etc/passwd\r\n"), "HTTP 302"),
        (b"nonsense\r\n\r\n", "连接中断"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", "回答读不懂"),
        (b"HTTP/1.1 409 Conflict\r\nContent-Length: 99\r\n\r\n12", "回答读不懂"),
        (b"", "连接"),
    ],
)
def test_what_is_no_answer_is_said_with_the_name_of_the_witness(answer: bytes, why: str) -> None:
    with answering(answer) as url, pytest.raises(witnessing.NoAnswer) as found:
        witnessing.ask(url, body("a", 0, 5), 5)
    assert why in str(found.value)
    assert url in str(found.value)


def test_a_slow_witness_holds_nobody_up() -> None:
    drops = [b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", *[b"x"] * 50]
    with (
        answering(*drops, wait=0.1) as url,
        pytest.raises(witnessing.NoAnswer, match=r"0\.5 秒内没有"),
    ):
        witnessing.ask(url, body("a", 0, 5), 0.5)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    for host in (f"127.0.0.1:{port}", "nowhere.invalid", f"{'a' * 70}.invalid", "a..b"):
        with pytest.raises(witnessing.NoAnswer):
            witnessing.ask(f"http://{host}", body("a", 0, 5), 5)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "ftp://x",
        "file:///etc/passwd",
        "http://",
        "http://x:port",
        "http://[x",
        "http://a b",
    ],
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(witnessing.BadAddress):
        witnessing.ask(url, body("a", 0, 5), 1)


def test_several_lines_of_one_witness_are_passed_on() -> None:
    line = note.cosign(text("a", 5), "w", LOG.public, NOW, KEY.sign)
    with answering(http("200 OK", f"{line}\n{line}\n".encode())) as url:
        assert witnessing.ask(url, body("a", 0, 5), 5) == f"{line}\n{line}"


def test_a_refusal_is_raised_for_a_request_that_is_none() -> None:
    with answering(http("409 Conflict", b"5\n")) as url, pytest.raises(Refusal):
        witnessing.ask(url, b"x", 5)
