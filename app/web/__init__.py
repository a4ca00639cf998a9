"""The counter's pages: one application, put together here."""

from importlib.resources import files

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from app import database
from app.clock import Clock
from app.settings import Settings
from app.web import (
    acting,
    api,
    askbox,
    asking,
    assets,
    auditing,
    bank,
    bank_acts,
    bank_columns,
    bank_payments,
    bank_reconciling,
    bookkeeping,
    bringing,
    budgeting,
    closing,
    combined,
    coming,
    contracts,
    correcting,
    dimensions,
    distribution,
    drafting,
    entry,
    finding,
    funds,
    halves,
    household,
    inbox,
    invoicing,
    leaving,
    ledgers,
    lending,
    levies,
    listing,
    meetings,
    members,
    passkeys,
    points,
    policies,
    policy_draft,
    progress,
    public,
    regularly,
    reminders,
    resources,
    review,
    saving,
    shop,
    signed,
    signing,
    sitting,
    spans,
    terms,
    wall,
    wet,
    workbench,
    writing,
)
from app.web.access import admit
from app.web.caching import Cache
from app.web.guard import HEADERS, Guard
from app.web.room import Room, page
from ledger.refusal import Refusal

JSON = "application/json"  # what a page's script asks for


def create_app(settings: Settings) -> FastAPI:
    """Return the application of an installation."""
    web = FastAPI(
        title="明白账",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        dependencies=[Depends(admit)],
    )
    settings.dress()
    engine = database.connect(settings.url, settings.data)
    web.state.room = Room(settings, engine, Clock(settings.today))
    # These come before the address that takes any word for a month.
    for part in (household, askbox, finding, listing, spans):
        web.include_router(part.router)
    # The workbench's own addresses come before those that begin with a village.
    desk = (workbench, bookkeeping, closing, drafting, writing, saving, ledgers, combined)
    banking = (bank, bank_columns, bank_acts, bank_reconciling, bank_payments)
    signer = (inbox, signing, asking, review)
    registers = (assets, regularly, coming, members, distribution, dimensions, contracts, resources)
    covenant = (points, shop)
    purses = (funds, levies)
    rooms = (*desk, *banking, *registers, *covenant, *purses, leaving)
    for part in (public, api, entry, *signer, passkeys, bringing, *rooms, auditing):
        web.include_router(part.router)
    web.include_router(wall.router)
    web.include_router(progress.router)
    web.include_router(reminders.router)
    for part in (correcting, budgeting, acting, invoicing):
        web.include_router(part.router)
    static = files("app.web") / "static"
    web.mount("/static", StaticFiles(directory=str(static)), name="static")
    chains = (policies, policy_draft, terms, signed, meetings, sitting)
    for part in (halves, wet, lending, *chains):  # two hands, paper, seats lent
        web.include_router(part.router)
    auditing.mount(web)
    web.add_middleware(Cache, version=database.Version(engine))
    web.add_middleware(Guard, origin=settings.base_url)
    web.add_exception_handler(Refusal, refused)
    web.add_exception_handler(HTTPException, missing)
    web.add_exception_handler(RequestValidationError, misread)
    web.add_exception_handler(Exception, broken)
    return web


async def refused(request: Request, fault: Exception) -> Response:
    """Answer a refusal with its sentence and code; what was typed stays in the browser."""
    assert isinstance(fault, Refusal)  # noqa: S101 - registered for refusals alone
    if request.url.path.startswith("/api/") or request.headers.get("accept") == JSON:
        return api.problem(fault.status, fault.code, fault.sentence())
    return page(request, "refused.html", {"refusal": fault}, status=fault.status)


async def missing(request: Request, fault: Exception) -> Response:
    """Answer what is not there, or not for this visitor, with a plain page."""
    assert isinstance(fault, HTTPException)  # noqa: S101
    if request.url.path.startswith("/api/"):
        return api.problem(fault.status_code, "W404", str(fault.detail))
    return page(request, "missing.html", {"status": fault.status_code}, status=fault.status_code)


async def misread(request: Request, fault: Exception) -> Response:
    """Answer a form or address that cannot be read."""
    del fault
    if request.url.path.startswith("/api/"):
        return api.problem(422, "W422", "请求的内容不对")
    return page(request, "missing.html", {"status": 422}, status=422)


async def broken(request: Request, fault: Exception) -> Response:
    """Answer a malfunction with a plain page; the server's own log has the traceback."""
    del fault
    if request.url.path.startswith("/api/"):
        answer = api.problem(500, "W500", "服务器出了故障")
    else:
        answer = page(request, "missing.html", {"status": 500}, status=500)
    answer.headers.update(HEADERS)  # this answer is made outside the guard
    return answer
