"""The policies of a village in the browser: read, tried out, drafted, compared, adopted."""

from html.parser import HTMLParser

from fastapi.testclient import TestClient
from test_app_passkey import AGRI, XIAOHE, enter, place_of, standing

from app import policy_drafts
from app.demo.township import PIN
from approvals import register
from approvals.policy import PROFILES, Chain, Policy, shipped
from approvals.standing import Standing
from approvals.verify import verify

ROOM = f"/desk/{XIAOHE}/policies"


def test_every_chain_is_told_in_plain_words_to_every_seat(counter: TestClient) -> None:
    enter(counter, "xiaohe-sup1")
    page = counter.get(ROOM).text
    for chain in shipped("lizhou")["chains"]:
        assert chain["title"] in page
        for step in chain["steps"]:
            assert step["title"] in page
    for words in (
        "名册的三分之二以上到会。",
        "到会的超过一半赞成（正好不算）。",
        "全体的三分之二以上赞成",
        "名册至少 21 人。",
        "村务监督委员会里要有超过一半的人签。",
        "在任者全部回避时由村副主任代签。",
        "席位空缺时跳过，并记下。",
        "签完由出纳经银行付款，付款后才记账。",
    ):
        assert words in page, words
    english = counter.get(f"{ROOM}?lang=en").text
    assert "More than half of Village supervision committee sign." in english
    assert "At least two thirds of the roster present." in english


def test_who_must_sign_this(counter: TestClient) -> None:
    enter(counter, "registrar")
    asked = {"kind": "payment", "purpose": "spending.upkeep", "amount": "2,000.00"}
    page = counter.get(ROOM, params={**asked, "maker": "xiaohe-clerk"}).text
    trial = page[page.index('class="card trial"') :]
    assert "走“支出：两议、两审、六级审签”" in trial
    assert "要 3 人" in trial
    assert "是制单人，不能审签" in trial
    assert "出纳经银行付款" in trial
    with place_of(counter).engine.connect() as conn:
        people = register.of(conn, XIAOHE)
    day = place_of(counter).clock.today()
    for seat in ("supervision", "township-head", "first-secretary"):
        for person in people.holders(seat, day):
            assert people.name(person) in trial
    for change, code in (({"purpose": "x"}, "W100"), ({"amount": "0"}, "W101")):
        answer = counter.get(ROOM, params={**asked, **change})
        assert answer.status_code == 422
        assert code in answer.text
    assert counter.get(ROOM, params={"kind": "nothing"}).status_code == 200


def begin(counter: TestClient, csrf: str, origin: str = "") -> str:
    """Begin a draft; return its address."""
    data = {"csrf": csrf, "origin": origin}
    answer = counter.post(f"{ROOM}/draft", data=data)
    assert answer.status_code == 200
    return answer.url.path


class Fields(HTMLParser):
    """What the form of a chain would send as it stands, by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.select, self.first = "", False
        start = page.index('id="edit"')
        self.feed(page[page.index("<form", start) : page.index("</form>", start)])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an input, or the chosen option of a list (the first where none is)."""
        told = dict(attrs)
        value = told.get("value") or ""
        if tag == "input" and (told.get("type") != "checkbox" or "checked" in told):
            self.found.setdefault(told["name"] or "", []).append(value)
        elif tag == "select":
            self.select, self.first = told["name"] or "", True
        elif tag == "option" and (self.first or "selected" in told):
            self.found[self.select], self.first = [value], False


def fields(page: str) -> dict[str, list[str]]:
    return Fields(page).found


def edit(counter: TestClient, path: str, chain: str, do: str = "save", **more: list[str]) -> str:
    """Send a chain's form as a browser without script would; return the page that answers."""
    form = fields(counter.get(path, params={"chain": chain}).text)
    return str(counter.post(path, data={**form, **more, "do": [do]}).text)


def draft_of(counter: TestClient, path: str) -> Policy:
    with place_of(counter).engine.connect() as conn:
        return policy_drafts.get(conn, XIAOHE, path.rpartition("/")[2]).policy


def chain_of(counter: TestClient, path: str, name: str) -> Chain:
    found: Chain = next(one for one in draft_of(counter, path)["chains"] if one["id"] == name)
    return found


def test_a_form_sent_as_it_stands_changes_nothing(counter: TestClient) -> None:
    csrf = enter(counter, AGRI)
    for profile in PROFILES:
        path = begin(counter, csrf, profile)
        before = draft_of(counter, path)
        assert before == shipped(profile)
        for chain in before["chains"]:
            edit(counter, path, chain["id"])
        assert draft_of(counter, path) == before


def test_a_chain_is_changed_without_script(counter: TestClient) -> None:
    path = begin(counter, enter(counter, AGRI), "tiered")
    change = {
        "first": ["100"],
        "last": ["9,000"],
        "papers-0": ["invoice", "receipt"],
        "notice": ["15"],
        "title-1": ["文书先看"],
        "seats-1": ["clerk", "deputy-director"],
        "kind-1": ["some"],
        "need-1": ["0/1"],
        "due-1": ["3"],
        "method-1": ["passkey"],
    }
    edit(counter, path, "payment-2", **change)
    chain = chain_of(counter, path, "payment-2")
    assert (chain["from_fen"], chain["below_fen"]) == (10_000, 900_001)
    assert (chain["papers"], chain["notice"]) == ([["invoice", "receipt"]], 15)
    step = chain["steps"][1]
    assert (step["title"], step["kind"], step["need"], step["due_days"]) == (
        "文书先看",
        "some",
        [0, 1],
        3,
    )
    assert (step["seats"], step["method"]) == (["clerk", "deputy-director"], "passkey")
    for do, ids in (
        ("up:1", ["clerk", "council", "secretary"]),
        ("down:1", ["clerk", "secretary", "council"]),
        ("remove:0", ["secretary", "council", "supervision"]),
    ):
        edit(counter, path, "payment-2", do)
        assert [s["id"] for s in chain_of(counter, path, "payment-2")["steps"]][:3] == ids
    edit(counter, path, "payment-2", "join:1")
    assert [s["turn"] for s in chain_of(counter, path, "payment-2")["steps"]][:3] == [1, 1, 2]
    edit(counter, path, "payment-2", "remove:0")
    assert [s["turn"] for s in chain_of(counter, path, "payment-2")["steps"]][:2] == [1, 2]
    page = edit(counter, path, "payment-2", "add")
    assert "新步骤" in page
    page = counter.get(path).text
    assert "付款从 9,000.01 元到 10,000.00 元" not in page  # the third tier begins at nothing
    assert "<ins>" in page


