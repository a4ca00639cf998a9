"""The page of an entry: who signed, when, how, and where it stands under the seal."""

import json
import re
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import audit_village
import pytest
from audit_village import CODE, OTHER, SLUG, Visitor
from hypothesis import given
from hypothesis import strategies as st

from approvals.cases import Mark
from ledger import canonical, tree
from reports.auditors import events, trail
from reports.auditors.events import Log, levels, path_of
from reports.auditors.trail import BAD, GOOD, UNKNOWN, Trail

EVENTS = "2021/2021-01.events.jsonl"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "books"
    audit_village.build(root)
    return root


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made / CODE, tmp_path / CODE)
    return tmp_path / CODE


@pytest.fixture(scope="module")
def cases(made: Path) -> dict[str, str]:
    """The cases of the village by their numbers."""
    text = "".join(path.read_text() for path in sorted(made.glob("*/2021/2021-0*.beancount")))
    found = re.findall(r'  number: "([^"]+)"\n  case: "([^"]+)"', text)
    return dict(found)


def lines_of(folder: Path, name: str = EVENTS) -> list[bytes]:
    return (folder / name).read_bytes().splitlines()


def rewrite(folder: Path, change: Any, name: str = EVENTS) -> None:
    """Write an events file with each statement changed in place, its signature left alone."""
    changed = []
    for line in lines_of(folder, name):
        value = json.loads(line)
        change(value["statement"])
        changed.append(canonical.encode(value))
    (folder / name).write_bytes(b"\n".join(changed) + b"\n")


def page(folder: Path, case: str, **more: Any) -> str:
    visitor = Visitor(audit_village.mounted(folder.parent, frozenset({CODE}), **more))
    answer = visitor.ask(f"/entry/{CODE}/{case}")
    assert answer.status_code == 200
    return answer.text


def test_the_page_tells_who_signed_what_when_and_how(made: Path, cases: dict[str, str]) -> None:
    text = page(made / CODE, cases["2021-付-0001"])
    found = trail.read(made / CODE, CODE, cases["2021-付-0001"])
    assert found is not None
    assert found.marks[0].title == "制单"
    assert [mark.title for mark in found.marks][-2:] == ["出纳付款", "记账"]
    for mark in found.marks:
        assert mark.name in text
        assert mark.seat in text
        assert mark.at[:16].replace("T", " ") in text
    assert {line.verdict for line in found.lines} == {GOOD}
    assert text.count("口令签字") == len(found.marks)
    assert "应到 25 人，实到 21 人，赞成 19 票，反对 1 票" in text
    assert "514 公益支出" in text
    assert "102.01 基本户" in text
    assert "3,456.78 元" in text
    assert "发票" in text
    assert "04433112" in text
    assert sha256("发票甲".encode()).hexdigest() in text
    assert "✓ 与凭证内容相符" in text
    assert '<html lang="zh-CN">' in text
    assert "<script" not in text
    assert "style=" not in text
    assert f'href="/audit/{SLUG}/"' in text


def test_raw_lines_leaves_and_proofs_can_be_checked_by_hand(
    made: Path, cases: dict[str, str]
) -> None:
    found = trail.read(made / CODE, CODE, cases["2021-收-0001"])
    assert found is not None
    leaves = [sha256(b"\0" + line).digest() for line in lines_of(made / CODE)]
    seal = (made / CODE / "2021/2021-01.seal").read_text().splitlines()
    for line in found.lines:
        assert lines_of(made / CODE, line.file)[line.number - 1].decode() == line.text
        assert sha256(b"\0" + line.text.encode()).hexdigest() == line.leaf
        assert line.proof is not None
        assert line.proof.size == int(seal[1])
        assert line.proof.good
        proof = [bytes.fromhex(node) for node in line.proof.path]
        assert proof == tree.inclusion_proof(leaves[: line.proof.size], line.seq)
    text = page(made / CODE, cases["2021-收-0001"])
    assert text.count("✓ 在封存的根之下") == len(found.lines)
    assert "2021年1月，共" in text


