"""Receipts, witnesses over the network and by stick, a registrar who hands over."""

import base64
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from test_app_staff import XIAOHE, enter, keeper
from test_app_witness import serving
from typer.testing import CliRunner, Result

from app import cli, database, proofs, servant
from app.demo.township import PIN
from app.settings import Settings
from app.web import create_app
from app.witness import Witness
from approvals import gate, keys, submission
from approvals.cases import open_cases
from approvals.receipts import BadReceipt, FalseReceipt, check, check_any, compare, give, parse
from approvals.register import of
from approvals.verify import verify
from ledger import note, periods
from ledger.digits import digits
from ledger.log import store as log
from ledger.note import COSIGNATURE, ED25519, Verifier, parse_verifier_key, verifier_key
from ledger.posted import store as posted
from ledger.refusal import Refusal

NAMES = ("school", "county", "agency", "neighbour")


@pytest.fixture
def settings(data: Path) -> Settings:
    """The settings of the sample installation."""
    return Settings.of(data)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """The database of the sample installation."""
    found = database.connect(settings.url)
    yield found
    found.dispose()


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli.app, list(words), input=typed)


def finish(settings: Settings, engine: Engine) -> None:
    """Withdraw what is under way, so that months can be sealed."""
    with engine.connect() as conn:
        waiting = open_cases(conn, XIAOHE)
    for case in waiting:
        maker = keys.unlock(engine, case.maker, PIN)
        with engine.begin() as conn:
            desk = proofs.desk(conn, settings, XIAOHE)
            submission.withdraw(conn, maker, desk, case.case, "改期")


def seal(settings: Settings, engine: Engine) -> str:
    hand = keys.unlock(engine, "registrar", PIN)
    finish(settings, engine)
    with engine.begin() as conn:
        period = periods.next_to_seal(conn, XIAOHE)
        assert period is not None
        desk = proofs.desk(conn, settings, XIAOHE)
        gate.seal(conn, hand, desk, period, gate.Books(settings.books))
    return period


def watch(tmp_path: Path, engine: Engine) -> dict[str, Path]:
    """Make four witnesses that trust the village's log."""
    with engine.connect() as conn:
        said = proofs.describe(conn, XIAOHE)[0].partition("：")[2]
    log_key = parse_verifier_key(said, ED25519)
    folders = {name: tmp_path / "witness" / name for name in NAMES}
    for name, folder in folders.items():
        Witness.make(folder, name).trust(log_key.name, log_key)
    return folders


def appoint(settings: Settings, engine: Engine, folders: dict[str, Path]) -> None:
    words = [verifier_key(Witness(folder).verifier, COSIGNATURE) for folder in folders.values()]
    proofs.name_witnesses(settings, engine, XIAOHE, PIN, words, (3, 1))


def test_witnesses_from_naming_to_the_next_seal(
    settings: Settings, engine: Engine, tmp_path: Path
) -> None:
    folders = watch(tmp_path, engine)
    appoint(settings, engine, folders)
    first = seal(settings, engine)
    books = settings.books / XIAOHE
    with pytest.raises(gate.Unwitnessed):
        seal(settings, engine)
    with ExitStack() as stack:
        urls = {name: stack.enter_context(serving(folders[name])) for name in NAMES[:2]}
        asks = [word for name, url in urls.items() for word in ("--ask", f"{name}={url}")]
        done = run("cosign", XIAOHE, *asks, "--data", str(settings.data))
        assert done.exit_code == 0, done.output
        assert done.output.count("已见证") == 2
        again = run("cosign", XIAOHE, *asks, "--data", str(settings.data))
        assert again.exit_code == 1
        assert "G004" in again.output
    with pytest.raises(gate.Unwitnessed):
        seal(settings, engine)
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8321") as villager:
        with engine.connect() as conn:
            last = posted.seals(conn, XIAOHE)[-1]
        wall = digits(bytes.fromhex(last.root), XIAOHE, last.period)
        said = villager.get("/check", params={"village": XIAOHE, "number": wall}).text
        assert "对得上" in said
        assert "另有 2 个单位见证过这本账（至少要 3 个）：school、county" in said
        villager.app.state.room.engine.dispose()  # type: ignore[attr-defined]
    asked, line = tmp_path / "request", tmp_path / "line"
    run("cosign", XIAOHE, "--request", str(asked), "--data", str(settings.data))
    signed = run("witness", "sign", str(folders["agency"]), str(asked), "--out", str(line))
    assert signed.exit_code == 0, signed.output
    by_stick = ("--line", str(line), "--name", "agency", "--data", str(settings.data))
    done = run("cosign", XIAOHE, *by_stick)
    assert done.exit_code == 0, done.output
    told = run("witnesses", XIAOHE, "--data", str(settings.data)).output
    assert f"{first} 封账：3 方已见证，至少 3 方" in told
    second = seal(settings, engine)
    assert second > first
    with database.read(engine) as conn:
        state = gate.witnessed(conn, XIAOHE, posted.seals(conn, XIAOHE)[-2])
    assert state.signed == ("school", "county", "agency")
    proofs._project(settings, engine, XIAOHE)
    assert verify(books).fault is None
    assert (books / f"{first[:4]}/{first}.seal").read_text("utf-8").count("\u2014 ") == 4