def test_what_cannot_be_read_is_told_and_nothing_typed_is_lost(counter: TestClient) -> None:
    csrf = enter(counter, AGRI)
    path = begin(counter, csrf, "tiered")
    before = draft_of(counter, path)
    for field, value, code in (
        ("last", "很多", "N0"),
        ("first", "-1", ""),
        ("due-1", "99", "W106"),
        ("notice", "x", "W106"),
    ):
        more = {field: [value], "title": ["改过的名字"], "seats-2": ["reviewer"]}
        page = edit(counter, path, "payment-2", **more)
        assert 'class="refusal"' in page
        assert code in page or code == "N0"
        assert f'value="{value}"' in page
        assert 'value="改过的名字"' in page
        sent = fields(page)
        assert sent["seats-2"] == ["reviewer"]
    assert draft_of(counter, path) == before
    form = fields(counter.get(path, params={"chain": "payment-2"}).text)
    edit(counter, path, "payment-2", title=["先存的"])
    stale = counter.post(path, data={**form, "title": ["后存的"], "do": ["save"]})
    assert "W103" in stale.text
    assert chain_of(counter, path, "payment-2")["title"] == "先存的"
    counter.post(f"{path}/drop", data={"csrf": csrf})
    assert "W102" in counter.get(path).text


def test_a_township_drafts_and_the_seats_that_must_adopt(counter: TestClient) -> None:
    place = place_of(counter)
    running = standing(counter)
    csrf = enter(counter, "registrar")
    path = begin(counter, csrf)
    data = {"csrf": csrf, "version": "1", "do": "new"}
    counter.post(path, data=data)
    data |= {"version": "2", "do": "earlier:chain-1"}
    for version in range(2, 9):
        counter.post(path, data={**data, "version": str(version)})
    assert draft_of(counter, path)["chains"][0]["id"] == "chain-1"
    name = path.rpartition("/")[2]
    sign = {"csrf": csrf, "pin": PIN, "draft": name}
    edit(counter, path, "chain-1", **{"title": ["急用"], "last": ["500"], "seats-0": ["cashier"]})
    page = counter.post(f"{ROOM}/adopt", data=sign).text
    assert "A120" in page
    assert "会计法 第三十七条" in page
    edit(counter, path, "chain-1", pay=["1"], **{"seats-0": ["secretary"], "title-0": ["支书急批"]})
    asked = {"kind": "payment", "purpose": "spending.upkeep", "amount": "500"}
    assert "走“急用”" in counter.get(path, params=asked).text
    answer = counter.post(f"{ROOM}/adopt", data=sign)
    assert answer.url.path == ROOM
    with place.engine.connect() as conn:
        assert register.of(conn, XIAOHE).current()["title"] == "八审会签"
    agree(counter, running)


def agree(counter: TestClient, running: Standing) -> None:
    """Let the seats of the village sign what the registrar has, one after the other."""
    place = place_of(counter)
    with place.engine.connect() as conn:
        people = register.of(conn, XIAOHE)
    (proposed,) = people.proposed
    committee = people.holders("supervision", place.clock.today())
    for who in ("xiaohe-secretary", *committee[:2]):
        csrf = enter(counter, who)
        page = counter.get(ROOM).text
        assert "等签名的新办法" in page
        assert "<ins>急用</ins>" in page
        data = {"csrf": csrf, "pin": PIN, "policy": proposed}
        assert "A122" not in counter.post(f"{ROOM}/adopt", data=data).text
        assert "A122" in counter.post(f"{ROOM}/adopt", data=data).text
        assert "看过了，同意这份办法，签名" not in counter.get(ROOM).text
    csrf = enter(counter, "xiaohe-clerk")
    data = {"csrf": csrf, "pin": PIN, "policy": proposed}
    assert "A030" in counter.post(f"{ROOM}/adopt", data=data).text
    assert "还差 1 人" in counter.get(ROOM).text
    csrf = enter(counter, committee[2])
    counter.post(f"{ROOM}/adopt", data={"csrf": csrf, "pin": PIN, "policy": proposed})
    page = counter.get(ROOM).text
    assert "等签名的新办法" not in page
    assert "按以前的办法走完的在办事项（1）" in page
    assert running.voucher.summary in page
    assert standing(counter).policy == running.policy
    with place.engine.connect() as conn:
        assert register.of(conn, XIAOHE).policy == proposed
    old = counter.get(ROOM, params={"policy": running.policy}).text
    assert "这是以前的办法，现在不用了。" in old
    assert "<del>急用</del>" in old
    verdict = verify(place.settings.books / XIAOHE)
    assert verdict.good, verdict.fault
