"""Where every case stands: whom it waits for, since when, by when, what then; the late first."""

import re
from datetime import date

from counters import counter_of, enter
from sample import Village, hand, payment
from test_app_inbox import due_days, to_committee

from approvals import acts, cases, halves, register, signoff, waits
from approvals.acts import Loan
from approvals.signoff import Tally
from approvals.waits import Wait

TODAY = date(2021, 2, 10)


def found(village: Village, case: str, day: date = TODAY) -> tuple[Wait, ...]:
    with village.engine.begin() as conn:
        people = register.of(conn, village.code)
        return waits.of(cases.standing_of(conn, village.code, case), people, day)


def test_a_case_waits_for_one_thing_after_another_until_it_is_posted(village: Village) -> None:
    due_days(village, "supervision", 5)
    standing = village.submit(payment(date(2021, 1, 12), 5_000, handler="样例经手"))
    seen = []
    while standing.state != "cleared":
        seen += [(one.kind, one.title, one.then) for one in found(village, standing.case)]
        standing = village.step(standing)
    assert seen[0] == ("meet", "村两委商议", ("村民代表审议",))
    both = ("村文书审签",)
    committee = ("sign", "村务监督委员会审核", both)
    assert committee in seen
    assert ("sign", "镇农业服务中心审核", both) in seen
    assert seen[-1] == ("sign", "镇主要领导审签", ("pay",))
    (pay,) = found(village, standing.case)
    assert (pay.kind, pay.people, pay.then) == ("pay", ("cash1",), ("post",))
    village.on(date(2021, 2, 9))
    with village.engine.begin() as conn:
        standing = signoff.pay(conn, hand("cash1"), village.desk(), standing.case)
    (post,) = found(village, standing.case)
    assert (post.kind, post.people, post.then) == ("post", ("book1",), ())
    assert post.due.since == date(2021, 2, 9)
    returned = village.submit(payment(date(2021, 1, 12), 6_000))
    returned = village.step(village.step(returned))
    village.on(TODAY)
    with village.engine.begin() as conn:
        desk, why = village.desk(), "请补合同"
        args = (returned.case, "supervision", "supervision", "return", why)
        signoff.sign(conn, hand("sup4"), desk, *args)
    (back,) = found(village, returned.case)
    assert (back.kind, back.people, back.due.since) == ("return", ("book1",), TODAY)


def test_a_seat_lent_waits_for_both_and_an_empty_one_for_the_registrar(village: Village) -> None:
    case = to_committee(village, date(2021, 1, 12), 5_000)
    with village.engine.begin() as conn:
        loan = Loan("first1", date(2021, 2, 1), date(2021, 2, 28), (), "外出")
        acts.lend_seat(conn, hand("agri1"), village.desk(), "agri-centre", loan)
    committee, centre = found(village, case)
    assert (committee.need, len(committee.people)) == (3, 5)
    assert centre.people == ("agri1", "first1")
    with village.engine.begin() as conn:
        acts.leave_seat(conn, hand("registrar"), village.desk(), "agri-centre", "agri1", "调离")
    _, centre = found(village, case)
    assert (centre.kind, centre.people) == ("stuck", ("registrar",))


def test_the_late_come_first_and_a_stranger_sees_none(village: Village) -> None:
    due_days(village, "supervision", 5)
    village.on(date(2021, 1, 11))
    village.submit(payment(date(2021, 1, 11), 7_700, summary="买扫把"))
    to_committee(village, date(2021, 1, 12), 123_400)
    with counter_of(village, TODAY) as client:
        enter(client, village, "head1")
        text = client.get("/progress").text
        rows = [" ".join(re.sub("<[^>]*>", " ", one).split()) for one in text.split("<tr>")[2:]]
        assert len(rows) == 3
        assert "修田间路" in rows[0]
        assert "等审签：村务监督委员会审核" in rows[0]
        assert "监小甲、监小乙、监小丙、监小丁、监小戊 还要 3 人" in rows[0]
        assert "自 2021-01-12（29 天） 超期 22 天 应在 2021-01-19 前" in rows[0]
        assert rows[0].endswith("村文书审签")
        assert "等开会表决：村两委商议 书小记" in rows[1]
        assert "镇农业服务中心审核" in rows[2]
        late = client.get("/progress?late=1").text
        assert "修田间路" in late
        assert "买扫把" not in late
        case = re.search(r'href="(/case/[^"]+)"', late)
        assert case
        assert "超期 22 天" in client.get(case[1]).text.split('id="why"')[1]
        assert "Signature" in client.get("/progress?lang=en").text
        assert client.get("/progress?village=elsewhere").status_code == 404
        enter(client, village, "stranger")
        assert "修田间路" not in client.get("/progress").text


def test_a_meeting_half_reported_waits_for_its_recorder(village: Village) -> None:
    standing = village.submit(payment(date(2021, 1, 12), 5_000))
    with village.engine.begin() as conn:
        vote = (Tally(village.now.date(), 5, 4, 4, 0), "clerk1")
        halves.report_meeting(conn, hand("sec1"), village.desk(), standing.case, "council", vote)
    with counter_of(village, TODAY) as client:
        enter(client, village, "head1")
        assert "文小书 （确认）" in re.sub("<[^>]*>", " ", client.get("/progress").text)
