"""A witness's signature on a checkpoint: the bytes of the specification and nothing else."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from ledger import note
from ledger.note import Verifier

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
NAME = "利州区三堆镇中心小学"
TEXT = note.checkpoint_text(note.Checkpoint("mingbai/x", 7, bytes(32), ("period 2021-05",)))
TIME = 1_622_512_800
LINE = note.cosign(TEXT, NAME, PUBLIC, TIME, KEY.sign)

# a witness of the public network, as github.com/transparency-dev/formats prints its key
REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
# the example of c2sp.org/tlog-cosignature, which says "time 1679315147"
EXAMPLE = (
    "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJs"
    "X3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
)


def test_the_hash_of_a_published_witness() -> None:
    found = note.parse_verifier_key(REMORA, note.COSIGNATURE)
    assert found.name == "remora.n621.de"
    assert note.cosignature_hash(*found).hex() == "da77ade7"
    assert note.key_hash(*found).hex() != "da77ade7"
    assert note.verifier_key(found, note.COSIGNATURE) == REMORA


def test_the_line_has_the_form_of_the_specification() -> None:
    for line, name, time in ((LINE, NAME, TIME), (EXAMPLE, "witness.example.com/w1", 1679315147)):
        dash, signer, blob = line.split(" ")
        raw = base64.b64decode(blob)
        assert (dash, signer, len(raw)) == ("\u2014", name, 4 + 8 + 64)
        assert int.from_bytes(raw[4:12], "big") == time
    raw = base64.b64decode(LINE.split(" ")[2])
    assert raw[:4] == note.cosignature_hash(NAME, PUBLIC)
    message = f"cosignature/v1\ntime {TIME}\n".encode() + TEXT.encode()
    Ed25519PublicKey.from_public_bytes(PUBLIC).verify(raw[12:], message)


@given(st.integers(0, 2**63 - 1))
def test_the_time_comes_back(time: int) -> None:
    line = note.cosign(TEXT, NAME, PUBLIC, time, KEY.sign)
    assert note.check_cosignature(line, TEXT, NAME, PUBLIC) == time


@pytest.mark.parametrize("time", [-1, 2**63])
def test_no_other_time_is_signed(time: int) -> None:
    with pytest.raises(ValueError, match="no time"):
        note.cosign(TEXT, NAME, PUBLIC, time, KEY.sign)


def test_a_good_signature_of_no_time_does_not_count() -> None:
    late = 2**63
    blob = note.cosignature_hash(NAME, PUBLIC) + late.to_bytes(8)
    blob += KEY.sign(f"cosignature/v1\ntime {late}\n{TEXT}".encode())
    with pytest.raises(note.BadCosignature):
        note.check_cosignature(f"— {NAME} {base64.b64encode(blob).decode()}", TEXT, NAME, PUBLIC)


@pytest.mark.parametrize(
    ("text", "name"), [("x", NAME), (TEXT, ""), (TEXT, "a b"), (TEXT, "a\x00")]
)
def test_what_would_not_open_is_not_signed(text: str, name: str) -> None:
    with pytest.raises(note.BadNote):
        note.cosign(text, name, PUBLIC, TIME, KEY.sign)


def test_a_cosigned_note_is_still_the_note_of_the_log() -> None:
    log = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public = log.public_key().public_bytes_raw()
    both = f"{note.sign_note(TEXT, 'mingbai/x', public, log.sign)}{LINE}\n"
    assert note.open_note(both, "mingbai/x", public) == TEXT
    with pytest.raises(note.WrongSignature):
        note.open_note(both, NAME, PUBLIC)  # a witness does not sign as a log


@given(st.integers(0, len(LINE.encode()) - 1), st.integers(1, 255))
def test_no_byte_of_a_line_can_be_changed(at: int, flip: int) -> None:
    changed = bytearray(LINE.encode())
    changed[at] ^= flip
    with pytest.raises(note.BadCosignature):
        note.check_cosignature(changed.decode(errors="replace"), TEXT, NAME, PUBLIC)


def test_a_cosignature_is_of_one_witness_over_one_text() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public = other.public_key().public_bytes_raw()
    as_log = note.sign_note(TEXT, NAME, PUBLIC, KEY.sign).rpartition("\n\n")[2][:-1]
    short = note.cosign(TEXT, NAME, PUBLIC, TIME, lambda _: b"short")
    late = base64.b64decode(LINE.split(" ")[2])
    late = late[:4] + b"\xff" * 8 + late[12:]
    wrong = [
        (LINE, TEXT, "other", PUBLIC),
        (LINE, TEXT, NAME, public),
        (LINE, TEXT.replace("\n7\n", "\n8\n"), NAME, PUBLIC),
        (LINE, TEXT.replace("2021-05", "2021-06"), NAME, PUBLIC),
        (note.cosign(TEXT, NAME, PUBLIC, TIME, other.sign), TEXT, NAME, PUBLIC),
        (as_log, TEXT, NAME, PUBLIC),
        (short, TEXT, NAME, PUBLIC),
        (f"\u2014 {NAME} {base64.b64encode(late).decode()}", TEXT, NAME, PUBLIC),
        (f"{LINE}\n", TEXT, NAME, PUBLIC),
        (f"{LINE}\n{LINE}", TEXT, NAME, PUBLIC),
        ("", TEXT, NAME, PUBLIC),
    ]
    for line, text, name, key in wrong:
        with pytest.raises(note.BadCosignature) as found:
            note.check_cosignature(line, text, name, key)
        assert found.value.code == "N004"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+da77ade7",
        REMORA.replace("da77ade7", "da77ade8"),
        REMORA.replace("da77ade7", "DA77ADE7"),
        REMORA.replace("remora", "remara"),
        REMORA.replace("remora.", "remora "),
        REMORA[:-4],
        f"{REMORA}\n",
        note.verifier_key(Verifier("a", PUBLIC), note.ED25519),
        note.verifier_key(Verifier("a", PUBLIC[:31]), note.COSIGNATURE),
    ],
)
def test_a_mistyped_key_is_refused(text: str) -> None:
    with pytest.raises(note.BadVerifierKey):
        note.parse_verifier_key(text, note.COSIGNATURE)


def test_the_key_of_a_log_comes_back() -> None:
    key = Verifier("mingbai/x", PUBLIC)
    assert note.parse_verifier_key(note.verifier_key(key, note.ED25519), note.ED25519) == key
