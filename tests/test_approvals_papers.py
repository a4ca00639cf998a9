"""Kinds of papers that a policy asks for, and papers that come later."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sample import VILLAGE, Village, hand, paper, payment
from test_approvals_verify_hands import judged
from verify_history import Track, Writer, policy, small
from verify_history import payment as paying

from approvals import acts, adopting, submission
from approvals import policy as policies
from approvals.cases import standing_of, trail
from approvals.rules import Finished
from approvals.standing import Standing
from approvals.verify import verify
from ledger.book import files
from ledger.posted import store as posted
from ledger.rebuild import rebuild
from ledger.voucher import BadVoucher, Paper, Voucher, from_body

DAY = date(2021, 1, 12)
ASKED = [["invoice", "receipt"], ["contract"]]


def kept(text: str, kind: str = "", number: str = "") -> Paper:
    return paper(text, number)._replace(kind=kind)


@pytest.fixture
def strict(village: Village) -> Village:
    """A village whose payments of upkeep need an invoice or receipt, and a contract."""
    text = policies.shipped("lizhou")
    chains = [
        {**one, "papers": ASKED} if "payment" in one["kinds"] else one for one in text["chains"]
    ]
    with village.engine.begin() as conn:
        adopted = {**text, "chains": chains}
        adopting.adopt_policy(conn, hand("registrar"), village.desk(), adopted)
    return village


def test_a_voucher_without_kinds_keeps_its_digest() -> None:
    voucher = payment(DAY, 100, papers=(kept("a"),))
    assert "kind" not in voucher.body()["papers"][0]
    assert from_body(voucher.body()) == voucher
    told = replace(voucher, papers=(kept("a", "invoice"),))
    assert told.digest() != voucher.digest()
    assert from_body(told.body()) == told
    # One spelling only: an empty kind is not written.
    body = voucher.body()
    body["papers"][0]["kind"] = ""
    with pytest.raises(BadVoucher):
        from_body(body)


@pytest.mark.parametrize(
    ("kinds", "missing"),
    [
        ((), "发票或收据、合同"),
        (("",), "发票或收据、合同"),
        (("invoice",), "合同"),
        (("contract", "photo"), "发票或收据"),
    ],
)
def test_what_the_chain_asks_for_is_said(
    strict: Village, kinds: tuple[str, ...], missing: str
) -> None:
    papers = tuple(kept(f"p{n}", kind) for n, kind in enumerate(kinds))
    with pytest.raises(submission.PapersMissing) as refused:
        strict.submit(payment(DAY, 5_000, papers=papers))
    assert f"要求附上{missing}，" in refused.value.sentence()


def test_with_its_papers_it_walks(strict: Village) -> None:
    papers = (kept("收条", "receipt"), kept("合同", "contract"))
    assert strict.submit(payment(DAY, 5_000, papers=papers)).state == "signing"


def test_a_kind_that_does_not_exist_is_refused(village: Village) -> None:
    with pytest.raises(BadVoucher, match="letter"):
        village.submit(payment(DAY, 5_000, papers=(kept("信", "letter"),)))


@pytest.mark.parametrize("group", [[], ["letter"], ["invoice", ""]])
def test_a_policy_asks_for_kinds_that_exist(group: list[str]) -> None:
    text = f"""
