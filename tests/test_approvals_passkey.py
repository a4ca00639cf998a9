"""What a passkey signs: every refusal for its own reason, and histories that `verify` judges."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from authenticator import Authenticator, b64
from verify_history import Track, Writer, chain, hand, opening, policy, rent, sha, step

from approvals import passkey
from approvals.passkey import EDDSA, ES256, challenge, check
from approvals.verify import verify
from approvals.verify.people import PASSKEY
from approvals.verify.sentences import SENTENCES
from approvals.verify.shapes import check_body
from approvals.verify.verdict import Stop
from reports.auditors import trail

RP = "sandui.example"
ORIGIN = f"https://{RP}"
DATA = b"mingbai/act/v1\n{}"
BOTH = pytest.mark.parametrize("alg", passkey.ALGS)


def device(alg: str = ES256, **more: Any) -> Authenticator:
    return Authenticator(alg, **{"rp": RP, "origin": ORIGIN, **more})


def asked(one: Authenticator, data: bytes = DATA, **bend: Any) -> str | None:
    return check(one.alg, one.public, one.rp, DATA, one.value(challenge(data), **bend))


@BOTH
def test_a_good_assertion(alg: str) -> None:
    assert asked(device(alg)) is None


@BOTH
@pytest.mark.parametrize(
    ("reason", "bend"),
    [
        ("form", {"client": "not json"}),
        ("form", {"client": "[1]"}),
        ("form", {"client": '{"type":"webauthn.get","type":"webauthn.get"}'}),
        ("type", {"said": {"type": "webauthn.create"}}),
        ("challenge", {"data": b"another act"}),
        ("challenge", {"said": {"challenge": challenge(DATA).hex()}}),
        ("origin", {"said": {"origin": "https://evil.example"}}),
        ("origin", {"said": {"origin": f"https://evil{RP}"}}),
        ("origin", {"said": {"origin": f"{ORIGIN}.evil.example"}}),
        ("origin", {"said": {"origin": f"http://{RP}"}}),
        ("origin", {"said": {"origin": "http://localhost:8321"}}),
        ("origin", {"said": {"origin": None}}),
        ("embedded", {"said": {"crossOrigin": True}}),
        ("embedded", {"said": {"crossOrigin": 0}}),
        ("embedded", {"said": {"topOrigin": ORIGIN}}),
        ("rp", {"rp": "localhost"}),
        ("verified", {"flags": 0x01}),
        ("verified", {"flags": 0x04}),
        ("signature", {"signature": bytes(64)}),
    ],
)
def test_each_refusal_has_its_reason(alg: str, reason: str, bend: dict[str, Any]) -> None:
    assert asked(device(alg), **bend) == reason


@pytest.mark.parametrize(
    ("rp", "origin", "good"),
    [
        (RP, f"https://books.{RP}", True),
        (RP, f"{ORIGIN}:8443", True),
        (RP, f"{ORIGIN}/path", False),
        (RP, f"{ORIGIN}:８４４３", False),
        (RP, f"{ORIGIN}\n", False),
        (RP, "https://sanduixexample", False),
        ("localhost", "http://localhost", True),
        ("localhost", "http://localhost:8321", True),
        ("localhost", "https://localhost", False),
        ("localhost", "http://127.0.0.1:8321", False),
        ("localhost", "http://a.localhost", False),
    ],
)
def test_the_pages_of_a_relying_party(rp: str, origin: str, good: bool) -> None:
    assert passkey.fits(origin, rp) is good


def test_ecdsa_is_spelt_in_one_way() -> None:
    one = device()
    parts = one.assertion(challenge(DATA), high=True)
    bent = ".".join(part.hex() for part in parts)
    assert check(one.alg, one.public, RP, DATA, bent) == "spelling"
    low = (*parts[:2], passkey.spelt(ES256, parts[2]))
    assert check(one.alg, one.public, RP, DATA, passkey.Assertion(*low).value()) is None
    longer = low[2] + b"\0"
    with pytest.raises(ValueError):  # noqa: PT011 - what the library says
        passkey.spelt(ES256, longer)
    assert check(one.alg, one.public, RP, DATA, f"{bent.rpartition('.')[0]}.{longer.hex()}") == (
        "signature"
    )


def test_a_browser_may_say_nothing_of_frames() -> None:
    said = {"type": "webauthn.get", "challenge": b64(challenge(DATA)), "origin": ORIGIN}
    assert asked(device(), client=json.dumps(said)) is None


@BOTH
def test_the_key_of_another_signs_nothing(alg: str) -> None:
    one, other = device(alg), device(alg)
    value = other.value(challenge(DATA))
    assert check(alg, one.public, RP, DATA, value) == "signature"


@pytest.mark.parametrize(
    "value", ["", "00.7b7d.00", "AA" * 37 + ".7b7d." + "00" * 64, "0" * 75 + ".7b7d." + "0" * 128]
)
def test_a_value_of_another_form(value: str) -> None:
    one = device()
    assert passkey.read(value) is None
    assert check(one.alg, one.public, RP, DATA, value) == "form"


def test_deep_nesting_is_no_malfunction() -> None:
    assert asked(device(), client="[" * 4000) == "form"


def test_public_keys_that_are_none() -> None:
    for public in (b"", bytes(65), b"\4" + bytes(64), device().public[:64], b"\2" + bytes(32)):
        with pytest.raises(ValueError):  # noqa: PT011 - what the library says
            passkey.public_key(ES256, public)
    with pytest.raises(ValueError):  # noqa: PT011 - what the library says
        passkey.public_key(EDDSA, bytes(31))


# --- the log ---


def enrol(book: Writer, person: str, one: Authenticator, **body: Any) -> None:
    facts = {"person": person, "key": one.key, "alg": one.alg, "public": one.public.hex()}
    facts |= {"method": "passkey", "rp": one.rp, **body}
    book.office("key.enrolled", person, facts)


def sign(
    book: Writer, track: Track, one: Authenticator, item: dict[str, Any] | None = None, **bend: Any
) -> None:
    """Let the reviewer decide by passkey; `item` replaces fields of the signature."""
    value = hand("rev1")._replace(key=one.key)
    before, seq = list(book.lines), len(book.lines)
    leaf = book.sign(track, "reviewer", "rev1", hands=(value,), over={"method": "passkey"})
    statement = json.loads(book.lines[seq])["statement"]
    book.lines, book.leaves = before, book.leaves[:seq]
    text = json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    data = b"mingbai/act/v1\n" + text.encode()
    given = {"alg": one.alg, "key": one.key, "value": one.value(challenge(data), **bend)}
    track.leaves.remove(leaf)
    track.leaves.append(book.append(statement, [{**given, **(item or {})}]))


def begun(one: Authenticator, **body: Any) -> Writer:
    """Return a village whose reviewer must sign by passkey."""
    book = Writer()
    book.found()
    book.enter(opening())
    strict = step("reviewer", "seat", ["reviewer"], 1, method="passkey")
    chains = [chain("receipt", ["receipt"], [strict])]
    book.adopt({**policy(), "chains": chains})
    enrol(book, "rev1", one, **body)
    return book


def judged(book: Writer, folder: Path) -> str:
    verdict = verify(book.write(folder))
    return verdict.fault.code if verdict.fault else "good"


def entered(one: Authenticator, act: Callable[[Writer, Track], None]) -> Writer:
    book = begun(one)
    track = book.submit(rent("2021-05-12", 120_000))
    act(book, track)
    track.advance()
    book.post(track)
    book.on("2021-05-31")
    book.seal("2021-05")
    return book


@BOTH
def test_verify_accepts_a_month_signed_by_passkey(alg: str, tmp_path: Path) -> None:
    one = device(alg)
    assert judged(entered(one, lambda book, track: sign(book, track, one)), tmp_path) == "good"


BENT: list[tuple[str, dict[str, Any]]] = [
    ("Y04Q", {"client": "[1]"}),
    ("Y04R", {"said": {"type": "webauthn.create"}}),
    ("Y04S", {"said": {"challenge": "AAAA"}}),
    ("Y04T", {"said": {"origin": "https://evil.example"}}),
    ("Y04U", {"said": {"crossOrigin": True}}),
    ("Y04V", {"rp": "evil.example"}),
    ("Y04W", {"flags": 0x01}),
    ("Y04Y", {"signature": Authenticator().raw(b"another")}),
    ("Y015", {"item": {"alg": "webauthn-rs256"}}),
    ("Y015", {"item": {"value": "00" * 64}}),
    ("Y04P", {"item": {"alg": EDDSA}}),
    ("Y04P", {"item": {"alg": "ed25519", "value": "00" * 64}}),
]


@pytest.mark.parametrize(
    ("code", "bend"), BENT, ids=[f"{code}-{n}" for n, (code, _) in enumerate(BENT)]
)
def test_verify_refuses_each_bent_sign_off(code: str, bend: dict[str, Any], tmp_path: Path) -> None:
    one = device()
    if "signature" in bend:
        bend = {"signature": passkey.spelt(ES256, bend["signature"])}
    assert (
        judged(entered(one, lambda book, track: sign(book, track, one, **bend)), tmp_path) == code
    )


def test_verify_refuses_the_high_s(tmp_path: Path) -> None:
    one = device()

    def act(book: Writer, track: Track) -> None:
        sign(book, track, one)
        line = json.loads(book.lines[-1])
        given = line["signatures"][0]
        found = passkey.read(given["value"])
        assert found
        r, s = passkey.decode_dss_signature(found.signature)
        high = passkey.encode_dss_signature(r, passkey.ORDER - s)
        given["value"] = found._replace(signature=high).value()
        book.lines.pop()
        book.leaves.pop()
        track.leaves[:] = [book.append(line["statement"], line["signatures"])]

    assert judged(entered(one, act), tmp_path) == "Y04X"


def test_a_sign_off_by_passkey_serves_no_other_act(tmp_path: Path) -> None:
    one = device()

    def act(book: Writer, track: Track) -> None:
        sign(book, track, one)
        line = json.loads(book.lines.pop())
        book.leaves.pop()
        statement = {**line["statement"], "nonce": sha(b"another")[:32]}
        track.leaves[:] = [book.append(statement, line["signatures"])]

    assert judged(entered(one, act), tmp_path) == "Y04S"


def test_a_revoked_passkey_and_a_pin_where_a_passkey_is_due(tmp_path: Path) -> None:
    one = device()

    def revoked(book: Writer, track: Track) -> None:
        body = {"person": "rev1", "key": one.key, "reason": "遗失"}
        book.office("key.revoked", "rev1", body)
        sign(book, track, one)

    assert judged(entered(one, revoked), tmp_path / "a") == "Y043"
    by_pin = entered(one, lambda book, track: book.sign(track, "reviewer", "rev1") and None)
    assert judged(by_pin, tmp_path / "b") == "Y071"


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("Y019", {"rp": "Sandui.example"}),
        ("Y019", {"rp": "https://sandui.example"}),
        ("Y019", {"rp": ""}),
        ("Y019", {"method": "pin"}),
        ("Y019", {"public": "00" * 32}),
        ("Y019", {"alg": "ed25519"}),
        ("Y030", {"key": "0" * 16}),
    ],
)
def test_enrolments_that_are_none(code: str, body: dict[str, Any], tmp_path: Path) -> None:
    assert judged(begun(device(), **body), tmp_path) == code


def test_a_public_key_off_the_curve(tmp_path: Path) -> None:
    public = b"\4" + bytes(64)
    key = sha(b"mingbai/key/v1\n" + ES256.encode() + b"\n" + public)[:16]
    assert judged(begun(device(), public=public.hex(), key=key), tmp_path) == "Y03P"


def test_a_pin_key_never_counts_as_a_passkey() -> None:
    key = hand("rev1")
    body = {"person": "rev1", "key": key.key, "alg": "ed25519", "public": key.public.hex()}
    check_body("key.enrolled", "rev1", {**body, "method": "pin"})
    for more in (
        {"method": "passkey"},
        {"method": "passkey", "rp": RP},
        {"method": "pin", "rp": RP},
    ):
        with pytest.raises(Stop, match="Y019"):
            check_body("key.enrolled", "rev1", {**body, **more})


def test_every_reason_has_a_sentence() -> None:
    assert len(set(PASSKEY.values())) == len(PASSKEY) == 9
    assert all(code in SENTENCES for code in PASSKEY.values())


@BOTH
def test_the_auditors_page_judges_a_passkey_by_the_same_arithmetic(alg: str) -> None:
    one = device(alg)
    book = entered(one, lambda book, track: sign(book, track, one))
    line = next(line for line in book.lines if one.alg.encode() in line and b"case.signed" in line)
    keys = {one.key: trail.Key("rev1", one.public.hex(), one.alg, one.rp)}
    assert trail.check(line, keys) == trail.GOOD
    other = {one.key: keys[one.key]._replace(rp="evil.example")}
    assert trail.check(line, other) == trail.BAD
