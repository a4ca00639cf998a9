"""The loudspeaker's script: words for numbers, three minutes, the sheet's own sums."""

import io
import shutil
import wave
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper_samples import EMPTY, extreme, sheet

from disclosure import broadcast
from disclosure.sheet import Sheet
from ledger.money import spoken, spoken_number
from reports import voice

VALUES = "零一二三四五六七八九"
STEPS = {"千": 1000, "百": 100, "十": 10}


def heard(text: str) -> int:
    """Return the number that somebody understands: an independent reading of `spoken_number`."""
    text = text.replace("两", "二")
    for word, unit in (("亿", 10**8), ("万", 10**4)):
        if word in text:
            high, _, low = text.rpartition(word)
            return heard(high) * unit + (heard(low.lstrip("零")) if low else 0)
    total, digit = 0, 0
    for letter in text:
        if letter in STEPS:
            total, digit = total + (digit or 1) * STEPS[letter], 0
        else:
            digit = VALUES.index(letter)
    return total + digit


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (1_230_050, "一万二千三百元五角"),
        (1_230_005, "一万二千三百元零五分"),
        (200_000, "两千元"),
        (200, "两元"),
        (12_921, "一百二十九元二角一分"),
        (1000_500, "一万零五元"),
        (1_200, "十二元"),
        (20, "两角"),
        (0, "零元"),
        (-38_600_00, "负三万八千六百元"),
    ],
)
def test_amounts_as_people_say_them(fen: int, said: str) -> None:
    assert spoken(fen) == said


@given(st.integers(0, 10**13))
def test_a_spoken_number_is_understood_as_it_was_meant(number: int) -> None:
    assert heard(spoken_number(number)) == number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2021年修路 1.2 公里", "二零二一年修路一点二公里"),
        ("凭证2021-付-0298", "凭证二零二一年付字第二百九十八号"),
        ("电话0839-5500000", "电话零八三九五五零零零零零"),
        ("13800000000", "幺三八零零零零零零零零"),
        ("1,234.50元，付清", "一千二百三十四点五零元，付清"),
        ("付30%（质保金）", "付百分之三十，质保金，"),
        ("第３组", "第三组"),
        ("-5度", "负五度"),
    ],
)
def test_numbers_in_texts_become_words(text: str, said: str) -> None:
    assert broadcast.say(text) == said


@pytest.mark.parametrize("value", [EMPTY, sheet(1, 1), sheet(6, 24), sheet(30, 370), extreme()])
def test_a_script_has_the_sums_no_digit_and_at_most_three_minutes(value: Sheet) -> None:
    text = broadcast.script(value)
    for fen in (value.opening_fen, value.income_fen, value.spending_fen, value.closing_fen):
        assert spoken(fen) in text
    assert not any(letter in "0123456789０１２３４５６７８９" for letter in text)
    assert broadcast.seconds(text) <= broadcast.SECONDS
    assert broadcast.adjusted(value, text) == text


def test_the_largest_spendings_are_named_and_the_rest_summed() -> None:
    value = sheet(6, 24)
    text = broadcast.script(value)
    largest = max((line for group in value.spending for line in group.lines), key=lambda x: x.fen)
    assert spoken(largest.fen) in text
    assert spoken(max(group.fen for group in value.spending)) in text


def test_a_clerk_may_change_the_words_and_not_the_figures() -> None:
    value = sheet(6, 24)
    text = broadcast.script(value)
    plainer = text.replace("各位乡亲", "老乡们")
    assert broadcast.adjusted(value, plainer) == plainer
    with_digits = text.replace(spoken(value.income_fen), f"{value.income_fen / 100:.0f}元")
    assert broadcast.adjusted(value, with_digits) == with_digits
    with pytest.raises(broadcast.SilentScript, match="本月支出"):
        broadcast.adjusted(value, text.replace(spoken(value.spending_fen), spoken(1)))
    with pytest.raises(broadcast.LongScript):
        broadcast.adjusted(value, text + "请大家都来看。" * 60)
    hidden = broadcast.adjusted(value, text + "\n身份证510802199001011234")
    assert "510802" not in hidden


def test_without_a_voice_there_is_the_script_and_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert not voice.installed()
    with pytest.raises(voice.NoVoice, match="espeak-ng"):
        voice.sound("一元")


def test_pinyin_has_a_tone_for_every_syllable() -> None:
    assert voice.pinyin("长大，银行2021年。") == "zhang3 da4 , yin2 hang2 er4 ling2 er4 yi1 nian2 ."


@pytest.mark.skipif(not voice.installed(), reason="espeak-ng is not installed")
@pytest.mark.parametrize("value", [EMPTY, sheet(30, 370)])
def test_the_sound_takes_as_long_as_was_reckoned(value: Sheet) -> None:
    text = broadcast.script(value)
    made = voice.sound(text)
    with wave.open(io.BytesIO(made.wav)) as reader:
        measured = reader.getnframes() / reader.getframerate()
        assert any(reader.readframes(22_050))
    assert measured == pytest.approx(made.seconds)
    assert measured <= broadcast.SECONDS
    assert measured == pytest.approx(broadcast.seconds(text), rel=0.12)


def test_a_long_village_name_still_ends_in_time() -> None:
    assert broadcast.seconds(broadcast.script(replace(extreme(), telephone="0" * 30))) <= 180
