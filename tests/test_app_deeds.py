"""All acts of all villages on one page: by person, kind, time and content."""

from datetime import date

from fastapi.testclient import TestClient
from sample import Village, opening, rent
from test_app_staff import XIAOHE, enter, keeper

from app import deeds
from app.deeds import KINDS, Place, Wanted
from approvals import register
from approvals.verify.shapes import BODIES
from ledger.log import store as log

DAY = date(2021, 1, 20)


def test_every_kind_of_act_has_a_name() -> None:
    assert KINDS.keys() == BODIES.keys()


def test_the_acts_are_those_of_the_log_in_every_order_of_pages(village: Village) -> None:
    village.post(opening())
    village.on(DAY)
    village.post(rent(DAY, 30_000))
    with village.engine.begin() as conn:
        all_ = log.events(conn, village.code)
        want = Wanted((village.code, "no-village"))
        seen, after = [], None
        while True:
            page = deeds.search(conn, want, after, 7)
            seen += page.deeds
            after = page.after
            if after is None:
                break
        assert [one.place.seq for one in seen] == [event.seq for event in reversed(all_)]
        assert [one.kind for one in reversed(seen)] == [event.kind for event in all_]

        def asked(**more: object) -> list[deeds.Deed]:
            return deeds.search(conn, want._replace(**more), None, 1000).deeds  # type: ignore[arg-type]

        mine = asked(person="rev1")
        assert {one.person for one in mine} == {"rev1"}
        assert {one.kind for one in asked(kind="voucher.posted")} == {"voucher.posted"}
        assert asked(kind="voucher.posted")[0].told == "2021-收-0001"
        assert [
            one.told for one in asked(words="收鱼塘租金") if one.kind == "voucher.submitted"
        ] == ["收鱼塘租金（第 1 稿）"]
        late = asked(first=DAY, last=DAY)
        assert late
        assert len(late) < len(all_)
        assert {one.place.at[:10] for one in late} == {"2021-01-20"}
        assert asked(first=date(2022, 1, 1)) == asked(last=date(2020, 1, 1)) == []
        nothing = deeds.search(conn, want, Place("2000", "", 0), 5)
        assert (nothing.deeds, nothing.after, nothing.gave_up) == ([], None, False)


def test_who_oversees_looks_and_nobody_else(counter: TestClient) -> None:
    enter(counter, "audit1")
    page = counter.get("/acts").text
    assert "下一页" in page
    following = page.rpartition('href="/acts?')[2].partition('"')[0].replace("&amp;", "&")
    assert counter.get(f"/acts?{following}").text != page
    sealed = counter.get(f"/acts?kind=month.sealed&village={XIAOHE}").text
    assert sealed.count('<td class="wide" data-label="办了什么">封账') > 3
    assert "没有找到" in counter.get("/acts?last=2001-01-01").text
    assert "W664" in counter.get("/acts?person=无此人").text
    assert "W665" in counter.get("/acts?first=昨天").text
    place = counter.app.state.room  # type: ignore[attr-defined]
    with place.engine.connect() as conn:
        people = register.of(conn, XIAOHE)
    name = people.name(people.holders("supervision", date(2022, 2, 8))[0])
    assert f'data-label="谁">{name}<' in counter.get(f"/acts?person={name}").text
    for other in (keeper(counter), "xiaohe-sup1"):
        enter(counter, other)
        assert counter.get("/acts").status_code == 404
    counter.cookies.clear()
    assert counter.get("/acts").status_code == 401
