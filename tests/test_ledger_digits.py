import hashlib
import re

from ledger.digits import digits

ROOT = hashlib.sha256(b"root").digest()


def test_six_groups_of_four_digits() -> None:
    assert re.fullmatch(r"\d{4}( \d{4}){5}", digits(ROOT, "jingtian", "2021-05"))


def test_they_follow_the_published_definition() -> None:
    salt = b"mingbai/digits/v1\njingtian\n2021-05"
    number = int(hashlib.scrypt(ROOT, salt=salt, n=16384, r=8, p=1, dklen=10).hex(), 16)
    assert int(digits(ROOT, "jingtian", "2021-05").replace(" ", "")) == number % 10**24


def test_root_village_and_month_all_count() -> None:
    found = {
        digits(ROOT, "jingtian", "2021-05"),
        digits(ROOT, "jingtian", "2021-06"),
        digits(ROOT, "longchi", "2021-05"),
        digits(hashlib.sha256(b"other").digest(), "jingtian", "2021-05"),
    }
    assert len(found) == 4
