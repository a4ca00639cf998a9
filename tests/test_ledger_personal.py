"""Names and accounts in the database are ciphertext, and only the folder's key reads them."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from app import database
from ledger.distribution import Holding
from ledger.personal import FILE, KeyLost, NoVault, Vault
from ledger.registers import store

V = "510802-sandui-jingtian"
HELD = [Holding("01-001", "1组", "田开犁", 4, 4, "1234")]


def test_what_is_written_is_read_and_lies_sealed(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as conn:
        store.write(conn, V, HELD)
        assert store.holdings(conn, V) == HELD
        raw = conn.execute(text("SELECT head, account_tail FROM household")).one()
    engine.dispose()
    assert all(value.startswith("p1:") for value in raw)
    bytes_ = b"".join(path.read_bytes() for path in tmp_path.glob("mingbai.sqlite*"))
    assert "田开犁".encode() not in bytes_
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_another_key_opens_nothing(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as conn:
        store.write(conn, V, HELD)
    engine.dispose()
    (tmp_path / "other").mkdir()
    stolen = Path(shutil.copy(tmp_path / "mingbai.sqlite", tmp_path / "other/mingbai.sqlite"))
    other = database.connect(f"sqlite:///{stolen}")
    with other.begin() as conn, pytest.raises(KeyLost, match="G011"):
        store.holdings(conn, V)
    other.dispose()


def test_a_value_is_bound_to_its_column(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    sealed = vault.seal("田开犁", "household.head")
    assert vault.open(sealed, "household.head") == "田开犁"
    assert vault.seal("田开犁", "household.head") != sealed
    for value, label in (
        (sealed, "household.account_tail"),
        (sealed[:-4] + "AAAA", "household.head"),
    ):
        with pytest.raises(KeyLost):
            vault.open(value, label)
    with pytest.raises(KeyLost):
        vault.open("田开犁", "household.head")


def test_without_a_folder_personal_data_is_out_of_reach() -> None:
    bare = create_engine("sqlite://")
    with pytest.raises(NoVault, match="G010"):
        Vault(None).seal("x", "y")
    with bare.begin() as conn, pytest.raises(Exception, match="household"):
        store.holdings(conn, V)
    bare.dispose()
