"""A month of every village at once: all that goes on walls, phones and the loudspeaker, as files.

Made by as many processes as asked for. Each village's folder appears whole, with the digest of
its sheet in it; a run that was killed goes on where it stopped and makes nothing twice.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from app import database
from app.settings import Settings
from app.showing import PAPERS, shown
from disclosure import render
from disclosure.comparing import Beside, beside
from disclosure.compose import compose
from disclosure.redact import for_web
from disclosure.sheet import Sheet
from ledger import canonical, periods
from ledger.log import store as log
from ledger.refusal import Refusal

MADE, THERE, OPEN = "写出", "已有", "未封存"
STAMP = "digest.json"
FORMS = {"picture": "picture.png", "text": "chat.txt", "script": "script.txt"}


class Made(NamedTuple):
    """What became of a village: one of MADE, THERE, OPEN, or the sentence of a refusal."""

    village: str
    state: str


def whole(settings: Settings, period: str, target: Path, jobs: int) -> Iterator[Made]:
    """Make a month of every village, telling each as it is done."""
    periods.parse(period)
    engine = database.connect(settings.url, settings.data)
    with database.read(engine) as conn:
        villages = log.villages(conn)
    engine.dispose()
    target.mkdir(parents=True, exist_ok=True)
    work = partial(_one, settings, period, target)
    if jobs <= 1:
        yield from map(work, villages)
        return
    with get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap_unordered(work, villages)


def _one(settings: Settings, period: str, target: Path, village: str) -> Made:
    settings.dress()
    engine = database.connect(settings.url, settings.data)
    try:
        return Made(village, make(settings, engine, village, period, target))
    except Refusal as refusal:
        return Made(village, str(refusal))
    finally:
        engine.dispose()


def make(settings: Settings, engine: Engine, village: str, period: str, target: Path) -> str:
    """Make a village's month unless it is there already, of the same sheet; say which.

    On paper names stand in full; what leaves the village for a phone is masked.
    """
    with database.read(engine) as conn:
        if period not in periods.sealed(conn, village):
            return OPEN
        sheet = compose(conn, village, period, settings.telephone)
        both = beside(conn, village, period, period)
    digest = canonical.sha256(render.to_json(sheet) + repr(both).encode())
    folder = target / period / village
    if _stamped(folder) == digest:
        return THERE
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{village}.*"):  # of a run that was killed
        shutil.rmtree(left)
    part = folder.parent / f".{village}.{os.getpid()}"
    part.mkdir()
    for name, data in _files(sheet, both, f"{settings.base_url}/v/{village}/{period}"):
        (part / name).write_bytes(data)
    (part / STAMP).write_text(json.dumps({"sheet": digest}), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)
    return MADE


def _stamped(folder: Path) -> str:
    stamp = folder / STAMP
    return str(json.loads(stamp.read_text("utf-8"))["sheet"]) if stamp.is_file() else ""


def _files(sheet: Sheet, both: Sequence[Beside], url: str) -> Iterator[tuple[str, bytes]]:
    for size in PAPERS:
        yield f"sheet-{size}.pdf", shown(sheet, "pdf", url, size, both)
    for form, name in FORMS.items():
        yield name, shown(sheet, form, url)
    masked = for_web(sheet)
    yield "sheet.json", render.to_json(masked)
    yield "sheet.csv", render.to_csv(masked)
