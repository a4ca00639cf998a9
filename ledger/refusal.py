"""What the rules do not allow, said so that a bookkeeper can act on it."""

from typing import ClassVar

REGISTRY: dict[str, type["Refusal"]] = {}


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a malfunction
    """Refuse a request; nothing was written.

    Each refusal is one class: its docstring is its meaning (English, for docs/ERRORS.md), `says` is
    the sentence the user reads (zh-CN, a format string over the keyword facts given), `rule` is the
    source of the rule, `code` is stable for ever and unique.
    """

    code: ClassVar[str] = "X000"
    says: ClassVar[str] = "请求不合规则。"
    rule: ClassVar[str] = ""
    status: ClassVar[int] = 409

    def __init_subclass__(cls) -> None:
        """Register the class under its code, so that ERRORS.md can be held against the code."""
        super().__init_subclass__()
        if "code" in cls.__dict__:
            other = REGISTRY.setdefault(cls.code, cls)
            if other.__qualname__ != cls.__qualname__:
                message = f"{cls.code}: {other.__qualname__} and {cls.__qualname__}"
                raise TypeError(message)

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(facts)

    def sentence(self) -> str:
        """Return the sentence without the code."""
        return self.says.format(**self.facts)

    def __str__(self) -> str:
        return f"[{self.code}] {self.sentence()}"

    def __reduce__(self) -> tuple[object, ...]:
        """Travel whole between processes, keyword facts included."""
        return (_revive, (type(self), self.facts))


def _revive(kind: type[Refusal], facts: dict[str, object]) -> Refusal:
    return kind(**facts)
