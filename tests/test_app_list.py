"""The 公开清单 as a page, and what a village adds to it."""

import pytest
from fastapi.testclient import TestClient
from test_app_access import enter

from app.web.listing import PAPERS, PERIODS
from app.words import translations
from disclosure import catalogue

XIAOHE = "510802-sandui-xiaohe"
POST = f"/desk/{XIAOHE}/wall/list"
OWN = {"title": "农家书屋", "plain": "书屋买了什么书。", "every": "quarter", "accounts": "102.01"}


def test_the_page_names_every_item_in_plain_words(counter: TestClient) -> None:
    page = counter.get(f"/v/{XIAOHE}/list").text
    assert all(one.zh in page and one.plain in page for one in catalogue.every())
    assert "/list" in counter.get(f"/v/{XIAOHE}/").text
    english = translations("en")
    assert all(english.gettext(one) != one for one in (*PERIODS.values(), *PAPERS.values()))


def test_a_village_adds_with_figures_and_takes_back_but_leaves_nothing_out(
    counter: TestClient,
) -> None:
    csrf = enter(counter, "xiaohe-clerk")
    assert counter.post(POST, data={"csrf": csrf, **OWN}).status_code == 200
    page = counter.get(f"/v/{XIAOHE}/list").text
    assert "农家书屋" in page
    assert "银行存款—基本户" in page
    again = counter.post(POST, data={"csrf": csrf, **OWN})
    assert (again.status_code, "W092" in again.text) == (422, True)
    gone = counter.post(POST, data={"csrf": csrf, "drop": "干部报酬"})
    assert (gone.status_code, "法定项目不能删" in gone.text) == (422, True)
    assert counter.post(POST, data={"csrf": csrf, "drop": "农家书屋"}).status_code == 200
    assert "农家书屋" not in counter.get(f"/v/{XIAOHE}/list").text


@pytest.mark.parametrize(
    ("name", "value"),
    [("title", "干部报酬"), ("title", ""), ("plain", ""), ("every", "never"), ("accounts", "999")],
)
def test_an_item_that_says_nothing_or_takes_anothers_place_is_refused(
    counter: TestClient, name: str, value: str
) -> None:
    csrf = enter(counter, "xiaohe-clerk")
    answer = counter.post(POST, data={"csrf": csrf, **OWN, name: value})
    assert answer.status_code in {404, 422}
    assert 'role="alert"' in answer.text
    assert "农家书屋" not in counter.get(f"/v/{XIAOHE}/list").text
