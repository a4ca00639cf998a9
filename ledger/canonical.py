"""The canonical form: the one spelling of a JSON value that is signed, hashed and stored.

RFC 8785 (JCS) with the bounds of docs/FORMATS.md, "Canonical JSON". Values are of exactly the types
str, int, bool, None, list, tuple (written as a list) and dict with str keys.
"""

import hashlib
import json
import re
import unicodedata
from typing import Any, NoReturn

import rfc8785

from ledger.refusal import Refusal

LARGEST = 2**53 - 1
DEEPEST = 32
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SURROGATE = re.compile("[\ud800-\udfff]")

# For strings without control characters and ASCII keys this is JCS, several times faster; the
# property test in tests/test_ledger_canonical.py holds it against rfc8785.
_fast = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def _fractional(_text: str) -> NoReturn:
    raise ValueError


def _whole(text: str) -> int:
    value = int(text)
    if not -LARGEST <= value <= LARGEST:
        raise ValueError
    return value


_plain = json.JSONDecoder(parse_float=_fractional, parse_int=_whole, parse_constant=_fractional)


def encode(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Return the canonical UTF-8 bytes of a JSON value.

    Raises:
        NotJson, Fraction, TooLarge, TooDeep, NotNormal, ForbiddenCharacter, LoneSurrogate.
    """
    texts: list[str] = []
    ascii_keys = _survey(value, 0, texts)
    check_text('"'.join(texts))  # a quotation mark never combines with its neighbours
    if ascii_keys:
        return _fast.encode(value).encode()
    return rfc8785.dumps(value)


def decode(data: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value whose canonical bytes these are: encode(decode(b)) == b.

    Raises:
        NotJson, NotCanonical, DuplicateKey, and what `encode` raises.
    """
    try:
        text = data.decode()
        found = _read_plain(text)
        if found is not None:
            return found[0]
        value = json.loads(text)
    except RecursionError as fault:
        raise TooDeep from fault
    except ValueError as fault:
        raise NotJson(why="不是合法的 UTF-8 JSON 文本") from fault
    if encode(value) != data:
        json.loads(text, object_pairs_hook=_distinct)
        raise NotCanonical
    return value


def _read_plain(text: str) -> tuple[Any] | None:
    """Return the value of an everyday canonical text, or None where closer looks are needed.

    Where nothing is escaped, every character of every string stands in the text as it is, and each
    quotation mark begins or ends a string: one look at the whole text takes the place of a walk
    through the value. The property test holds this against the walk.
    """
    if (
        "\\" in text
        or not text.isprintable()
        or text.count("{") + text.count("[") > DEEPEST
        or not (text.isascii() or (_basic(text) and unicodedata.is_normalized("NFC", text)))
    ):
        return None
    try:
        value = _plain.decode(text)
    except ValueError:
        return None
    return (value,) if _fast.encode(value) == text else None


def _basic(text: str) -> bool:
    """Tell whether no character lies beyond the basic plane: then keys sort alike either way."""
    return len(text.encode("utf-16-le")) == 2 * len(text)


def sha256(data: bytes) -> str:
    """Return the SHA-256 of the bytes in hex."""
    return hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return the SHA-256 (hex) of the canonical bytes of a JSON value.

    Raises:
        What `encode` raises.
    """
    return sha256(encode(value))


def check_text(text: str) -> None:
    """Refuse text that a canonical string may not hold.

    Raises:
        LoneSurrogate, ForbiddenCharacter, NotNormal.
    """
    if not text.isprintable():  # printable text holds none of these, and the test is cheap
        if SURROGATE.search(text):
            raise LoneSurrogate
        found = FORBIDDEN.search(text)
        if found:
            raise ForbiddenCharacter(character=f"U+{ord(found.group()):04X}")
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise NotNormal


def _survey(value: object, depth: int, texts: list[str]) -> bool:
    """Check types, bounds and depth, gather all strings, and tell whether every key is ASCII."""
    kind = type(value)
    if kind is str:
        texts.append(value)  # type: ignore[arg-type] # the exact type was just asked
        return True
    if kind is int:
        if not -LARGEST <= value <= LARGEST:  # type: ignore[operator] # as above
            raise TooLarge
        return True
    if value is None or kind is bool:
        return True
    if depth == DEEPEST:
        raise TooDeep
    if kind is dict:
        return _survey_dict(value, depth + 1, texts)  # type: ignore[arg-type] # as above
    if kind is list or kind is tuple:
        ascii_keys = True
        for item in value:  # type: ignore[attr-defined] # as above
            ascii_keys = _survey(item, depth + 1, texts) and ascii_keys
        return ascii_keys
    if kind is float:
        raise Fraction
    raise NotJson(why=f"含有 {kind.__name__} 类型的值")


def _survey_dict(value: dict[Any, object], depth: int, texts: list[str]) -> bool:
    add, ascii_keys = texts.append, True
    for key, item in value.items():
        if type(key) is not str:
            raise NotJson(why="对象的键必须是文字")
        add(key)
        ascii_keys = ascii_keys and key.isascii()
        if type(item) is str:  # by far the most frequent: not worth a call
            add(item)
        else:
            ascii_keys = _survey(item, depth, texts) and ascii_keys
    return ascii_keys


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise DuplicateKey
    return found


class NotJson(Refusal):
    """The bytes are no UTF-8 JSON text, or the value holds something that JSON does not know."""

    code = "C001"
    says = "数据无法识别：{why}。请使用原始文件重试。"
    rule = "RFC 8785"
    status = 422


class NotCanonical(Refusal):
    """The bytes are JSON, but not in the canonical spelling."""

    code = "C002"
    says = "数据不是规范格式（键的顺序、空格或转义不合规定），可能被改动过。请使用原始文件。"
    rule = "RFC 8785"
    status = 422


class Fraction(Refusal):
    """A number has a fraction or exponent; money is integer fen."""

    code = "C003"
    says = "数据中含有小数。金额必须以“分”为单位的整数表示。"
    rule = "RFC 8785；docs/FORMATS.md"
    status = 422


class DuplicateKey(Refusal):
    """An object has the same key twice."""

    code = "C004"
    says = "数据中同一个项目出现了两次，可能被改动过。请使用原始文件。"
    rule = "RFC 8785"
    status = 422


class NotNormal(Refusal):
    """A string is not in Unicode normal form C."""

    code = "C005"
    says = "文字的编码不是标准形式（NFC）。请删除后用输入法重新输入。"
    rule = "Unicode UAX #15；docs/FORMATS.md"
    status = 422


class ForbiddenCharacter(Refusal):
    """A string holds a control character or a bidirectional control."""

    code = "C006"
    says = "文字中含有不可见的控制字符 {character}（如换行、制表符）。请删除后重新输入。"
    rule = "docs/FORMATS.md"
    status = 422


class TooLarge(Refusal):
    """An integer lies outside ±(2^53 - 1)."""

    code = "C007"
    says = "数值过大，超出可准确表示的范围。请核对金额。"
    rule = "RFC 8785"
    status = 422


class TooDeep(Refusal):
    """Lists and objects are nested more than 32 deep."""

    code = "C008"
    says = "数据嵌套超过 32 层，无法识别。请使用原始文件。"
    rule = "docs/FORMATS.md"
    status = 422


class LoneSurrogate(Refusal):
    """A string holds half a character."""

    code = "C009"
    says = "文字中含有残缺的字符。请删除后重新输入。"
    rule = "RFC 8785"
    status = 422
