"""PIN-held keys: what opens them, what locks them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import Engine, select

from approvals import keys
from approvals.tables import pin_key

PIN = "258036"


def make(engine: Engine, pin: str = PIN) -> keys.Hand:
    with engine.begin() as conn:
        return keys.make(conn, "sec1", pin)


def test_an_unlocked_key_signs_for_the_enrolled_public_key(engine: Engine) -> None:
    made = make(engine)
    hand = keys.unlock(engine, "sec1", PIN)
    assert (hand.key, hand.public) == (made.key, made.public)
    signature = hand.sign(b"statement")
    assert (signature.key, signature.alg) == (made.key, "ed25519")
    public = Ed25519PublicKey.from_public_bytes(made.public)
    public.verify(bytes.fromhex(signature.value), b"statement")


def test_the_secret_is_sealed_under_three_passes_over_64_mib(engine: Engine) -> None:
    made = make(engine)
    with engine.begin() as conn:
        row = conn.execute(select(pin_key)).one()
    assert len(row.salt) == 16
    stretched = Argon2id(salt=row.salt, length=32, iterations=3, lanes=1, memory_cost=64 * 1024)
    box = ChaCha20Poly1305(stretched.derive(PIN.encode()))
    secret = box.decrypt(row.sealed[:12], row.sealed[12:], made.key.encode())
    assert Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw() == (
        made.public
    )


def test_a_key_is_of_its_person_and_a_new_one_replaces_no_other(engine: Engine) -> None:
    with engine.begin() as conn:
        keys.make(conn, "clerk1", "147258")
    made = make(engine)
    assert (made.person, made.method) == ("sec1", "pin")
    assert made.sign(b"x") == keys.unlock(engine, "sec1", PIN).sign(b"x")
    other = keys.unlock(engine, "clerk1", "147258")
    assert (other.person, other.method) == ("clerk1", "pin")
    assert other.key != made.key


def test_the_database_holds_no_secret_in_the_clear(engine: Engine) -> None:
    make(engine)
    hand = keys.unlock(engine, "sec1", PIN)
    secret = hand.raw.__self__.private_bytes_raw()  # type: ignore[attr-defined]
    with engine.begin() as conn:
        row = conn.execute(select(pin_key)).one()
    stored = b"".join(value for value in row if isinstance(value, bytes))
    assert secret not in stored
    assert PIN.encode() not in stored


def test_five_wrong_pins_lock_and_say_how_many_are_left(engine: Engine) -> None:
    make(engine)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(keys.WrongPin, match=f"还可以试 {left} 次"):
            keys.unlock(engine, "sec1", "000001")
    with pytest.raises(keys.LockedPin):
        keys.unlock(engine, "sec1", PIN)


def test_a_right_pin_clears_the_count(engine: Engine) -> None:
    make(engine)
    with pytest.raises(keys.WrongPin):
        keys.unlock(engine, "sec1", "000001")
    keys.unlock(engine, "sec1", PIN)
    with pytest.raises(keys.WrongPin, match="还可以试 4 次"):
        keys.unlock(engine, "sec1", "000001")


def test_guesses_in_parallel_count_like_guesses_in_a_row(engine: Engine) -> None:
    make(engine)

    def guess(number: int) -> str:
        try:
            keys.unlock(engine, "sec1", f"9{number:05d}")
        except (keys.WrongPin, keys.LockedPin) as refusal:
            return refusal.code
        return "open"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(guess, range(12)))
    assert said.count(keys.WrongPin.code) == keys.TRIES
    assert said.count(keys.LockedPin.code) == 12 - keys.TRIES


def test_a_new_pin_replaces_the_old_key_and_the_lock(engine: Engine) -> None:
    old = make(engine)
    for _ in range(keys.TRIES):
        with pytest.raises(keys.WrongPin):
            keys.unlock(engine, "sec1", "000001")
    new = make(engine, "369147")
    assert new.key != old.key
    assert keys.unlock(engine, "sec1", "369147").key == new.key
    with pytest.raises(keys.WrongPin):
        keys.unlock(engine, "sec1", PIN)


def test_nobody_without_a_key_unlocks(engine: Engine) -> None:
    with pytest.raises(keys.NoKey):
        keys.unlock(engine, "nobody", PIN)


@pytest.mark.parametrize(
    "pin", ["12345", "111111", "123456", "654321", "abcdef", "１２３９０５", ""]
)
def test_pins_that_are_guessed_first_are_refused(pin: str) -> None:
    with pytest.raises(keys.WeakPin):
        keys.check_pin(pin)
