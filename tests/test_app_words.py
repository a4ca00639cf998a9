"""Every word of the interface has its English."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from paper_samples import EMPTY

import app.web
from app.checklist import KINDS as POINTS
from app.deeds import KINDS as DEEDS
from app.letters import WORDS
from app.outbox import STATES as LETTERS
from app.regular import BASES
from app.web.chain_words import METHODS, SAYS, SHARES
from app.web.contracts import SHOWN
from app.web.contracts import STATES as STATES_
from app.web.policy_draft import ANYBODY, ONE
from app.web.reminders import CHANNELS
from app.web.resources import DEBTS
from app.web.rooms import DOORS
from app.web.signed import KINDS as SIGNED
from app.web.workbench import DUTIES
from app.words import translations
from approvals import leaving, soundness, tryout
from approvals.waits import KINDS as WAITS
from disclosure.calendar import STATES
from disclosure.oddly import KINDS as ODD
from disclosure.render import five
from disclosure.sheet import PARTS
from ledger.bank.layout import FIELDS
from ledger.coming.forms import LANDS
from ledger.items import items
from ledger.reads.store import KINDS
from ledger.registers.assets import METHODS as WAYS
from ledger.registers.dimensions import SOURCES
from ledger.registers.rents import BIDS, MODELS
from ledger.schedule import EVERY
from ledger.voucher import PAPERS
from reports.words import METHODS as HANDS

FOLDER = Path(app.web.__file__).parent / "templates"


def test_every_string_of_the_templates_is_translated() -> None:
    found = extract_from_dir(FOLDER, method_map=[("**.html", "jinja2")])
    words = {message for _, _, message, _, _ in found}
    assert len(words) > 150
    assert missing(words) == set()


def test_items_and_the_five_lines_are_translated() -> None:
    words = {item.zh for item in items().values()} | {title for title, _ in five(EMPTY)}
    assert missing(words) == set()


def test_the_doors_of_the_desk_are_translated() -> None:
    assert missing(set(PAPERS.values()) | set(KINDS.values())) == set()
    assert missing(set(STATES) | set(WAITS.values()) | set(ODD.values())) == set()
    assert missing({*CHANNELS.values(), *LETTERS.values(), *WORDS}) == set()
    assert missing(set(STATES) | set(WAITS.values())) == set()
    assert missing(set(PARTS.values())) == set()
    assert missing(set(FIELDS.values())) == set()
    assert missing({door.title for door in DOORS} | {duty.title for duty in DUTIES}) == set()


def test_the_points_of_the_checklist_are_translated() -> None:
    assert missing({text for one in POINTS.values() for text in one[:3]}) == set()
    assert missing({*BASES.values(), *EVERY.values(), *SOURCES.values()}) == set()
    words = {*MODELS.values(), *BIDS.values(), *SHOWN.values(), *DEBTS.values(), *LANDS, *STATES_}
    words |= {*DEEDS.values(), *HANDS.values(), *WAYS.values()}
    assert missing(words) == set()


def test_what_is_said_of_chains_is_translated() -> None:
    said = {*soundness.SAYS.values(), *soundness.KINDS.values(), *tryout.REASONS}
    said |= {*SHARES.values(), *METHODS.values(), *SAYS.values(), "各项", ONE, ANYBODY}
    said |= {*leaving.KINDS.values(), *SIGNED.values(), "还没有提交的草稿", "没有答复的提问"}
    assert missing(said) == set()


def missing(words: set[str]) -> set[str]:
    english = translations("en")
    return {word for word in words if english.gettext(word) == word}


def test_chinese_needs_no_catalogue() -> None:
    assert translations("zh").gettext("本月收入") == "本月收入"
