"""Taking a village's books away: the only address that gives everything at once.

A package holds names, accounts and papers of people: the read is noted before it is made.
"""

import tempfile
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from app import ledgers, package
from app.web.ledgers import attached
from app.web.room import InRoom, Someone, reading
from approvals import register

router = APIRouter()


@router.get("/desk/{village}/package.zip")
def taken(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Give the package of the months asked for, made on disk and dropped when it has been sent."""
    place.reveal(village, who.person, "books", "package")
    with tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as file:
        target = Path(file.name)
    try:
        with reading(place) as conn:
            name = register.of(conn, village).facts["name"]
            want = ledgers.asked(conn, village, dict(request.query_params))
            folders = (place.settings.books, place.settings.papers)
            package.write(conn, village, (want.first, want.last), folders, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    title = f"{name}账簿资料{want.first}至{want.last}.zip"
    headers = attached(title, f"{village}.zip")
    drop = BackgroundTask(target.unlink, missing_ok=True)
    return FileResponse(target, media_type="application/zip", headers=headers, background=drop)
