"""The small checks that the forms of all statements are made of, each on what just fits and not."""

import json
import re
from copy import deepcopy
from typing import Any

import pytest
from verify_history import Writer

from approvals.verify import shapes
from approvals.verify.shapes import Check
from approvals.verify.verdict import Stop

VALUES: list[Any] = ["", "a", "b", "XXXX", "7", 0, 1, -1, 7, 1.0, True, False, None, [], ["a"], {}]
VALUES += [["a", "b"], ["a", 1], {"a": "a"}, {"a": "a", "b": 1}, {"a": 1, "b": 1}, {"b": 1}, ("a",)]
VALUES += [{"a": "a", "b": "x"}, {"a": "a", "c": 1}, ["b"], [[]], [""]]

one, many = shapes.word, re.compile("[ab]")


def fits(check: Check) -> list[Any]:
    return [value for value in VALUES if check(value)]


@pytest.mark.parametrize(
    ("check", "good"),
    [
        (shapes.text, ["", "a", "b", "XXXX", "7"]),
        (shapes.word, ["a", "b", "XXXX", "7"]),
        (shapes.count, [0, 1, 7]),
        (shapes.positive, [1, 7]),
        (shapes.whole, [0, 1, -1, 7]),
        (shapes.flag, [True, False]),
        (shapes.empty, [""]),
        (shapes.null, [None]),
    ],
)
def test_a_plain_check(check: Check, good: list[Any]) -> None:
    found = fits(check)
    assert [repr(value) for value in found] == [repr(value) for value in good]
    assert all(check(value) in {True, False} for value in VALUES)


def test_checks_that_are_made() -> None:
    """Made here, and not when the module was read."""
    word, number = shapes.word, shapes.whole
    assert fits(shapes.matches(many)) == ["a", "b"]
    assert fits(shapes.one_of("a", "7")) == ["a", "7"]
    assert fits(shapes.either(word, shapes.null)) == ["a", "b", "XXXX", "7", None]
    assert fits(shapes.listing(word)) == [[], ["a"], ["a", "b"], ["b"]]
    assert fits(shapes.some(shapes.listing(word))) == [["a"], ["a", "b"], ["b"]]
    assert fits(shapes.record()) == [{}]
    assert fits(shapes.record(a=word)) == [{"a": "a"}]
    assert fits(shapes.record(a=word, b=number)) == [{"a": "a", "b": 1}]
    maybe = shapes.with_optional({"a": word}, b=number)
    assert fits(maybe) == [{"a": "a"}, {"a": "a", "b": 1}]
    for value in VALUES:
        for check in (maybe, shapes.record(a=word), shapes.listing(word), shapes.matches(many)):
            assert check(value) in {True, False}


@pytest.mark.parametrize("method", ["paper", "pin", "passkey"])
def test_a_second_hand_that_signs_later(method: str) -> None:
    check = shapes.later(a=shapes.word)
    second = {"began": "2021-05-12T10:00:00+08:00", "method": method}
    assert check({"a": "x"})
    assert check({"a": "x", "second": second})
    for wrong in (
        {"a": ""},
        {"second": second},
        {"a": "x", "second": None},
        {"a": "x", "second": {}},
        {"a": "x", "second": {**second, "method": "server"}},
        {"a": "x", "second": {**second, "began": "2021-05-12"}},
        {"a": "x", "second": {**second, "by": "y"}},
        {"a": "x", "second": {"began": second["began"]}},
        {"a": "x", "third": second},
    ):
        assert not check(wrong)


def test_a_day_is_one_of_the_calendar() -> None:
    assert shapes.day("2020-02-29")
    for wrong in ("2021-02-29", "2021-2-9", "20210209", "2021-02-09T", "", None, 20210209, []):
        assert not shapes.day(wrong)


@pytest.fixture(scope="module")
def line() -> dict[str, Any]:
    book = Writer()
    book.open()
    found: dict[str, Any] = json.loads(book.lines[0])
    return found


def bend(line: dict[str, Any], *path: str | int, to: Any = ...) -> dict[str, Any]:
    """Return a line with one thing changed, or taken away."""
    found = deepcopy(line)
    inner: Any = found
    for name in path[:-1]:
        inner = inner[name]
    if to is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return found


SPELT = ".".join(["00" * 37, "00" * 2, "00" * 8])


