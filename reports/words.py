"""Words that several papers share: months, days, times, ways of signing."""

from datetime import date
from typing import Protocol

METHODS = {"paper": "纸质签字", "pin": "口令签字", "passkey": "密钥签字"}
DECISIONS = {"approve": "同意", "return": "退回", "recuse": "回避", "against": "不同意"}


class Signed(Protocol):
    """A signature as papers show it: what for, who, when (ISO 8601, empty if open), how."""

    @property
    def title(self) -> str:
        """Return what was signed for."""

    @property
    def name(self) -> str:
        """Return who signed."""

    @property
    def at(self) -> str:
        """Return when, ISO 8601, or nothing."""

    @property
    def method(self) -> str:
        """Return how."""


def month(period: str) -> str:
    """Return `2021年5月` for `2021-05`."""
    year, _, number = period.partition("-")
    return f"{year}年{int(number)}月"


def day(when: date) -> str:
    """Return `2021年5月3日`."""
    return f"{when.year}年{when.month}月{when.day}日"


def short_day(when: date) -> str:
    """Return `5月3日`."""
    return f"{when.month}月{when.day}日"


def minute(at: str) -> str:
    """Return `2021-05-03 10:20` for an ISO 8601 time."""
    return at[:16].replace("T", " ")


def method(name: str) -> str:
    """Return how somebody signed, in words."""
    return METHODS.get(name, name)
