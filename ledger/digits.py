"""The twenty-four digits under a printed sheet: a seal that can be read out and compared by ear."""

import hashlib

DOMAIN = b"mingbai/digits/v1\n"


def digits(root: bytes, village: str, period: str) -> str:
    """Return six groups of four digits derived from the root of a sealed log.

    scrypt makes each guess dear, so that nobody can search for a second log with the same digits.
    Definition: docs/FORMATS.md, "Seal".
    """
    salt = DOMAIN + f"{village}\n{period}".encode()
    derived = hashlib.scrypt(root, salt=salt, n=2**14, r=8, p=1, dklen=10)
    text = f"{int.from_bytes(derived) % 10**24:024d}"
    return " ".join(text[i : i + 4] for i in range(0, 24, 4))