def test_after_the_seal_there_is_no_place_yet(made: Path, cases: dict[str, str]) -> None:
    text = page(made / CODE, cases["2021-付-0002"])
    assert "尚未封存" in text
    assert "在封存的根之下" not in text
    assert "修&lt;b&gt;排水沟" in text
    assert "没有电子单据。纸质附单据 2 张" in text


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.data())
def test_paths_by_level_are_those_of_the_tree(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    rows = levels(leaves)
    assert rows[-1] == [tree.root(leaves)]
    assert path_of(rows, index) == tree.inclusion_proof(leaves, index)


def test_a_changed_statement_is_seen(folder: Path, cases: dict[str, str]) -> None:
    case = cases["2021-付-0001"]

    def dearer(statement: dict[str, Any]) -> None:
        if statement["subject"] == case and statement["kind"] == "voucher.submitted":
            statement["body"]["voucher"]["legs"][0]["fen"] = 999_999
            statement["body"]["voucher"]["legs"][1]["fen"] = -999_999

    rewrite(folder, dearer)
    found = trail.read(folder, CODE, case)
    assert found is not None
    assert found.lines[0].verdict == BAD
    assert {line.verdict for line in found.lines[1:]} == {GOOD}
    assert not any(line.proof.good for line in found.lines if line.proof)
    text = page(folder, case)
    assert "✗ 与凭证内容不符" in text
    assert "✗ 无效" in text
    assert "✗ 与封存的根不符" in text


def test_somebody_elses_signature_is_none(folder: Path, cases: dict[str, str]) -> None:
    case = cases["2021-付-0001"]

    def another(statement: dict[str, Any]) -> None:
        if statement["subject"] == case and statement["kind"] == "case.signed":
            statement["person"] = "head1"

    rewrite(folder, another)
    found = trail.read(folder, CODE, case)
    assert found is not None
    assert BAD in {line.verdict for line in found.lines}


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"statement":3}',
        b'{"statement":{"person":"a"},"signatures":[]}',
    ],
)
def test_what_cannot_be_read_cannot_be_verified(line: bytes) -> None:
    assert trail.check(line, {}) in {BAD, UNKNOWN}
    assert events.statement_of(line) in ({}, {"person": "a"})


@pytest.mark.parametrize(
    "damage", ["chain", "voucher", "number", "people", "accounts", "seal", "keys"]
)
def test_damage_is_shown_not_hidden(folder: Path, cases: dict[str, str], damage: str) -> None:
    """A log that no fold can follow still shows its lines and their hashes."""
    case = cases["2021-付-0001"]

    def hurt(statement: dict[str, Any]) -> None:
        body, kind, mine = statement["body"], statement["kind"], statement["subject"] == case
        if damage == "chain" and mine and kind == "voucher.submitted":
            body["chain"] = "nowhere"
        if damage == "voucher" and mine and kind == "voucher.submitted":
            del body["voucher"]["day"]
        if damage == "number" and mine and kind == "voucher.posted":
            body["class"] = "other"
        if damage == "people" and kind == "seat.taken":
            body["from"] = "never"
        if damage == "accounts" and kind == "account.opened":
            body["code"] = "999.99"
        if damage == "seal" and kind == "month.sealed":
            body["size"], body["root"] = "many", "none"
        if damage == "keys" and kind == "key.enrolled":
            body["public"] = "zz"

    rewrite(folder, hurt)
    found = trail.read(folder, CODE, case)
    assert found is not None
    text = page(folder, case)
    for line in found.lines:
        assert line.leaf in text
    assert len(found.marks) == len(found.lines)
    expected = {
        "chain": BAD in {line.verdict for line in found.lines},
        "voucher": found.voucher is None and "未记账" not in text,
        "number": found.number == "",
        "people": found.marks[0].name == "book1",
        "accounts": "102.01 基本户" not in text,
        "seal": all(line.proof is None for line in found.lines),
        "keys": {line.verdict for line in found.lines} == {UNKNOWN},
    }
    assert expected[damage]


