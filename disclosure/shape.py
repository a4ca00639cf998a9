"""Whether a JSON value has the shape that the published schema gives a sheet.

Knows the words that data/sheet.schema.json uses and no others; a reader with a validator of JSON
Schema 2020-12 comes to the same verdict.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

TYPES = {"string": str, "integer": int, "array": list, "object": dict, "null": type(None)}
Rule = Mapping[str, Any]


def schema() -> bytes:
    """Return the JSON Schema (2020-12) of a sheet."""
    return (resources.files("disclosure") / "data/sheet.schema.json").read_bytes()


@cache
def _schema() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(schema())
    return parsed


def faults(value: object) -> list[str]:
    """Return where a JSON value breaks the schema of a sheet, each as `path: what`."""
    return list(_faults(value, _schema(), "sheet"))


def _faults(value: Any, rule: Rule, at: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    if "$ref" in rule:
        rule = _schema()["$defs"][rule["$ref"].rpartition("/")[2]]
    if "oneOf" in rule:
        if all(any(_faults(value, one, at)) for one in rule["oneOf"]):
            yield f"{at}: oneOf"
    elif type(value) is not TYPES[rule["type"]]:
        yield f"{at}: type"
    elif isinstance(value, dict):
        yield from _object(value, rule, at)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _faults(item, rule["items"], f"{at}[{place}]")
    elif isinstance(value, str):
        yield from _text(value, rule, at)
    elif isinstance(value, int) and not rule["minimum"] <= value <= rule.get("maximum", value):
        yield f"{at}: range"


def _object(value: Mapping[str, Any], rule: Rule, at: str) -> Iterator[str]:
    unknown = value.keys() - rule["properties"].keys()
    for name in sorted(unknown | (set(rule["required"]) - value.keys())):
        yield f"{at}.{name}: required"
    for name in value.keys() & rule["properties"].keys():
        yield from _faults(value[name], rule["properties"][name], f"{at}.{name}")


def _text(value: str, rule: Rule, at: str) -> Iterator[str]:
    if "pattern" in rule and not re.search(rule["pattern"], value, re.ASCII):
        yield f"{at}: pattern"
    if rule.get("format") == "date" and not _is_date(value):
        yield f"{at}: date"


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
