"""The policies of a village in the browser: read, tried out, drafted, compared, adopted."""

from fastapi.testclient import TestClient
from test_app_passkey import XIAOHE, enter, place_of

from approvals import register
from approvals.policy import shipped

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
        "到会的一半以上赞成（要超过，正好不算）",
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
