import copy
import json
import sys
import unicodedata
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import canonical
from ledger.refusal import Refusal

CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"]).filter(
    lambda c: not canonical.FORBIDDEN.search(c)
)
TEXTS = st.text(CHARACTERS, max_size=12).map(lambda text: unicodedata.normalize("NFC", text))
INTS = st.integers(-canonical.LARGEST, canonical.LARGEST)
VALUES = st.recursive(
    st.none() | st.booleans() | INTS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_bytes_are_those_of_rfc8785_and_come_back(value: object) -> None:
    data = canonical.encode(value)
    assert data == rfc8785.dumps(value)  # type: ignore[arg-type]
    assert canonical.decode(data) == value


def test_keys_beyond_the_basic_plane_sort_by_utf_16() -> None:
    value = {"\ufb01": 1, "\U0001f600": 2, "a": 3}
    assert list(json.loads(canonical.encode(value))) == ["a", "\U0001f600", "\ufb01"]


@given(st.binary(max_size=60) | VALUES.map(lambda v: json.dumps(v).encode()))
def test_decoding_answers_or_refuses_and_never_fails_otherwise(data: bytes) -> None:
    try:
        value = canonical.decode(data)
    except Refusal:
        return
    assert canonical.encode(value) == data


@given(VALUES, st.data())
def test_any_changed_byte_is_refused_or_means_another_value(
    value: object, data: st.DataObject
) -> None:
    encoded = bytearray(canonical.encode(value))
    at = data.draw(st.integers(0, len(encoded) - 1))
    encoded[at] ^= data.draw(st.integers(1, 255))
    try:
        other = canonical.decode(bytes(encoded))
    except Refusal:
        return
    # JSON distinguishes true from 1, Python's equality does not: compare what is written.
    assert canonical.encode(other) != canonical.encode(value)


def walked(data: bytes, patch: pytest.MonkeyPatch) -> tuple[str, object]:
    """Return what decoding answers when it takes no short way."""
    with patch.context() as context:
        context.setattr(canonical, "_read_plain", lambda _text: None)
        return answered(data)


def answered(data: bytes) -> tuple[str, object]:
    try:
        return "", json.dumps(canonical.decode(data))  # tells true from 1
    except Refusal as refusal:
        return refusal.code, None


PIECES = st.sampled_from([
    *'{}[]",:', "\\", '\\"', "\\u6751", "村", "e\u0301", "\u0301", "\u3000", "\n", "\u202e", " ",
    "a", "0", "-0", "1.5", "1e3", "NaN", "true", "null", "9007199254740991", "9007199254740992",
    '"a":', '"村":', '"\U0001f600":', '"a":1,', "[" * 33, "]" * 33, "6222021234567890123",
])  # fmt: skip


@given(
    st.lists(PIECES, max_size=14).map("".join) | VALUES.map(lambda v: canonical.encode(v).decode())
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_short_way_answers_as_the_walk_does(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    assert answered(data) == walked(data, monkeypatch)


def test_the_short_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def walk(*_args: object) -> None:
        raise AssertionError

    data = canonical.encode({"a": ["村", 1, None, True], "b": {"c": "6222021234567890123"}})
    monkeypatch.setattr(canonical, "_survey", walk)
    assert canonical.decode(data)["a"][0] == "村"


BAD = [
    (b"\xff", "C001"),
    (b"", "C001"),
    (b"\xef\xbb\xbf{}", "C001"),
    (b"{", "C001"),
    (b"{}{}", "C001"),
    (b"9" * 5000, "C001"),
    (b'{"a": 1}', "C002"),
    (b'{"b":1,"a":1}', "C002"),
    (b'"\\u6751"', "C002"),
    (b'"\\/"', "C002"),
    (b"-0", "C002"),
    (b" 1", "C002"),
    (b"1\n", "C002"),
    (b"1.0", "C003"),
    (b"1e2", "C003"),
    (b"NaN", "C003"),
    (b"-Infinity", "C003"),
    (b'{"a":1.5}', "C003"),
    (b'{"a":1,"a":1}', "C004"),
    (b'[{"a":{"b":1,"b":2}}]', "C004"),
    ('"e\u0301"'.encode(), "C005"),
    ('{"\u212b":1}'.encode(), "C005"),
    (b'"\\n"', "C006"),
    (b'"\\u0000"', "C006"),
    (b'"\x7f"', "C006"),
    ('"\u0085"'.encode(), "C006"),
    ('"\u202e"'.encode(), "C006"),
    ('{"\u2066":1}'.encode(), "C006"),
    (b"9007199254740992", "C007"),
    (b"[-9007199254740992]", "C007"),
    (b"[" * 33 + b"]" * 33, "C008"),
    (b"[" * 100_000 + b"]" * 100_000, "C008"),
    (b'"\\ud800"', "C009"),
    (b'{"\\udfff":1}', "C009"),
]


@pytest.mark.parametrize(("data", "code"), BAD, ids=range(len(BAD)))
def test_what_is_not_canonical_is_refused_with_its_own_code(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as found:
        canonical.decode(data)
    assert found.value.code == code
    assert found.value.sentence()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.0, "C003"),
        ({"a": float("nan")}, "C003"),
        ({1: "a"}, "C001"),
        ({"a": {None: 1}}, "C001"),
        ({"a": b"bytes"}, "C001"),
        ([{1, 2}], "C001"),
        ((object(),), "C001"),
    ],
)
def test_what_json_does_not_know_is_not_encoded(value: object, code: str) -> None:
    with pytest.raises(Refusal) as found:
        canonical.encode(value)
    assert found.value.code == code


def test_thirty_two_levels_are_allowed() -> None:
    data = b"[" * 32 + b"]" * 32
    assert canonical.encode(canonical.decode(data)) == data


def test_a_value_that_holds_itself_is_too_deep() -> None:
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(canonical.TooDeep):
        canonical.encode(loop)


def test_every_forbidden_character_is_found_and_no_other() -> None:
    for point in range(sys.maxunicode + 1):
        text = chr(point)
        fine = True
        try:
            canonical.check_text(f"村{text}务")
        except canonical.ForbiddenCharacter:
            fine = False
            assert unicodedata.category(text) in {"Cc", "Cf"}
        except (canonical.LoneSurrogate, canonical.NotNormal):
            continue
        assert fine is not bool(canonical.FORBIDDEN.search(text))


def test_digest_is_of_the_canonical_bytes() -> None:
    value = {"b": ["村", None, True], "a": -1}
    assert canonical.encode(value) == '{"a":-1,"b":["村",null,true]}'.encode()
    assert canonical.digest(value) == canonical.sha256(canonical.encode(copy.deepcopy(value)))
    assert canonical.sha256(b"") == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


def test_no_nesting_goes_deeper_than_thirty_two() -> None:
    lists, objects, mixed = [], {}, {}  # type: ignore[var-annotated]
    for turn in range(canonical.DEEPEST - 1):
        lists, objects = [lists], {"a": objects}
        mixed = [mixed] if turn % 2 else {"a": mixed}
    for deepest in (lists, objects, mixed):
        assert canonical.decode(canonical.encode(deepest)) == deepest
        for deeper in ([deepest], {"a": deepest}):
            with pytest.raises(canonical.TooDeep):
                canonical.encode(deeper)


@pytest.mark.parametrize("wrap", [lambda one: [one, {"a": 1}], lambda one: {"a": [{"b": one}, 1]}])
def test_keys_beyond_the_basic_plane_are_ordered_as_utf_16_wherever_they_lie(wrap: Any) -> None:
    value = wrap({"\U0001f600": 1, "\uff21": 2})
    assert canonical.encode(value) == rfc8785.dumps(value)
    assert canonical.encode(value).index("\U0001f600".encode()) < canonical.encode(value).index(
        "\uff21".encode()
    )


def test_what_is_refused_is_named() -> None:
    with pytest.raises(canonical.NotJson, match="set"):
        canonical.encode({"a": set()})
    with pytest.raises(canonical.NotJson, match="键必须是文字"):
        canonical.encode({1: "a"})
    with pytest.raises(canonical.NotJson, match="UTF-8"):
        canonical.decode(b"\xff")
    with pytest.raises(canonical.ForbiddenCharacter, match=r"U\+202E"):
        canonical.encode(["abc\u202e"])


def test_the_largest_numbers_and_the_deepest_text() -> None:
    for number in (canonical.LARGEST, -canonical.LARGEST):
        data = str(number).encode()
        assert canonical.encode(number) == data
        assert canonical.decode(data) == number
        assert canonical._whole(str(number)) == number
    for left, right in ((b"[", b"]"), (b'{"a":', b"}")):
        deep = canonical.DEEPEST
        assert canonical.encode(canonical.decode(left * deep + b"1" + right * deep))
        assert answered(left * (deep + 1) + b"1" + right * (deep + 1))[0] == canonical.TooDeep.code
