"""What people get wrong or try out: each a plain page, never a trace, and nothing is lost."""

import pytest
from fastapi.testclient import TestClient
from test_app_access import enter

from app.demo.township import PIN

XIAOHE = "510802-sandui-xiaohe"
DESK = f"/desk/{XIAOHE}"
SCRIPT = "<script>alert(1)</script>水费<img src=x onerror=alert(1)>"


def test_a_question_with_script_is_text_and_one_without_end_is_kept_typed(
    counter: TestClient,
) -> None:
    csrf = enter(counter, "xiaohe-clerk")
    form = {"csrf": csrf, "pin": PIN, "period": "2022-01", "line": ""}
    long = "为什么" * 3334
    refused = counter.post(f"{DESK}/ask", data={**form, "question": long})
    assert (refused.status_code, "500" in refused.text) == (422, True)
    assert long in refused.text  # what was typed is still there
    done = counter.post(f"{DESK}/ask", data={**form, "question": SCRIPT})
    assert done.status_code == 200, done.text
    for page in (done.text, counter.get(f"/v/{XIAOHE}/2022-02").text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    counter.cookies.clear()
    shown = counter.get(f"/v/{XIAOHE}/2022-02").text
    assert "&lt;script&gt;alert(1)" in shown
    for shape in ("csv", "txt", "pdf", "png", "json"):
        assert counter.get(f"/v/{XIAOHE}/2022-02.{shape}").status_code == 200


@pytest.mark.parametrize("village", ["510802-sandui-gone", "..%2f..%2fetc", "x" * 300, "%00"])
def test_a_village_that_left_is_a_plain_page(counter: TestClient, village: str) -> None:
    ends = ("", "2021-05", "2021-05.pdf", "2021-05/line/2021-付-0001", "2021-05/statements", "list")
    more = ("span/2021", "span/2021/pay", "search?q=x", "feed.atom", "calendar.ics", "household")
    for end in (*ends, *more):
        answer = counter.get(f"/v/{village}/{end}")
        assert answer.status_code == 404, end
        assert "<h1>" in answer.text
        assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "month",
    ["2021-00", "2021-13", "0000-01", "9999-99", "２０２１-05", "2021-5", "%3Cscript%3E", "%00"],
)
def test_a_month_that_does_not_exist_is_a_plain_page(counter: TestClient, month: str) -> None:
    for end in ("", ".json", ".pdf?size=large", ".png", "/statements", "/line/2021-付-0001"):
        answer = counter.get(f"/v/{XIAOHE}/{month}{end}")
        assert answer.status_code == 404, end
        assert "<script" not in answer.text


@pytest.mark.parametrize("size", ["A9", "<script>", "A4'--", "x" * 900])
def test_a_paper_that_nobody_makes_is_the_usual_one(counter: TestClient, size: str) -> None:
    answer = counter.get(f"/v/{XIAOHE}/2021-05.pdf", params={"size": size})
    assert answer.content == counter.get(f"/v/{XIAOHE}/2021-05.pdf").content
