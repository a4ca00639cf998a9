import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from ledger import note

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
NAME = "mingbai/510802-sandui-jingtian"
TEXT = note.checkpoint_text(note.Checkpoint(NAME, 7, bytes(32), ("period 2021-05",)))
SIGNED = note.sign_note(TEXT, NAME, PUBLIC, KEY.sign)


def test_the_published_example_opens() -> None:
    # https://pkg.go.dev/golang.org/x/mod/sumdb/note, the note and key of the package's example
    key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    name, hashed, public = key.split("+", 2)
    raw = base64.b64decode(public)
    assert raw[:1] == note.ED25519
    assert note.key_hash(name, raw[1:]).hex() == hashed
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    signature = (
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
        "qdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert note.open_note(f"{text}\n{signature}", name, raw[1:]) == text


def test_a_note_has_the_form_of_the_specification() -> None:
    head, blank, last = SIGNED.rpartition("\n\n")
    dash, name, blob = last.split(" ")
    assert f"{head}\n" == TEXT
    assert blank
    assert (dash, name) == ("\u2014", NAME)
    raw = base64.b64decode(blob)
    assert raw[:4] == note.key_hash(NAME, PUBLIC)
    Ed25519PublicKey.from_public_bytes(PUBLIC).verify(raw[4:], TEXT.encode())


def test_what_was_signed_opens_and_parses() -> None:
    assert note.open_note(SIGNED, NAME, PUBLIC) == TEXT
    found = note.parse_checkpoint(TEXT)
    assert found == (NAME, 7, bytes(32), ("period 2021-05",))


LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=10)


@given(
    LINES, st.integers(0, 2**62), st.binary(min_size=32, max_size=32), st.lists(LINES, max_size=3)
)
def test_checkpoints_come_back(origin: str, size: int, root: bytes, more: list[str]) -> None:
    checkpoint = note.Checkpoint(origin, size, root, tuple(more))
    assert note.parse_checkpoint(note.checkpoint_text(checkpoint)) == checkpoint


@given(st.integers(0, len(SIGNED.encode()) - 1), st.integers(1, 255))
def test_no_byte_of_a_note_can_be_changed(at: int, flip: int) -> None:
    changed = bytearray(SIGNED.encode())
    changed[at] ^= flip
    try:
        text = changed.decode()
    except UnicodeDecodeError:
        return
    with pytest.raises((note.BadNote, note.WrongSignature)):
        note.open_note(text, NAME, PUBLIC)


def test_the_signature_has_one_spelling_only() -> None:
    spare = SIGNED.rindex("=")
    other = {"A": "B", "Q": "R", "g": "h", "w": "x"}
    for old, new in other.items():
        if SIGNED[spare - 1] == old:
            changed = f"{SIGNED[: spare - 1]}{new}{SIGNED[spare:]}"
            with pytest.raises(note.BadNote):
                note.open_note(changed, NAME, PUBLIC)
            return
    pytest.fail("the signature has no spare bits")


def test_signatures_of_witnesses_are_left_aside() -> None:
    witness = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public = witness.public_key().public_bytes_raw()
    theirs = note.sign_note(TEXT, "witness", public, witness.sign).rpartition("\n\n")[2]
    both = SIGNED + theirs
    assert note.open_note(both, NAME, PUBLIC) == TEXT
    assert note.open_note(both, "witness", public) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        TEXT,
        f"{TEXT}\n",
        SIGNED.rstrip("\n"),
        f"{SIGNED}\n",
        SIGNED.replace("\u2014", "-"),
        f"{TEXT}\n\u2014 {NAME} ====\n",
        f"{TEXT}\n\u2014 {NAME}\n",
        SIGNED.replace("period ", "period\t"),
        SIGNED.replace("period ", "period\ud800"),
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(note.BadNote):
        note.open_note(text, NAME, PUBLIC)


def test_a_note_needs_one_good_signature_of_the_key_asked_for() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public = other.public_key().public_bytes_raw()
    wrong = [
        (SIGNED, "other", PUBLIC),
        (SIGNED, NAME, public),
        (note.sign_note(TEXT, NAME, PUBLIC, other.sign), NAME, PUBLIC),
        (SIGNED + SIGNED.rpartition("\n\n")[2], NAME, PUBLIC),
        (note.sign_note(TEXT, NAME, PUBLIC, lambda _: b"short"), NAME, PUBLIC),
        (note.sign_note(TEXT, NAME, b"x", KEY.sign), NAME, b"x"),
    ]
    for text, name, key in wrong:
        with pytest.raises(note.WrongSignature):
            note.open_note(text, name, key)


@pytest.mark.parametrize(("text", "name"), [("x", NAME), (TEXT, ""), (TEXT, "a b"), (TEXT, "a+b")])
def test_what_would_not_open_is_not_signed(text: str, name: str) -> None:
    with pytest.raises(note.BadNote):
        note.sign_note(text, name, PUBLIC, KEY.sign)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n",
        "origin\n1\n",
        TEXT.rstrip("\n"),
        f"{TEXT}\n",
        TEXT.replace("\n7\n", "\n07\n"),
        TEXT.replace("\n7\n", "\n-7\n"),
        TEXT.replace("\n7\n", f"\n{'9' * 5000}\n"),
        TEXT.replace("\n7\n", "\n٧\n"),
        TEXT.replace("=\n", "\n"),
        TEXT.replace("A=\n", "B=\n"),
        TEXT.replace("AAAA", "", 1),
        TEXT.replace("AAAA", "村", 1),
        f"\n{TEXT}",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(note.BadCheckpoint):
        note.parse_checkpoint(text)


def test_the_signatures_begin_after_the_last_blank_line() -> None:
    text = "a\n\nb\n"
    signed = note.sign_note(text, NAME, PUBLIC, KEY.sign)
    assert note.split_note(signed)[0] == text
    line = signed.rpartition("\n\n")[2]
    for bad in (line, f"a\n{line}", signed[:-1]):
        with pytest.raises(note.BadNote):
            note.split_note(bad)
