"""Public data for programs: JSON, amounts in integer fen."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from app.web.public import facts, public_sheet
from app.web.room import InRoom, reading
from disclosure import notice, render
from ledger.log import store as log
from ledger.posted import store as posted

router = APIRouter(prefix="/api/v1", tags=["public"])


class VillageOut(BaseModel):
    """A village: code, name, township, fingerprint of the registrar's key."""

    code: str
    name: str
    township: str
    registrar: str


class MonthOut(BaseModel):
    """A published month: days the sheet is up, leaf and root of its seal."""

    period: str
    posted: str
    until: str
    leaf: int
    root: str


class Problem(BaseModel):
    """A refusal: its code and its sentence."""

    code: str
    sentence: str


def problem(status: int, code: str, sentence: str) -> Response:
    """Return a refusal as JSON."""
    return JSONResponse({"code": code, "sentence": sentence}, status)


MISSING: dict[int | str, dict[str, Any]] = {404: {"model": Problem}, 422: {"model": Problem}}


@router.get("/villages")
def villages(place: InRoom) -> list[VillageOut]:
    """List the villages."""
    with reading(place) as conn:
        return [VillageOut(**facts(conn, code)) for code in log.villages(conn)]


@router.get("/villages/{village}/months", responses=MISSING)
def months(village: str, place: InRoom) -> list[MonthOut]:
    """List the published months of a village."""
    with reading(place) as conn:
        facts(conn, village)
        up = notice.published(conn, village)
        return [
            MonthOut(
                period=seal.period,
                posted=up[seal.period][0].isoformat(),
                until=up[seal.period][1].isoformat(),
                leaf=seal.seq,
                root=seal.root,
            )
            for seal in posted.seals(conn, village)
            if seal.period in up
        ]


@router.get("/villages/{village}/sheets/{period}", responses=MISSING)
def sheet(village: str, period: str, place: InRoom) -> dict[str, Any]:
    """Return a month's sheet."""
    return render.to_dict(public_sheet(place, village, period))