def test_an_event_line_has_its_fields_and_no_others(line: dict[str, Any]) -> None:
    shapes.check_envelope(line)
    hexed = line["signatures"][0]["value"]
    shapes.check_envelope(bend(line, "signatures", to=[]))
    passkey = {"alg": "webauthn-es256", "key": "k", "value": SPELT}
    shapes.check_envelope(bend(line, "signatures", to=[passkey]))
    texts = ("village", "kind", "at", "person", "seat", "method", "nonce", "subject")
    wrong: list[Any] = [None, [], "x", {}, {"statement": {}}]
    wrong += [bend(line, name) for name in line]
    wrong += [bend(line, "statement", name) for name in line["statement"]]
    wrong += [bend(line, "statement", name, to=1) for name in texts]
    wrong += [
        bend(line, "more", to=1),
        bend(line, "seq", to="1"),
        bend(line, "seq", to=True),
        bend(line, "statement", to=None),
        bend(line, "statement", to=[]),
        bend(line, "statement", "more", to=1),
        bend(line, "statement", "format", to=0),
        bend(line, "statement", "format", to="1"),
        bend(line, "statement", "format", to=1.0),
        bend(line, "statement", "format", to=True),
        bend(line, "statement", "body", to=[]),
        bend(line, "signatures", to=None),
        bend(line, "signatures", to={}),
        bend(line, "signatures", to=["x"]),
        bend(line, "signatures", 0, "more", to=1),
        bend(line, "signatures", 0, "key", to=1),
        bend(line, "signatures", 0, "value", to=1),
        bend(line, "signatures", 0, "value", to=hexed[:-1]),
        bend(line, "signatures", 0, "value", to=hexed.upper().replace("0", "A")),
        bend(line, "signatures", 0, "value", to=SPELT),
        bend(line, "signatures", 0, "alg", to="webauthn-es256"),
        bend(line, "signatures", 0, "alg", to="rsa"),
        bend(line, "signatures", 0, "alg", to=None),
        bend(line, "signatures", to=[{**passkey, "alg": "webauthn-rs256"}]),
        bend(line, "signatures", to=[{**passkey, "value": hexed}]),
        bend(line, "signatures", to=[*line["signatures"], {}]),
    ]
    for one_ in wrong:
        with pytest.raises(Stop) as caught:
            shapes.check_envelope(one_)
        assert (caught.value.code, caught.value.facts) == ("Y015", {})


def test_a_line_of_a_later_format_says_so(line: dict[str, Any]) -> None:
    for later in (
        bend(line, "statement", "format", to=2),
        {"statement": {"format": 3}},
        bend(bend(line, "statement", "format", to=2), "seq"),
    ):
        with pytest.raises(Stop) as caught:
            shapes.check_envelope(later)
        facts = {"format": later["statement"]["format"], "known": 1}
        assert (caught.value.code, caught.value.facts) == ("Y01A", facts)
    assert [value for value in VALUES if shapes.newer(value)] == [7]


def test_times_and_nonces() -> None:
    shapes.check_at("2021-05-12T10:00:00+08:00")
    shapes.check_nonce("0af" + "0" * 29)
    for wrong in ("2021-05-12T10:00:00", "2021-02-30T10:00:00+08:00", "2021-05-12 10:00:00+08:00"):
        with pytest.raises(Stop) as caught:
            shapes.check_at(wrong)
        assert (caught.value.code, caught.value.facts) == ("Y016", {"at": wrong})
    for wrong in ("0" * 31, "0" * 33, "g" + "0" * 31, "A" + "0" * 31):
        with pytest.raises(Stop) as caught:
            shapes.check_nonce(wrong)
        assert (caught.value.code, caught.value.facts) == ("Y017", {})


def test_a_body_is_of_its_kind_and_its_subject() -> None:
    body = {"seat": "clerk", "person": "a", "reason": ""}
    shapes.check_body("seat.left", "clerk", body)
    opened = {"revision": 1, "reason": ""}
    shapes.check_body("case.withdrawn", "any", opened)
    for kind, subject, found, code, facts in (
        ("seat.gone", "clerk", body, "Y018", {"kind": "seat.gone"}),
        ("seat.left", "clerk", opened, "Y019", {"kind": "seat.left"}),
        ("seat.left", "a", body, "Y020", {"kind": "seat.left", "subject": "a"}),
        ("case.withdrawn", "", opened, "Y020", {"kind": "case.withdrawn", "subject": ""}),
    ):
        with pytest.raises(Stop) as caught:
            shapes.check_body(kind, subject, found)  # type: ignore[arg-type]
        assert (caught.value.code, caught.value.facts) == (code, facts)
