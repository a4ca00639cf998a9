"""Values of our own classes as plain JSON and back, led by the types that their fields declare.

A field that is added to a class is carried without a word here. Nothing but the named types can
come out of a text, so reading one runs no code of its writer.
"""

import dataclasses
import types
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from ledger.tree import Frontier

Turn = Callable[[Any], Any]


class Codec(NamedTuple):
    """How a type is written and read; None where the value is JSON as it stands."""

    write: Turn | None = None
    read: Turn | None = None


PLAIN = Codec()
# A key of any kind says itself what it is (SubjectPublicKeyInfo).
KEY = Codec(
    lambda key: key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex(),
    lambda text: load_der_public_key(bytes.fromhex(text)),
)
KEYS = {Ed25519PublicKey, EllipticCurvePublicKey}
OWN: dict[Any, Codec] = {
    bytes: Codec(bytes.hex, bytes.fromhex),
    date: Codec(date.isoformat, date.fromisoformat),
    Frontier: Codec(Frontier.dump, Frontier.load),
    Ed25519PublicKey: Codec(
        lambda key: key.public_bytes_raw().hex(),
        lambda text: Ed25519PublicKey.from_public_bytes(bytes.fromhex(text)),
    ),
    EllipticCurvePublicKey: KEY,
}


@cache
def codec(kind: Any) -> Codec:  # noqa: ANN401 - any type, also an alias of one
    """Return how values of a type are written and read.

    Raises:
        TypeError: the type holds what has no place in JSON.
    """
    if kind in {str, int, bool, type(None), Any} or get_origin(kind) is Literal:
        return PLAIN
    if kind in OWN:
        return OWN[kind]
    inner = get_args(kind)
    if get_origin(kind) in {Union, types.UnionType}:
        return _optional(kind, inner)
    if inner:
        return _holder(kind, get_origin(kind), inner)
    return _record(kind)


@cache
def fields(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - a class of named fields
    """Return the fields of a dataclass or named tuple with their types, in order."""
    hints = get_type_hints(kind)
    if dataclasses.is_dataclass(kind):
        return {field.name: hints[field.name] for field in dataclasses.fields(kind)}
    names: tuple[str, ...] = getattr(kind, "_fields", ())
    if not names:
        raise TypeError(kind)
    return {name: hints[name] for name in names}


def _optional(kind: Any, inner: tuple[Any, ...]) -> Codec:  # noqa: ANN401 - as codec
    kinds = [item for item in inner if item is not type(None)]
    if len(kinds) > 1 and not KEYS.issuperset(kinds):
        raise TypeError(kind)
    write, read = codec(kinds[0]) if len(kinds) == 1 else KEY
    return Codec(
        write and (lambda value: None if value is None else write(value)),
        read and (lambda value: None if value is None else read(value)),
    )


def _holder(kind: Any, outer: Any, inner: tuple[Any, ...]) -> Codec:  # noqa: ANN401 - as codec
    if outer is dict:
        return _mapping(codec(inner[0]), codec(inner[1]), text=inner[0] is str)
    if outer is tuple and inner[-1] is not Ellipsis:
        return _row([codec(item) for item in inner], tuple)
    write, read = codec(inner[0])
    if outer is list:
        return Codec(write and _each(write), read and _each(read))
    if outer in {set, frozenset}:
        written = _each(write) if write else list
        made = _each(read) if read else list
        return Codec(lambda value: sorted(written(value)), lambda value: outer(made(value)))
    if outer is tuple:
        made = _each(read) if read else list
        return Codec(_each(write) if write else list, lambda value: tuple(made(value)))
    raise TypeError(kind)


def _each(turn: Turn) -> Turn:
    return lambda value: [turn(item) for item in value]


def _mapping(key: Codec, value: Codec, *, text: bool) -> Codec:
    if text:
        write, read = value
        return Codec(
            write and (lambda found: {name: write(item) for name, item in found.items()}),
            read and (lambda found: {name: read(item) for name, item in found.items()}),
        )
    row = _row([key, value], tuple)
    return Codec(
        lambda found: [row.write(item) for item in found.items()],  # type: ignore[misc] # _row
        lambda found: dict(row.read(item) for item in found),  # type: ignore[misc] # _row
    )


def _record(kind: Any) -> Codec:  # noqa: ANN401 - as codec
    kinds = fields(kind)
    row = _row([codec(item) for item in kinds.values()], lambda values: kind(*values))
    names = tuple(kinds)
    write: Turn = row.write  # type: ignore[assignment] # _row has both
    return Codec(lambda value: write([getattr(value, name) for name in names]), row.read)


def _row(codecs: list[Codec], make: Callable[[list[Any]], Any]) -> Codec:
    writes = [(place, item.write) for place, item in enumerate(codecs) if item.write]
    reads = [(place, item.read) for place, item in enumerate(codecs) if item.read]
    size = len(codecs)

    def write(value: Any) -> list[Any]:  # noqa: ANN401 - a tuple or list of the row
        values = list(value)
        for place, turn in writes:
            values[place] = turn(values[place])
        return values

    def read(value: Any) -> Any:  # noqa: ANN401 - what `make` makes
        values = list(value)
        if len(values) != size:
            raise ValueError(size)
        for place, turn in reads:
            values[place] = turn(values[place])
        return make(values)

    return Codec(write, read)
