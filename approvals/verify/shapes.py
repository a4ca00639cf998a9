"""The form of every statement: fields, types, and what the subject must be (docs/FORMATS.md)."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from approvals import passkey
from approvals.verify.verdict import Stop

FORMAT = 1
LAST_DAY = 28  # every month has it
AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
PERIOD = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
QUARTER = re.compile(r"\d{4}-Q[1-4]", re.ASCII)
DIM = re.compile(r"[a-z][a-z0-9]{0,15}")
HEX16 = re.compile(r"[0-9a-f]{16}")
HEX32 = re.compile(r"[0-9a-f]{32}")
HEX64 = re.compile(r"[0-9a-f]{64}")
HEX128 = re.compile(r"[0-9a-f]{128}")
POINT = re.compile(r"04[0-9a-f]{128}")
LINE = {"seq", "signatures", "statement"}
STATEMENT = {
    "format", "village", "kind", "at", "person", "seat", "method", "nonce", "subject", "body",
}  # fmt: skip
TEXTS = STATEMENT - {"format", "body"}
SIGNATURE = {"alg", "key", "value"}
PERSONAL = {"voucher.submitted", "case.signed", "meeting.closed", "voucher.posted"}

Check = Callable[[Any], bool]


def text(value: object) -> bool:
    """Tell whether this is text."""
    return type(value) is str


def word(value: object) -> bool:
    """Tell whether this is text that is not empty."""
    return type(value) is str and value != ""


def count(value: object) -> bool:
    """Tell whether this is a whole number from 0."""
    return type(value) is int and value >= 0


def positive(value: object) -> bool:
    """Tell whether this is a whole number from 1."""
    return type(value) is int and value >= 1


def whole(value: object) -> bool:
    """Tell whether this is a whole number."""
    return type(value) is int


def flag(value: object) -> bool:
    """Tell whether this is true or false."""
    return type(value) is bool


def matches(pattern: re.Pattern[str]) -> Check:
    """Return the check that a value is text of a pattern."""
    return lambda value: type(value) is str and pattern.fullmatch(value) is not None


def day(value: object) -> bool:
    """Tell whether this is a calendar day, `2021-05-03`."""
    if type(value) is not str or not DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def one_of(*choices: str) -> Check:
    """Return the check that a value is one of some words."""
    return lambda value: type(value) is str and value in choices


def either(*checks: Check) -> Check:
    """Return the check that a value passes one of several."""
    return lambda value: any(check(value) for check in checks)


def listing(check: Check) -> Check:
    """Return the check that a value is a list of what passes."""
    return lambda value: type(value) is list and all(check(item) for item in value)


def some(check: Check) -> Check:
    """Return the check that a list passes another check and is not empty."""
    return lambda value: check(value) and bool(value)


def record(**fields: Check) -> Check:
    """Return the check that a value has exactly these fields, each passing its check."""

    def good(value: Any) -> bool:  # noqa: ANN401 - any JSON value
        return (
            type(value) is dict
            and value.keys() == fields.keys()
            and all(check(value[name]) for name, check in fields.items())
        )

    return good


def with_optional(fields: dict[str, Check], **optional: Check) -> Check:
    """Return the check that a value has these fields, and of the optional ones those it likes."""

    def good(value: Any) -> bool:  # noqa: ANN401 - any JSON value
        if type(value) is not dict:
            return False
        used = {name: check for name, check in optional.items() if name in value}
        return record(**fields, **used)(value)

    return good


def later(**fields: Check) -> Check:
    """Return the check of an act of two hands, whose second may have signed later (`second`)."""
    second = record(began=matches(AT), method=one_of("paper", "pin", "passkey"))
    return with_optional(fields, second=second)


def empty(value: object) -> bool:
    """Tell whether this is the empty text."""
    return value == "" and type(value) is str


def null(value: object) -> bool:
    """Tell whether this is null."""
    return value is None


KEY = matches(HEX16)
HASH = matches(HEX64)
MONTH = matches(PERIOD)
ALG = one_of("ed25519")
PASSKEY: dict[str, Check] = {
    "person": word,
    "key": KEY,
    "method": one_of(passkey.METHOD),
    "rp": matches(passkey.RP),
}
RATIO: Check = lambda v: (  # noqa: E731 - a check like its neighbours
    type(v) is list and len(v) == 2 and count(v[0]) and positive(v[1])  # noqa: PLR2004
)

PAPER: dict[str, Check] = {"digest": HASH, "title": text, "number": text}
PAPER_KIND = one_of(
    "invoice", "receipt", "bank", "contract", "minutes", "roll", "acceptance", "photo"
)
PAPERS = listing(either(record(**PAPER), record(kind=PAPER_KIND, **PAPER)))
DIMS = some(listing(record(code=matches(DIM), title=word, value=word, name=text)))
LEG = with_optional({"account": text, "fen": whole, "summary": text}, dims=DIMS)
VOUCHER = record(
    village=text,
    kind=one_of("receipt", "payment", "transfer", "opening"),
    day=day,
    summary=text,
    purpose=text,
    handler=text,
    payee=either(null, record(name=text, account=text, bank=text)),
    legs=listing(LEG),
    papers=PAPERS,
    sheets=count,
    bank_line=text,
    reverses=text,
    corrects=text,
    resolution=text,
    fund=text,
)
STEP_FIELDS: dict[str, Check] = {
    "id": word,
    "title": text,
    "turn": whole,
    "kind": one_of("seat", "some", "meeting"),
    "seats": listing(word),
    "deputies": listing(word),
    "need": RATIO,
    "skip_if_vacant": flag,
    "method": one_of("paper", "pin", "passkey"),
    "recorders": listing(word),
    "present": RATIO,
    "favour": RATIO,
    "base": one_of("present", "all"),
    "strict": flag,
    "roster_least": count,
}
STEP = either(record(**STEP_FIELDS), record(due_days=positive, **STEP_FIELDS))
CHAIN_FIELDS: dict[str, Check] = {
    "id": word,
    "title": text,
    "kinds": listing(word),
    "purposes": listing(word),
    "from_fen": count,
    "below_fen": either(null, count),
    "paper_most": count,
    "steps": listing(STEP),
    "pay": flag,
}
CHAIN = with_optional(
    CHAIN_FIELDS,
    papers=listing(some(listing(PAPER_KIND))),
    notice=lambda value: positive(value) and value <= LAST_DAY,
)
FUND = record(
    name=word,
    account=word,
    purposes=some(listing(word)),
    rule=word,
    since=day,
    each_fen=count,
    unit=text,
)
POLICY = with_optional(
    {"id": word, "title": text, "chains": listing(CHAIN)},
    adopt=some(listing(word)),
    funds=some(listing(FUND)),
)
REGISTER: dict[str, Check] = {
    "as_of": day,
    "digest": HASH,
    "households": count,
    "shares": lambda _: True,
}
CHANGES = record(first=positive, last=positive, root=HASH)
GRANTED = record(first=positive, last=positive, root=HASH, digest=HASH)
FROZEN: dict[str, Check] = {
    "year": lambda v: positive(v) or word(v),
    "surplus": whole,
    "reserve": whole,
    "members": whole,
    "other": whole,
    "allotment": HASH,
}
WALK = record(plan=HASH, opened=day, meeting=day, resolution=word, register=HASH, losses=count)
BODIES: dict[str, Check] = {
    "log.opened": record(
        name=word,
        township=text,
        chart=one_of("2023"),
        opened=day,
        registrar=record(key=KEY, alg=ALG, public=HASH),
    ),
    "person.enrolled": record(person=word, name=word, household=text),
    "key.enrolled": either(
        record(person=word, key=KEY, alg=ALG, public=HASH, method=one_of("paper", "pin")),
        record(alg=one_of(passkey.ES256), public=matches(POINT), **PASSKEY),
        record(alg=one_of(passkey.EDDSA), public=HASH, **PASSKEY),
    ),
    "key.revoked": record(person=word, key=KEY, reason=text),
    "seat.taken": record(
        **{"seat": word, "person": word, "from": day, "until": day},
    ),
    "seat.left": record(seat=word, person=word, reason=text),
    "kin.declared": record(person=word, name=word, relation=text),
    "delegation.given": record(
        **{
            "seat": word,
            "to": word,
            "from": day,
            "until": day,
            "chains": listing(word),
            "reason": text,
        }
    ),
    "delegation.ended": record(seat=word, giver=word, to=word, reason=text),
    "server.keyed": record(key=KEY, alg=ALG, public=HASH),
    "witnesses.set": record(
        witnesses=listing(record(name=word, public=HASH)), quorum=positive, faulty=count
    ),
    "registrar.changed": record(
        key=KEY, alg=ALG, public=HASH, previous=KEY, root=HASH, reason=word
    ),
    "registrar.replaced": record(
        key=KEY,
        alg=ALG,
        public=HASH,
        previous=KEY,
        root=HASH,
        reason=word,
        period=MONTH,
        endorsed=listing(record(witness=word, value=matches(HEX128))),
    ),
    "policy.adopted": record(policy=POLICY, digest=HASH),
    "account.opened": record(code=word, name=word),
    "voucher.submitted": record(
        revision=positive,
        voucher=VOUCHER,
        digest=HASH,
        policy=HASH,
        chain=word,
        skips=listing(record(step=word, rule=one_of("vacant"))),
        head=HASH,
    ),
    "reads.digested": record(first=positive, last=positive, root=HASH),
    "papers.added": record(digest=HASH, papers=some(PAPERS), reason=word),
    "case.signed": record(
        revision=positive,
        digest=HASH,
        step=word,
        head=HASH,
        decision=one_of("approve", "return", "recuse"),
        opinion=text,
        shown=word,
        **{"for": text},
    ),
    "paper.signed": later(
        revision=positive,
        digest=HASH,
        step=word,
        head=HASH,
        signer=word,
        signer_seat=word,
        scan=HASH,
        day=day,
        confirmer=word,
        confirmer_seat=word,
    ),
    "meeting.opened": record(
        revision=positive, digest=HASH, step=word, head=HASH, day=day, place=text
    ),
    "meeting.closed": later(
        revision=positive,
        digest=HASH,
        step=word,
        head=HASH,
        day=day,
        roster=count,
        present=count,
        favour=count,
        against=count,
        recorder=word,
        recorder_seat=word,
        minutes=either(empty, HASH),
    ),
    "case.withdrawn": record(revision=positive, reason=text),
    "payment.made": record(revision=positive, digest=HASH, head=HASH, bank_line=text),
    "voucher.posted": record(
        **{
            "revision": positive,
            "digest": HASH,
            "head": HASH,
            "year": positive,
            "class": word,
            "no": positive,
            "period": MONTH,
        }
    ),
    "month.sealed": record(
        period=MONTH,
        size=positive,
        root=HASH,
        balances=HASH,
        note=listing(text),
        previous=either(empty, HASH),
    ),
    "seal.cosigned": record(period=MONTH, witness=word, line=word),
    "sheet.published": record(period=MONTH, sheet=HASH, posted=day, until=day),
    "boards.set": record(boards=some(listing(record(id=word, name=word)))),
    "sheet.posted": record(period=MONTH, sheet=HASH, board=word, day=day, photo=HASH),
    "sheet.taken_down": record(period=MONTH, board=word, day=day),
    "question.asked": record(question=word, period=MONTH, line=text, text=word, asked=day),
    "question.answered": record(question=word, text=word, correction=text),
    "audit.marked": record(quarter=matches(QUARTER), opinion=text, findings=lambda _: True),
    "register.adopted": either(record(**REGISTER), record(changes=CHANGES, **REGISTER)),
    "distribution.frozen": either(
        record(**FROZEN),
        record(walk=WALK, **FROZEN),
        record(walk=WALK, granted=GRANTED, **FROZEN),
    ),
}
SUBJECTS: dict[str, Callable[[Any], object]] = {
    "log.opened": lambda _: "",
    "person.enrolled": lambda body: body["person"],
    "key.enrolled": lambda body: body["person"],
    "key.revoked": lambda body: body["person"],
    "seat.taken": lambda body: body["seat"],
    "seat.left": lambda body: body["seat"],
    "kin.declared": lambda body: body["person"],
    "delegation.given": lambda body: body["seat"],
    "delegation.ended": lambda body: body["seat"],
    "registrar.changed": lambda body: body["key"],
    "registrar.replaced": lambda body: body["key"],
    "server.keyed": lambda body: body["key"],
    "witnesses.set": lambda _: "witnesses",
    "seal.cosigned": lambda body: body["period"],
    "policy.adopted": lambda body: body["policy"]["id"],
    "account.opened": lambda body: body["code"],
    "month.sealed": lambda body: body["period"],
    "sheet.published": lambda body: body["period"],
    "boards.set": lambda _: "boards",
    "sheet.posted": lambda body: body["period"],
    "sheet.taken_down": lambda body: body["period"],
    "question.asked": lambda body: body["question"],
    "question.answered": lambda body: body["question"],
    "audit.marked": lambda body: body["quarter"],
    "register.adopted": lambda body: body["as_of"],
    "distribution.frozen": lambda body: str(body["year"]),
}


def newer(value: object) -> bool:
    """Tell whether a format is of a later version than this program knows."""
    return type(value) is int and value > FORMAT


def check_envelope(value: Any) -> None:  # noqa: ANN401 - any JSON value
    """Refuse a line that has not the fields of an event line.

    Raises:
        Stop: Y015, Y01A.
    """
    inner = value.get("statement") if type(value) is dict else None
    if type(inner) is dict and newer(inner.get("format")):
        raise Stop("Y01A", format=inner["format"], known=FORMAT)
    if type(value) is not dict or value.keys() != LINE or type(value["seq"]) is not int:
        raise Stop("Y015")
    statement, signatures = value["statement"], value["signatures"]
    if type(statement) is not dict or statement.keys() != STATEMENT or statement["format"] != 1:
        raise Stop("Y015")
    if type(statement["format"]) is not int or type(statement["body"]) is not dict:
        raise Stop("Y015")
    if not all(type(statement[name]) is str for name in TEXTS):
        raise Stop("Y015")
    if type(signatures) is not list or not all(_is_signature(item) for item in signatures):
        raise Stop("Y015")


def _is_signature(item: object) -> bool:
    return (
        type(item) is dict
        and item.keys() == SIGNATURE
        and type(item["key"]) is str
        and type(item["value"]) is str
        and (
            HEX128.fullmatch(item["value"]) is not None
            if item["alg"] == "ed25519"
            else item["alg"] in passkey.ALGS and passkey.read(item["value"]) is not None
        )
    )


def check_at(at: str) -> None:
    """Refuse a time that is not ISO 8601 with seconds and offset.

    Raises:
        Stop: Y016.
    """
    if not AT.fullmatch(at):
        raise Stop("Y016", at=at)
    try:
        datetime.fromisoformat(at)
    except ValueError as fault:
        raise Stop("Y016", at=at) from fault


def check_nonce(nonce: str) -> None:
    """Refuse a nonce that is not 32 hex digits.

    Raises:
        Stop: Y017.
    """
    if not HEX32.fullmatch(nonce):
        raise Stop("Y017")


def check_body(kind: str, subject: str, body: dict[str, Any]) -> None:
    """Refuse a statement whose kind is unknown or whose body or subject is not that of its kind.

    Raises:
        Stop: Y018, Y019, Y020.
    """
    check = BODIES.get(kind)
    if check is None:
        raise Stop("Y018", kind=kind)
    if not check(body):
        raise Stop("Y019", kind=kind)
    expected = SUBJECTS.get(kind)
    if not (subject if expected is None else subject == expected(body)):
        raise Stop("Y020", kind=kind, subject=subject)