id = "x"
title = "试"
[step.one]
title = "一"
kind = "seat"
seats = ["secretary"]
[[chain]]
id = "c"
title = "链"
kinds = ["payment"]
turns = [["one"]]
papers = {[group]!r}
"""
    with pytest.raises(policies.BadPolicy, match="单据种类"):
        policies.parse(text)
    good = policies.parse(text.replace(repr([group]), '[["invoice", "photo"]]'))
    assert good["chains"][0]["papers"] == [["invoice", "photo"]]


def add(
    village: Village, case: str, *papers: Paper, who: str = "book1", why: str = "补"
) -> Standing:
    with village.engine.begin() as conn:
        return submission.add_papers(conn, hand(who), village.desk(), case, papers, why)


def test_papers_are_added_under_way_and_after_posting(village: Village) -> None:
    before = village.submit(payment(DAY, 5_000))
    after = add(village, before.case, kept("验收单", "acceptance"), why="验收在后")
    assert after == replace(before, added=(kept("验收单", "acceptance"),))
    village.clear(after)
    done = village.post(payment(DAY, 6_000))
    add(village, done.case, kept("照片", "photo", "P1"), why="补拍")
    with village.engine.connect() as conn:
        mark = trail(conn, VILLAGE, done.case)[-1]
        assert (mark.title, mark.person, mark.revision) == ("补充附件", "book1", 1)
        assert mark.opinion == "发票 P1（补拍）"
        assert standing_of(conn, VILLAGE, done.case).state == "posted"


def test_added_papers_are_used_once_and_stay_through_an_amendment(village: Village) -> None:
    late = kept("验收单", "acceptance", "Y-1")
    first = village.submit(payment(DAY, 5_000))
    add(village, first.case, late)
    add(village, first.case, late)  # twice is no harm
    with pytest.raises(submission.PaperUsed):
        village.submit(payment(DAY, 7_000, papers=(late,)))
    village.submit(payment(DAY, 5_500), case=first.case)
    with pytest.raises(submission.PaperUsed):
        village.submit(payment(DAY, 7_000, papers=(late,)))
    with village.engine.begin() as conn:
        rebuild(conn, VILLAGE)
        assert posted.use_of_paper(conn, "0" * 64, "Y-1", "") == (VILLAGE, first.case)
        submission.withdraw(conn, hand("book1"), village.desk(), first.case, "不办了")
    assert village.submit(payment(DAY, 7_000, papers=(late,))).state == "signing"


def test_who_may_add_what(village: Village) -> None:
    case = village.submit(payment(DAY, 5_000)).case
    with pytest.raises(acts.NotEntitled):
        add(village, case, kept("x"), who="sup1")
    with pytest.raises(submission.NoReason):
        add(village, case, kept("x"), why="  ")
    with pytest.raises(submission.NoReason):
        add(village, case)
    with pytest.raises(BadVoucher):
        add(village, case, kept("x", "letter"))
    with village.engine.begin() as conn:
        submission.withdraw(conn, hand("book1"), village.desk(), case, "不办了")
    with pytest.raises(Finished):
        add(village, case, kept("x"))


# --- the proof ---


def asking() -> Writer:
    """Return books whose policy asks for a contract with a small payment."""
    book = Writer()
    book.found()
    text = policy()
    chains = [{**c, "papers": [["contract"]]} if c["id"] == "small" else c for c in text["chains"]]
    book.adopt({**text, "chains": chains})
    book.on("2021-05-12")
    return book


def upkeep(*papers: Paper) -> Voucher:
    return paying("2021-05-12", 80_000, papers=papers)


def put(book: Writer, track: Track, **body: object) -> None:
    papers = [kept("后补", "photo").body()]
    facts = {"digest": track.digest, "papers": papers, "reason": "补", **body}
    book.act("papers.added", "book1", "bookkeeper", track.case, facts)


def test_the_proof_asks_for_the_same_papers(tmp_path: Path) -> None:
    book = asking()
    book.submit(upkeep(kept("合同", "contract")))
    assert judged(book, tmp_path / "good").fault is None
    book.submit(upkeep(kept("发票", "invoice")))
    fault = judged(book, tmp_path / "bad").fault
    assert fault is not None
    assert fault.code == "Y10A"
    assert "合同" in fault.sentence


def test_the_proof_takes_papers_that_were_added(tmp_path: Path) -> None:
    book = small()
    track = book.submit(upkeep())
    put(book, track)
    assert judged(book, tmp_path).fault is None


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("Y074", {"digest": "0" * 64}),
        ("Y019", {"papers": []}),
        ("Y019", {"reason": ""}),
        ("Y019", {"papers": [{**kept("x").body(), "kind": ""}]}),
        ("Y019", {"papers": [{**kept("x").body(), "kind": "letter"}]}),
    ],
)
def test_the_proof_refuses(code: str, body: dict[str, object], tmp_path: Path) -> None:
    book = small()
    put(book, book.submit(upkeep()), **body)
    fault = judged(book, tmp_path).fault
    assert fault is not None
    assert fault.code == code


def test_a_paper_added_to_one_case_pays_for_no_other(tmp_path: Path) -> None:
    book = small()
    put(book, book.submit(upkeep()))
    put(book, book.submit(upkeep()))
    fault = judged(book, tmp_path).fault
    assert fault is not None
    assert fault.code == "Y107"


def test_a_withdrawn_case_gives_its_papers_back(tmp_path: Path) -> None:
    book = small()
    first = book.submit(upkeep())
    put(book, first)
    book.act(
        "case.withdrawn", "book1", "bookkeeper", first.case, {"revision": 1, "reason": "不办了"}
    )
    put(book, book.submit(upkeep()))
    assert judged(book, tmp_path / "again").fault is None
    put(book, first)
    fault = judged(book, tmp_path / "withdrawn").fault
    assert fault is not None
    assert fault.code == "Y061"


def test_a_stranger_adds_nothing(tmp_path: Path) -> None:
    book = small()
    track = book.submit(upkeep())
    body = {"digest": track.digest, "papers": [kept("x").body()], "reason": "补"}
    book.act("papers.added", "sup1", "supervision", track.case, body)
    fault = judged(book, tmp_path).fault
    assert fault is not None
    assert fault.code == "Y046"


def test_server_and_proof_agree_on_added_papers(village: Village) -> None:
    done = village.post(payment(DAY, 6_000, papers=(kept("合同", "contract"),)))
    add(village, done.case, kept("照片", "photo"))
    village.seal("2021-01")
    add(village, done.case, kept("验收单", "acceptance"))
    with village.engine.connect() as conn:
        files.project(conn, VILLAGE, village.root, ["2021-01"])
    verdict = verify(village.root / VILLAGE)
    assert verdict.good, verdict.fault
