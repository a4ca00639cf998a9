"""The chart: official accounts, details, paths that Beancount takes, and the search."""

import pytest
from beancount.core import account
from hypothesis import given
from hypothesis import strategies as st

from ledger.chart import BadDetail, NoAccount, plain, standard
from ledger.initials import spells
from ledger.items import items

NAMES = st.text(
    st.one_of(
        st.sampled_from("（）·：〇①Ⅳ㈠0０7-_ 基本户年项目ａAꀀ"), st.characters(codec="utf-8")
    ),
    max_size=12,
).filter(plain)
SEGMENTS = st.from_regex(r"[0-9]{2,4}", fullmatch=True)


def test_the_standard_chart_is_the_official_one() -> None:
    chart = standard()
    tops = [item for item in chart.accounts.values() if item.parent is None]
    assert len(tops) == 42
    assert [item.code for item in chart.children("322")] == ["322.01", "322.02"]
    assert chart.path("401") == "Assets:401生产劳务成本"
    assert chart.get("113").side == "both"
    assert {item.root for item in tops} == {
        "Assets", "Liabilities", "Equity", "Income", "Expenses"
    }  # fmt: skip


def test_every_path_is_valid_in_full_and_leads_back() -> None:
    chart = standard()
    for code in chart.accounts:
        assert account.is_valid(chart.path(code))
        assert chart.code_of(chart.path(code)) == code


@given(st.dictionaries(SEGMENTS, NAMES, min_size=1, max_size=8))
def test_details_of_any_name_have_valid_paths_of_their_own(names: dict[str, str]) -> None:
    details = [(f"113.{segment}", name) for segment, name in names.items()]
    chart = standard().with_details(details)
    for code, name in details:
        assert account.is_valid(chart.path(code))
        assert chart.code_of(chart.path(code)) == code
        assert chart.get(code).name == name
        assert chart.get(code).root == "Assets"


def test_codes_that_run_into_their_names_keep_apart() -> None:
    chart = standard().with_details([("102.00", "07号户"), ("102.0007", "号户")])
    assert chart.path("102.00") == "Assets:102银行存款:00-07号户"
    assert chart.path("102.0007") == "Assets:102银行存款:0007号户"


def test_a_name_keeps_what_beancount_takes() -> None:
    chart = standard().with_details(
        [("153.01", "二〇二一年（一期）道路"), ("102.01", "基本户"), ("102.01.01", "活期·A")]
    )
    assert chart.path("153.01") == "Assets:153在建工程:01二零二一年一期道路"
    assert chart.path("102.01.01") == "Assets:102银行存款:01基本户:01活期A"
    assert chart.get("153.01").name == "二〇二一年（一期）道路"


def test_an_account_with_details_takes_no_entries() -> None:
    chart = standard()
    assert chart.is_leaf("102")
    with_one = chart.with_details([("102.01", "基本户")])
    assert not with_one.is_leaf("102")
    assert with_one.is_leaf("102.01")
    assert not with_one.is_leaf("102.02")
    assert with_one.knows("102")
    assert not chart.knows("102.01")
    assert [item.code for item in with_one.children("102")] == ["102.01"]
    assert with_one.children("102.01") == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("322.01", "各项分配"),
        ("102.1", "一位"),
        ("102.00001", "五位"),
        ("102.０１", "全角"),
        ("102.01.01", "没有上级"),
        ("999.01", "没有科目"),
        ("102", "重复"),
        ("105", "自造一级科目"),
        ("102.01", "（）·"),
        ("102.01", " "),
        ("102.01\n", "换行"),
    ],
)
def test_a_bad_detail_is_refused(code: str, name: str) -> None:
    with pytest.raises(BadDetail, match="K002"):
        standard().with_details([(code, name)])


def test_what_the_chart_does_not_hold_is_refused() -> None:
    for ask in (standard().get, standard().path, standard().code_of):
        with pytest.raises(NoAccount, match="K001"):
            ask("Assets:999")


def test_equal_charts_hash_alike() -> None:
    one = standard().with_details([("102.01", "基本户")])
    two = standard().with_details([("102.01", "基本户")])
    assert one == two
    assert len({one, two, standard()}) == 2


def codes(text: str) -> list[str]:
    chart = standard().with_details([("102.01", "基本户"), ("102.02", "长寿路项目专户")])
    return [item.code for item in chart.find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("102", ["102", "102.01", "102.02"]),
        ("１０２.01", ["102.01"]),
        ("银行", ["102"]),
        ("yhck", ["102"]),
        ("YXCK", ["102"]),
        ("cslxm", ["102.02"]),
        ("zslx", ["102.02"]),
        ("sclw", ["401"]),
        ("(劳务)", ["401"]),
        ("zzz", []),
        ("  ", []),
    ],
)
def test_search_by_code_name_and_initials(text: str, found: list[str]) -> None:
    assert codes(text) == found


def test_codes_come_before_names() -> None:
    chart = standard().with_details([("102.01", "241专户")])
    assert [item.code for item in chart.find("241")] == ["241", "102.01"]


def test_initials_read_every_sound() -> None:
    assert spells("yh", "银行")
    assert spells("yx", "银行")
    assert not spells("yz", "银行")
    assert not spells("", "银行")
    assert not spells("yhckx", "银行存款")


def test_every_item_goes_to_an_account_of_the_chart() -> None:
    found = items()
    assert {item.side for item in found.values()} == {"income", "spending", "transfer"}
    for name, item in found.items():
        assert name == item.id
        assert name.startswith(f"{item.side}.")
        assert item.zh
        assert item.en
        assert not item.account or standard().knows(item.account)
