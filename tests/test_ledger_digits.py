import hashlib
import re

from ledger.digits import digits

ROOT = hashlib.sha256(b"root").digest()


def test_six_groups_of_four_digits() -> None:
    assert re.fullmatch(r"\d{4}( \d{4}){5}", digits(ROOT, "jingtian", "2021-05"))


def derived(root: bytes) -> int:
    """Return the number of the published definition, before it is cut to twenty-four digits."""
    salt = b"mingbai/digits/v1\njingtian\n2021-05"
    return int(hashlib.scrypt(root, salt=salt, n=16384, r=8, p=1, dklen=10).hex(), 16)


def test_they_follow_the_published_definition() -> None:
    found = int(digits(ROOT, "jingtian", "2021-05").replace(" ", ""))
    assert found == derived(ROOT) % 10**24


def test_a_large_number_loses_its_first_digit_and_nothing_else() -> None:
    root = next(
        root
        for root in (hashlib.sha256(bytes([n])).digest() for n in range(256))
        if derived(root) >= 10**24
    )
    assert digits(root, "jingtian", "2021-05").replace(" ", "") == f"{derived(root)}"[1:]


def test_root_village_and_month_all_count() -> None:
    found = {
        digits(ROOT, "jingtian", "2021-05"),
        digits(ROOT, "jingtian", "2021-06"),
        digits(ROOT, "longchi", "2021-05"),
        digits(hashlib.sha256(b"other").digest(), "jingtian", "2021-05"),
    }
    assert len(found) == 4
