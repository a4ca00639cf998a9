"""A lost registrar's key, by the commands of the township and of its witnesses' offices."""

from pathlib import Path

from sqlalchemy import Engine
from test_app_proofs import NAMES, appoint, engine, finish, run, seal, settings, watch
from test_app_staff import XIAOHE

from app import cli, proofs
from app.settings import Settings
from approvals import keys, lost
from approvals.register import of
from approvals.verify import verify
from ledger import witnesses
from ledger.log import store as log

__all__ = ["engine", "settings"]
NEW = "580222"


def test_the_witnesses_set_a_new_key_by_files(  # noqa: PLR0915 - one road, step by step
    settings: Settings,
    engine: Engine,
    tmp_path: Path,
) -> None:
    where = ("--data", str(settings.data))
    words = ("change-registrar", "--lost", "--reason", "密钥丢失")
    ask = tmp_path / "申请.json"
    assert run(*words, *where).exit_code == 2  # neither the first step nor the second
    assert run("change-registrar", "--reason", "x", "--ask", str(ask), *where).exit_code == 2
    nobody = run(*words, "--ask", str(ask), *where, typed=f"{NEW}\n")
    assert isinstance(nobody.exception, lost.NoneToAsk)
    assert not ask.exists()
    folders = watch(tmp_path, engine)
    appoint(settings, engine, folders)
    seal(settings, engine)
    asked = run(*words, "--ask", str(ask), *where, typed=f"{NEW}\n")
    assert asked.exit_code == 0, asked.output
    early = run("witness", "endorse", str(folders["school"]), str(ask), "--yes")
    assert "最近见证的那次封账" in str(early.exception)  # it has not seen this seal
    request = tmp_path / "request"
    run("cosign", XIAOHE, "--request", str(request), *where)
    answers = {}
    for name in NAMES[:3]:
        line = tmp_path / f"{name}.line"
        run("witness", "sign", str(folders[name]), str(request), "--out", str(line))
        run("cosign", XIAOHE, "--line", f"{name}={line}", *where)
        answers[name] = tmp_path / f"{name}.txt"
        said = run(
            "witness", "endorse", str(folders[name]), str(ask), "--out", str(answers[name]),
            typed="y\n",
        )  # fmt: skip
        assert said.exit_code == 0, said.output
        assert "密钥丢失" in said.output
    refused = run("witness", "endorse", str(folders["neighbour"]), str(ask), typed="n\n")
    assert refused.exit_code == 1
    with engine.connect() as conn:
        before, size = of(conn, XIAOHE).registrar, log.size(conn, XIAOHE)
    few = [word for name in NAMES[:2] for word in ("--answer", str(answers[name]))]
    done = run(*words, *few, *where, typed=f"{NEW}\n")
    assert isinstance(done.exception, lost.TooFew)
    every = [word for path in answers.values() for word in ("--answer", str(path))]
    other = run("change-registrar", "--lost", "--reason", "换届", *every, *where, typed=f"{NEW}\n")
    assert isinstance(other.exception, lost.NotEndorsed)
    bad = tmp_path / "bad"
    bad.write_text("什么都不是\n")
    spoilt = run(*words, "--answer", str(bad), *where, typed=f"{NEW}\n")
    assert isinstance(spoilt.exception, witnesses.BadLost)
    with engine.connect() as conn:
        assert log.size(conn, XIAOHE) == size
    done = run(*words, *every, *where, typed=f"{NEW}\n")
    assert done.exit_code == 0, done.output
    with engine.connect() as conn:
        after = of(conn, XIAOHE).registrar
    assert after != before
    assert after in done.output
    hand = keys.unlock(engine, "registrar", NEW)
    assert hand.key == after
    finish(settings, engine)
    for known in (before, after):
        verdict = verify(settings.books / XIAOHE, registrar=known)
        assert verdict.good, verdict.fault
    with engine.connect() as conn:  # what witnesses must now trust
        assert after in of(conn, XIAOHE).keys
        assert proofs.describe(conn, XIAOHE)[0]
    assert cli.app