def test_a_witness_that_is_away_is_said_and_nothing_is_lost(
    settings: Settings, engine: Engine, tmp_path: Path
) -> None:
    folders = watch(tmp_path, engine)
    assert run("cosign", XIAOHE, "--data", str(settings.data)).exit_code == 2
    appoint(settings, engine, folders)
    seal(settings, engine)
    asked = proofs.ask_all(settings, engine, XIAOHE, {"school": "http://127.0.0.1:9"})
    assert not asked[0].good
    assert "F120" in asked[0].why
    with pytest.raises(note.BadCosignature), engine.begin() as conn:
        line = note.cosign("x\n", "school", b"\0" * 32, 1, lambda _: b"\0" * 64)
        gate.cosign(
            conn, servant.hand(settings), proofs.desk(conn, settings, XIAOHE), "school", line
        )
    with pytest.raises(Refusal, match="N005"):
        words = [
            verifier_key(Verifier(name, name.encode().ljust(32)), COSIGNATURE) for name in "abc"
        ]
        proofs.name_witnesses(settings, engine, XIAOHE, PIN, words, (2, 1))


def test_a_signer_takes_a_receipt_home(counter: TestClient, data: Path, tmp_path: Path) -> None:
    csrf = enter(counter, keeper(counter))
    settings = Settings.of(data)
    books = settings.books / XIAOHE
    engine = counter.app.state.room.engine  # type: ignore[attr-defined]
    with engine.connect() as conn:
        seq = log.size(conn, XIAOHE) - 1
    answer = counter.get(f"/receipt/{XIAOHE}/{seq}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    file = tmp_path / "receipt.txt"
    file.write_text(answer.text, "utf-8")
    good = run("receipt", str(file), "--books", str(books))
    assert good.exit_code == 0, good.output
    assert f"第 {seq} 条" in good.output
    assert counter.get(f"/receipt/{XIAOHE}/999999").status_code == 404
    assert csrf
    counter.cookies.clear()
    assert counter.get(f"/receipt/{XIAOHE}/{seq}").status_code in {401, 303, 200}
    assert "tlog-proof" not in counter.get(f"/receipt/{XIAOHE}/{seq}").text
    file.write_text(answer.text[:-30], "utf-8")
    bad = run("receipt", str(file), "--books", str(books))
    assert bad.exit_code == 1
    assert isinstance(bad.exception, Refusal | SystemExit)


def test_a_receipt_holds_after_more_acts_and_finds_a_rewritten_log(
    settings: Settings, engine: Engine
) -> None:
    hand, books = servant.hand(settings), settings.books / XIAOHE
    with engine.connect() as conn:
        early = parse(give(conn, hand, XIAOHE, 40))
    check(early, hand.public)
    check_any(early, [b"\1" * 32, hand.public])
    seal(settings, engine)
    proofs._project(settings, engine, XIAOHE)
    compare(early, books)
    with pytest.raises(FalseReceipt, match="密钥"):
        check(early, b"\1" * 32)
    with pytest.raises(FalseReceipt, match="不在"):
        check(early._replace(seq=41), hand.public)
    with pytest.raises(FalseReceipt, match="不在"):
        check(early._replace(line=early.line + b" "), hand.public)
    path = min(books.glob("*/*.events.jsonl"))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:40], lines[41], lines[40], *lines[42:]]))
    with pytest.raises(FalseReceipt, match="不是同一项操作"):
        compare(early, books)
    path.write_bytes(b"".join([lines[1], lines[0], *lines[2:]]))
    with pytest.raises(FalseReceipt, match="同一套账"):
        compare(early, books)
    for other in books.glob("*/*.events.jsonl"):
        other.unlink()
    with pytest.raises(FalseReceipt, match="抽走"):
        compare(early, books)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\nnote",
        "c2sp.org/tlog-proof@v1\nindex 0\n\nnote",
        "c2sp.org/tlog-proof@v1\nextra eA==\nindex -1\n\nnote",
        "c2sp.org/tlog-proof@v1\nextra eA==\nindex 0\n\nmingbai/x\n1\nAA==\n\n— x AAAA\n",
    ],
)
def test_what_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(BadReceipt):
        parse(text)


def test_the_registrar_hands_over_in_every_village(settings: Settings, engine: Engine) -> None:
    words = ("change-registrar", "--reason", "工作调动", "--data", str(settings.data))
    wrong = run(*words, typed="000001\n580222\n")
    assert wrong.exit_code == 1
    assert isinstance(wrong.exception, keys.WrongPin)
    with engine.connect() as conn:
        before = of(conn, XIAOHE).registrar
    done = run(*words, typed=f"{PIN}\n580222\n")
    assert done.exit_code == 0, done.output
    with engine.connect() as conn:
        after = of(conn, XIAOHE).registrar
    assert after != before
    assert after in done.output
    hand = keys.unlock(engine, "registrar", "580222")
    finish(settings, engine)
    with engine.begin() as conn:
        period = periods.next_to_seal(conn, XIAOHE) or ""
        desk = proofs.desk(conn, settings, XIAOHE)
        gate.seal(conn, hand, desk, period, gate.Books(settings.books))
    proofs._project(settings, engine, XIAOHE)
    for known in (before, after):
        assert verify(settings.books / XIAOHE, registrar=known).fault is None
    with engine.connect() as conn:
        told = proofs.describe(conn, XIAOHE)[0]
    assert base64.b64encode(b"\x01" + hand.public).decode() in told


def test_the_servers_key_is_made_once_and_for_the_server_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "fresh")
    first = servant.hand(settings)
    assert servant.hand(settings).key == first.key
    assert (settings.data / servant.FILE).stat().st_mode & 0o077 == 0
    assert list(settings.data.iterdir()) == [settings.data / servant.FILE]
