import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import money

FEN = st.integers(-money.LARGEST, money.LARGEST)


@given(FEN)
def test_what_is_written_is_read_back(fen: int) -> None:
    assert money.parse_yuan(money.yuan(fen)) == fen
    assert money.parse_yuan(money.plain(fen)) == fen
    wide = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")
    assert money.parse_yuan(f"　￥ {money.yuan(fen).translate(wide)} 元 ") == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1234.5", 123450),
        ("1,234.50", 123450),
        ("１２３４．５０", 123450),
        ("12，345，678元", 1234567800),
        (" ¥5 ", 500),
        ("-¥5", -500),
        ("¥-5", -500),
        ("+0.05", 5),
        (".50", 50),
        ("−3", -300),
        ("-0", 0),
        ("007", 700),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, fen: int) -> None:
    assert money.parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "元", "¥", "-", ".", "5.", "1,23", "1,2345", ",123", "1 000", "1\n2"),
        *("1e3", "10²", "½", "①", "壹佰", "--5", "-¥-5", "5-", "¥¥5", "0x10", "٣"),
        *("1.2.3", "NaN", "5万", "5元元"),
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(money.NotAmount):
        money.parse_yuan(text)


def test_less_than_a_fen_is_refused() -> None:
    for text in ("1.005", "0.001", "¥1,000.500"):
        with pytest.raises(money.SubFen):
            money.parse_yuan(text)


def test_amounts_that_cannot_be_kept_exactly_are_refused() -> None:
    assert money.parse_yuan(money.plain(money.LARGEST)) == money.LARGEST
    for text in (money.plain(money.LARGEST + 1), "-" + "9" * 17, "9" * 6000):
        with pytest.raises(money.TooMuch):
            money.parse_yuan(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,409.50", "壹仟肆佰零玖元伍角整"),
        ("6,007.14", "陆仟零柒元壹角肆分"),
        ("1,680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("107,000.53", "壹拾万柒仟元零伍角叁分"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("0.55", "伍角伍分"),
        ("5.05", "伍元零伍分"),
        ("10.05", "壹拾元零伍分"),
        ("10", "壹拾元整"),
        ("100,000", "壹拾万元整"),
        ("10,001", "壹万零壹元整"),
        ("100,200", "壹拾万零贰佰元整"),
        ("100,000,001", "壹亿零壹元整"),
        ("100,001,000", "壹亿零壹仟元整"),
        ("100,100,000", "壹亿零壹拾万元整"),
        ("120,000,300", "壹亿贰仟万零叁佰元整"),
        ("1,000,000,000,000", "壹万亿元整"),
        ("1,000,100,000,000", "壹万零壹亿元整"),
        ("-20", "负贰拾元整"),
    ],
)
def test_capitals_follow_the_rule(text: str, words: str) -> None:
    assert money.capital(money.parse_yuan(text)) == words


def _read(words: str) -> int:
    """Read capitals back the way a person does: the oracle for `capital`."""
    sign = -1 if words.startswith("负") else 1
    total, section, digit = 0, 0, 0
    fen = 0
    for word in words.removeprefix("负"):
        if word in money.DIGITS:
            digit = money.DIGITS.index(word)
        elif word in "拾佰仟":
            section += digit * 10 ** ("拾佰仟".index(word) + 1)
            digit = 0
        elif word == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        elif word == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        elif word == "元":
            fen, digit = (total + section + digit) * 100, 0
        elif word in "角分":
            fen, digit = fen + digit * (10 if word == "角" else 1), 0
    return sign * fen


@given(FEN | st.integers(-(10**7), 10**7))
def test_capitals_can_be_read_back_and_hold_no_double_zero(fen: int) -> None:
    words = money.capital(fen)
    assert _read(words) == fen
    assert "零零" not in words
    assert words.endswith("整") is (fen % 10 == 0)


WEIGHTS = st.lists(st.integers(0, 10**6) | st.fractions(0, 1000), min_size=1, max_size=40)


@given(st.integers(-(10**12), 10**12), WEIGHTS.filter(any))
def test_parts_sum_to_the_total_and_stay_within_a_fen(
    total: int, weights: list[int | Fraction]
) -> None:
    parts = money.split(total, weights)
    whole = sum(weights, Fraction(0))
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total) * weight / whole) < 1
        assert weight or not part
    assert [-part for part in money.split(-total, weights)] == parts


@given(st.integers(0, 10**9), WEIGHTS.filter(any))
def test_a_larger_weight_never_gets_less(total: int, weights: list[int | Fraction]) -> None:
    pairs = sorted(zip(weights, money.split(total, weights), strict=True))
    for (lower, less), (higher, more) in itertools.pairwise(pairs):
        assert less <= more or lower == higher


def test_the_earlier_of_equals_gets_the_fen() -> None:
    assert money.split(10, [1, 1, 1]) == [4, 3, 3]
    assert money.split(2, [Fraction(1, 3)] * 3) == [1, 1, 0]
    assert money.split(0, [1, 2]) == [0, 0]


@pytest.mark.parametrize("weights", [[], [0, 0], [3, -1], [-1]])
def test_a_split_needs_weights(weights: list[int]) -> None:
    with pytest.raises(money.NoWeights):
        money.split(100, weights)
