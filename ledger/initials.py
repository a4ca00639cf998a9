"""Pinyin initials: what a bookkeeper types to find 银行存款 (`yhck`)."""

import unicodedata
from functools import lru_cache


def spells(text: str, name: str) -> bool:
    """Tell whether the letters of `text` are initials of consecutive characters of `name`.

    Every reading of a character counts (行 is x and h); punctuation of the name is passed over.
    """
    wanted = text.lower()
    heard = _readings(name)
    starts = range(len(heard) - len(wanted) + 1)
    return bool(wanted) and any(
        all(letter in heard[start + at] for at, letter in enumerate(wanted)) for start in starts
    )


def letters(name: str) -> list[str]:
    """Return the initials of each character of `name`, as a browser needs them to search.

    `银行` gives `["y", "hx"]`, all readings of a character in the order of the alphabet.
    """
    return ["".join(sorted(heard)) for heard in _readings(name)]


@lru_cache(maxsize=4096)
def _readings(name: str) -> tuple[frozenset[str], ...]:
    plain = unicodedata.normalize("NFKC", name)
    return tuple(_initials(sign) for sign in plain if sign.isalnum())


@lru_cache(maxsize=4096)
def _initials(sign: str) -> frozenset[str]:
    # The dictionary is large, and only a search at the counter needs it.
    from pypinyin import Style, pinyin  # noqa: PLC0415

    found = pinyin(sign, style=Style.FIRST_LETTER, heteronym=True)
    return frozenset(reading.lower() for group in found for reading in group)