@pytest.mark.parametrize("damage", ["voucher", "class", "body"])
def test_the_list_of_a_year_shows_what_it_can_read(folder: Path, damage: str) -> None:
    def hurt(statement: dict[str, Any]) -> None:
        kind = statement["kind"]
        if damage == "voucher" and kind == "voucher.submitted":
            del statement["body"]["voucher"]["day"]
        if damage == "class" and kind == "voucher.posted":
            statement["body"]["class"] = "other"
        if damage == "body" and kind == "voucher.submitted":
            statement["body"] = []

    rewrite(folder, hurt)
    visitor = Visitor(audit_village.mounted(folder.parent, frozenset({CODE})))
    answer = visitor.ask(f"/entries/{CODE}/2021")
    assert answer.status_code == 200
    assert answer.text.count(f"/entry/{CODE}/") == 4
    assert ("2021-付-0001" in answer.text) == (damage != "class")
    assert ("修田间路" in answer.text) == (damage == "class")


def test_a_root_that_is_no_hash_proves_nothing(folder: Path, cases: dict[str, str]) -> None:
    def hurt(statement: dict[str, Any]) -> None:
        if statement["kind"] == "month.sealed":
            statement["body"]["root"] = "zz"

    rewrite(folder, hurt)
    found = trail.read(folder, CODE, cases["2021-收-0001"])
    assert found is not None
    assert not any(line.proof.good for line in found.lines if line.proof)


def test_a_torn_line_does_not_hide_the_others(folder: Path, cases: dict[str, str]) -> None:
    path = folder / EVENTS
    path.write_bytes(path.read_bytes()[:-40])
    assert trail.read(folder, CODE, cases["2021-付-0001"]) is not None
    assert events.part(path).leaves


@pytest.mark.parametrize("case", ["", "nothing", CODE, "2021-01"])
def test_what_is_no_case_is_missing(made: Path, case: str) -> None:
    assert trail.read(made / CODE, CODE, case) is None
    visitor = Visitor(audit_village.mounted(made, frozenset({CODE})))
    assert visitor.ask(f"/entry/{CODE}/{case}").status_code == 404


def test_a_trail_may_come_from_the_application(made: Path, cases: dict[str, str]) -> None:
    asked: list[tuple[str, str]] = []
    mark = Mark(1, "制单", "x", "另一人", "代理会计", "2021-01-08T09:00:00+08:00", "pin", "", "", 7)
    line = trail.Line(7, "x", 1, "{}", "00", "voucher.submitted", GOOD, None)

    def give(village: str, case: str) -> Trail | None:
        asked.append((village, case))
        known = trail.read(made / CODE, CODE, cases["2021-付-0001"])
        assert known is not None
        return known._replace(marks=(mark,), lines=(line,)) if case == "a/b" else None

    assert "另一人" in page(made / CODE, "a/b", trail=give)
    visitor = Visitor(audit_village.mounted(made, frozenset({CODE}), trail=give))
    assert visitor.ask(f"/entry/{CODE}/none").status_code == 404
    assert visitor.ask(f"/entry/{OTHER}/a%2Fb").status_code == 404
    assert asked == [(CODE, "a/b"), (CODE, "none")]


def test_parts_are_read_once_and_given_up_in_turn(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Log(folder), Log(folder)
    assert all(one is two for one, two in zip(first.parts, second.parts, strict=True))
    rewrite(folder, lambda statement: statement.update(at="2022"))
    third = Log(folder)
    assert third.parts[0] != first.parts[0]
    assert third.parts[1] is first.parts[1]
    monkeypatch.setattr(events, "KEPT", 1)
    rewrite(folder, lambda statement: statement.update(at="2023"))
    Log(folder)
    assert len(events._kept) == 1


def test_a_line_that_went_away_is_left_out(folder: Path, cases: dict[str, str]) -> None:
    log = Log(folder)
    (folder / EVENTS).write_bytes(b"{}\n")
    assert log.about(cases["2021-收-0001"]) == []
