"""Who may open which page: one table, looked up before a page or its form is read.

What the table does not name is refused. The acts behind the pages ask for the seat again, by the
signing key; the table keeps out who has no business there, also where nothing is signed.
"""

from typing import NamedTuple

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException

from app.web.room import reading, room, someone
from approvals import register
from approvals.acts import SEATS, NotEntitled
from approvals.policy import seats as all_seats


class Rule(NamedTuple):
    """Who may: anybody, somebody with a login, holders of seats in the village, the registrar.

    `lent`: also who signs there for a holder, and holds no seat of their own.
    """

    login: bool
    seats: frozenset[str] = frozenset()
    office: bool = False
    lent: bool = False


ANYBODY = Rule(login=False)
STAFF = Rule(login=True)
OFFICE = Rule(login=True, office=True)


def seated(*names: str) -> Rule:
    """Return the rule for the holders of seats in the village of the address."""
    return Rule(login=True, seats=frozenset(names))


MEMBERS = seated(*all_seats())
SIGNERS = MEMBERS._replace(lent=True)
MAKERS = seated(*SEATS["voucher.submitted"])
AUDITORS = seated(*SEATS["audit.marked"])
# The roll names households: whoever prepares, checks, pays or audits it.
ROLL = seated("bookkeeper", "reviewer", "cashier", "clerk", "auditor")
# Bank lines name people and their accounts: whoever keeps, checks, pays or audits them.
BANKERS = seated("bookkeeper", "reviewer", "cashier", "clerk", "auditor")
# The package holds everything that a village has, people's accounts and papers included.
TAKERS = seated("bookkeeper", "auditor")

# Who writes the chains: the offices of the township.
TOWNSHIP = seated(*(seat for seat, one in all_seats().items() if one["side"] == "township"))

RULES: dict[tuple[str, str], Rule] = {
    ("GET", "/"): ANYBODY,
    ("GET", "/v/{village}/"): ANYBODY,
    ("GET", "/v/{village}/calendar.ics"): ANYBODY,
    ("GET", "/v/{village}/household"): ANYBODY,
    ("POST", "/v/{village}/household"): ANYBODY,
    ("GET", "/v/{village}/{period}/ask"): ANYBODY,
    ("POST", "/v/{village}/{period}/ask"): ANYBODY,
    ("GET", "/v/{village}/asked/{receipt}"): ANYBODY,
    ("GET", "/v/{village}/feed.atom"): ANYBODY,
    ("GET", "/v/{village}/search"): ANYBODY,
    ("GET", "/v/{village}/list"): ANYBODY,
    ("GET", "/v/{village}/{period}/line/{number}"): ANYBODY,
    ("GET", "/v/{village}/span/{span}"): ANYBODY,
    ("GET", "/v/{village}/span/{span}/{book}"): ANYBODY,
    ("POST", "/desk/{village}/codes.pdf"): seated("clerk", "bookkeeper"),
    ("GET", "/v/{village}/{period}"): ANYBODY,
    ("GET", "/v/{village}/{period}/statements"): ANYBODY,
    ("GET", "/v/{village}/{period}/statements/{name}.{ending}"): ANYBODY,
    ("GET", "/check"): ANYBODY,
    ("GET", "/api/v1/villages"): ANYBODY,
    ("GET", "/api/v1/villages/{village}/months"): ANYBODY,
    ("GET", "/api/v1/villages/{village}/sheets/{period}"): ANYBODY,
    ("GET", "/login"): ANYBODY,
    ("POST", "/login"): ANYBODY,
    ("POST", "/logout"): ANYBODY,
    ("GET", "/home"): STAFF,
    ("GET", "/inbox"): STAFF,
    ("GET", "/progress"): STAFF,
    ("GET", "/review"): STAFF,
    ("GET", "/review/next"): STAFF,
    ("POST", "/review/sign"): STAFF,
    ("POST", "/review/{village}/{case}"): MEMBERS,
    ("GET", "/desk"): STAFF,
    ("GET", "/desk/go"): STAFF,
    ("GET", "/passkey"): STAFF,
    ("POST", "/passkey/begin"): STAFF,
    ("POST", "/passkey/finish"): STAFF,
    ("GET", "/seats"): STAFF,
    ("POST", "/seats/away"): STAFF,
    ("POST", "/seats/here"): STAFF,
    ("GET", "/reminders"): STAFF,
    ("POST", "/reminders"): STAFF,
    ("POST", "/reminders/again"): OFFICE,
    ("POST", "/seats/{village}/lend"): MEMBERS,
    ("POST", "/seats/{village}/back"): MEMBERS,
    ("GET", "/signed"): STAFF,
    ("GET", "/signed/{village}/{seq}"): STAFF,
    ("GET", "/passkeys"): OFFICE,
    ("POST", "/passkeys"): OFFICE,
    ("POST", "/passkeys/discard"): OFFICE,
    ("GET", "/auditor"): STAFF,
    ("GET", "/acts"): STAFF,
    ("GET", "/case/{village}/{case}"): SIGNERS,
    ("POST", "/case/{village}/{case}/sign"): SIGNERS,
    ("POST", "/case/{village}/{case}/meeting"): MEMBERS,
    ("GET", "/case/{village}/{case}/form/{step}.pdf"): MEMBERS,
    ("POST", "/case/{village}/{case}/paper"): MEMBERS,
    ("POST", "/case/{village}/{case}/second"): MEMBERS,
    ("POST", "/case/{village}/{case}/cancel"): MEMBERS,
    ("POST", "/case/{village}/{case}/papers"): seated(*SEATS["papers.added"]),
    ("POST", "/case/{village}/{case}/ask"): SIGNERS,
    ("POST", "/case/{village}/{case}/answer"): MEMBERS,
    ("GET", "/case/{village}/{case}/paper/{digest}"): SIGNERS,
    ("GET", "/paper/{village}/{case}/{digest}"): SIGNERS,
    ("GET", "/receipt/{village}/{seq}"): SIGNERS,
    ("GET", "/desk/{village}"): MEMBERS,
    ("GET", "/desk/{village}/books"): MEMBERS,
    ("GET", "/desk/{village}/books.{ending}"): MEMBERS,
    ("GET", "/desk/{village}/vouchers.pdf"): MEMBERS,
    ("GET", "/desk/{village}/package.zip"): TAKERS,
    ("GET", "/desk/{village}/{case}/voucher.pdf"): SIGNERS,
    ("GET", "/desk/{village}/voucher"): MAKERS,
    ("POST", "/desk/{village}/voucher/invoice"): MAKERS,
    ("GET", "/desk/{village}/accounts.json"): MAKERS,
    ("POST", "/desk/{village}/drafts"): MAKERS,
    ("POST", "/desk/{village}/drafts/keep"): MAKERS,
    ("POST", "/desk/{village}/drafts/discard"): MAKERS,
    ("GET", "/desk/{village}/coming"): MAKERS,
    ("GET", "/desk/{village}/coming/template.xlsx"): MAKERS,
    ("POST", "/desk/{village}/coming"): MAKERS,
    ("POST", "/desk/{village}/coming/choose"): MAKERS,
    # It opens accounts.
    ("POST", "/desk/{village}/coming/commit"): seated(*SEATS["account.opened"]),
    ("POST", "/desk/{village}/submit"): MAKERS,
    ("POST", "/desk/{village}/withdraw"): seated(*SEATS["case.withdrawn"]),
    ("GET", "/desk/{village}/bank"): BANKERS,
    ("POST", "/desk/{village}/bank"): MAKERS,
    ("GET", "/desk/{village}/bank/file/{name}"): MAKERS,
    ("POST", "/desk/{village}/bank/file/{name}"): MAKERS,
    ("GET", "/desk/{village}/bank/payments"): BANKERS,
    ("POST", "/desk/{village}/bank/payments"): seated(*SEATS["payment.made"]),
    ("POST", "/desk/{village}/bank/payments/{name}"): seated(*SEATS["payment.made"]),
    ("GET", "/desk/{village}/bank/payments/{name}.{ending}"): seated(*SEATS["payment.made"]),
    ("POST", "/desk/{village}/bank/look"): MAKERS,
    ("GET", "/desk/{village}/bank/reconciliation"): BANKERS,
    ("GET", "/desk/{village}/bank/reconciliation.{ending}"): BANKERS,
    ("POST", "/desk/{village}/bank/confirm"): MAKERS,
    ("POST", "/desk/{village}/bank/answer"): MAKERS,
    ("POST", "/desk/{village}/bank/free"): MAKERS,
    ("POST", "/desk/{village}/bank/pay"): seated(*SEATS["payment.made"]),
    ("POST", "/desk/{village}/pay"): seated(*SEATS["payment.made"]),
    ("POST", "/desk/{village}/post"): seated(*SEATS["voucher.posted"]),
    ("GET", "/desk/{village}/close"): MEMBERS,
    ("POST", "/desk/{village}/propose"): MAKERS,
    ("POST", "/desk/{village}/year"): MAKERS,
    ("GET", "/desk/{village}/budget"): MEMBERS,
    ("GET", "/desk/{village}/budget.xlsx"): MEMBERS,
    ("GET", "/desk/{village}/budget.json"): MEMBERS,
    ("POST", "/desk/{village}/budget"): MAKERS,
    ("POST", "/desk/{village}/budget/file"): MAKERS,
    ("GET", "/desk/{village}/correct"): MAKERS,
    ("POST", "/desk/{village}/correct"): MAKERS,
    ("GET", "/desk/{village}/assets"): MEMBERS,
    ("POST", "/desk/{village}/assets"): MAKERS,
    ("GET", "/desk/{village}/terms"): MEMBERS,
    ("POST", "/desk/{village}/terms"): seated("registrar"),
    ("POST", "/desk/{village}/terms/coming"): seated("registrar"),
    ("POST", "/desk/{village}/terms/coming/drop"): seated("registrar"),
    ("POST", "/desk/{village}/terms/end"): seated(*SEATS["seat.left"]),
    ("POST", "/desk/{village}/terms/seat"): seated(*SEATS["seat.taken"]),
    ("POST", "/desk/{village}/terms/key"): seated(*SEATS["key.enrolled"]),
    ("GET", "/desk/{village}/handover"): MEMBERS,
    ("GET", "/desk/{village}/handover.pdf"): MEMBERS,
    ("POST", "/desk/{village}/assets/use"): MAKERS,
    # Who calls a meeting is asked there, by the step: its chair's seat or its recorder's.
    ("GET", "/desk/{village}/meetings"): MEMBERS,
    ("POST", "/desk/{village}/meetings"): MEMBERS,
    ("GET", "/desk/{village}/meetings/{name}"): MEMBERS,
    ("POST", "/desk/{village}/meetings/{name}/drop"): MEMBERS,
    ("POST", "/desk/{village}/meetings/{name}/present"): MEMBERS,
    ("POST", "/desk/{village}/meetings/{name}/close"): MEMBERS,
    ("GET", "/desk/{village}/meetings/{name}/notice.pdf"): MEMBERS,
    ("GET", "/desk/{village}/policies"): MEMBERS,
    ("GET", "/desk/{village}/contracts"): MEMBERS,
    ("POST", "/desk/{village}/contracts"): MAKERS,
    ("POST", "/desk/{village}/contracts/end"): MAKERS,
    ("GET", "/desk/{village}/resources"): MEMBERS,
    ("POST", "/desk/{village}/resources"): MAKERS,
    ("GET", "/desk/{village}/debts"): MEMBERS,
    ("POST", "/desk/{village}/debts"): MAKERS,
    ("GET", "/desk/{village}/dimensions"): MEMBERS,
    ("GET", "/desk/{village}/dimensions.json"): MAKERS,
    ("POST", "/desk/{village}/dimensions"): MAKERS,
    ("POST", "/desk/{village}/dimensions/values"): MAKERS,
    ("POST", "/desk/{village}/policies/adopt"): MEMBERS,
    ("POST", "/desk/{village}/policies/draft"): TOWNSHIP,
    ("GET", "/desk/{village}/policies/draft/{draft}"): TOWNSHIP,
    ("POST", "/desk/{village}/policies/draft/{draft}"): TOWNSHIP,
    ("POST", "/desk/{village}/policies/draft/{draft}/drop"): TOWNSHIP,
    ("GET", "/desk/{village}/funds"): MEMBERS,
    ("POST", "/desk/{village}/funds"): TOWNSHIP,
    ("POST", "/desk/{village}/funds/account"): seated(*SEATS["account.opened"]),
    ("GET", "/desk/{village}/regular"): MEMBERS,
    ("POST", "/desk/{village}/regular"): MAKERS,
    ("POST", "/desk/{village}/regular/drop"): MAKERS,
    ("POST", "/desk/{village}/regular/score"): MAKERS,
    ("GET", "/desk/{village}/levies"): ROLL,
    ("GET", "/desk/{village}/levies.xlsx"): ROLL,
    ("POST", "/desk/{village}/levies"): MAKERS,
    ("POST", "/desk/{village}/levies/paid"): MAKERS,
    ("POST", "/desk/{village}/levies/bank"): MAKERS,
    ("POST", "/desk/{village}/seal"): seated(*SEATS["month.sealed"]),
    ("POST", "/desk/{village}/publish"): seated(*SEATS["sheet.published"]),
    ("GET", "/desk/{village}/asked"): MEMBERS,
    ("POST", "/desk/{village}/asked/enter"): seated(*SEATS["question.asked"]),
    ("POST", "/desk/{village}/asked/aside"): seated("supervision"),
    ("POST", "/desk/{village}/ask"): seated(*SEATS["question.asked"]),
    ("POST", "/desk/{village}/answer"): seated(*SEATS["question.answered"]),
    ("GET", "/desk/{village}/wall"): MEMBERS,
    ("GET", "/calendar"): STAFF,
    ("GET", "/calendar.ics"): STAFF,
    ("POST", "/desk/{village}/wall/boards"): seated(*SEATS["boards.set"]),
    ("POST", "/desk/{village}/wall/post"): seated(*SEATS["sheet.posted"]),
    ("POST", "/desk/{village}/wall/down"): seated(*SEATS["sheet.taken_down"]),
    ("GET", "/desk/{village}/wall/photo/{digest}"): MEMBERS,
    ("POST", "/desk/{village}/wall/list"): seated("clerk", "bookkeeper"),
    ("POST", "/desk/{village}/wall/script"): seated("clerk", "bookkeeper"),
    ("GET", "/desk/{village}/wall/{period}.wav"): MEMBERS,
    ("GET", "/desk/{village}/wall/{period}.txt"): MEMBERS,
    ("GET", "/desk/{village}/dividend/{year}/{name}"): ROLL,
    ("GET", "/desk/{village}/distribution"): ROLL,
    ("POST", "/desk/{village}/distribution/plan"): seated(*SEATS["distribution.frozen"]),
    ("POST", "/desk/{village}/distribution/open"): seated(*SEATS["distribution.frozen"]),
    ("POST", "/desk/{village}/distribution/object"): MAKERS,
    ("POST", "/desk/{village}/distribution/follow"): seated(*SEATS["distribution.frozen"]),
    ("POST", "/desk/{village}/distribution/adopt"): seated(*SEATS["register.adopted"]),
    ("POST", "/desk/{village}/distribution/freeze"): seated(*SEATS["distribution.frozen"]),
    ("POST", "/desk/{village}/distribution/submit"): MAKERS,
    ("GET", "/desk/{village}/union"): MEMBERS,
    ("POST", "/desk/{village}/union"): seated("bookkeeper"),
    ("GET", "/desk/{village}/points"): ROLL,
    ("POST", "/desk/{village}/points"): MAKERS,
    ("GET", "/desk/{village}/shop"): ROLL,
    ("POST", "/desk/{village}/shop"): MAKERS,
    ("GET", "/desk/{village}/members"): ROLL,
    ("GET", "/desk/{village}/members.xlsx"): ROLL,
    ("GET", "/desk/{village}/members/{household}/certificate.pdf"): ROLL,
    ("POST", "/desk/{village}/members/change"): seated(*SEATS["register.adopted"]),
    ("POST", "/desk/{village}/members/bring"): seated(*SEATS["register.adopted"]),
    ("POST", "/auditor/{village}/mark"): AUDITORS,
    ("GET", "/auditor/{village}/books.zip"): AUDITORS,
    ("GET", "/auditor/{village}/verify"): AUDITORS,
    ("GET", "/auditor/{village}/reads"): AUDITORS,
}
# Answered by other applications: files, the audit desk behind its own door, the API's description.
OUTSIDE = frozenset({"/static", "/audit", "/api/v1/openapi.json"})


def admit(request: Request) -> None:
    """Let a request in by the table, before its form is read.

    Raises:
        HTTPException: 401 without a login; 404 without any seat in the village, or for a page that
            the table does not name.
        NotEntitled: the visitor's seats in the village are others, or the page is the registrar's.
    """
    path: str = request.scope["route"].path
    rule = RULES.get((request.method, path))
    if rule is None:
        raise HTTPException(404)
    if not rule.login:
        return
    who = someone(request)
    if rule.office and who.person != register.REGISTRAR:
        raise NotEntitled(seats=register.title(register.REGISTRAR))
    if not rule.seats:
        return
    place, village = room(request), request.path_params["village"]
    with reading(place) as conn:
        people, day = register.of(conn, village), place.clock.today()
    mine = people.seats_of(who.person, day)
    if not mine and rule.lent and people.borrowed(who.person, day):
        return
    if not mine:
        raise HTTPException(404)
    if rule.seats.isdisjoint(mine):
        titles = (register.title(seat) for seat in all_seats() if seat in rule.seats)
        raise NotEntitled(seats="、".join(titles))


def undeclared(web: FastAPI) -> set[tuple[str, str]]:
    """Return the methods and paths of an application that the table does not name."""
    found = set()
    for route in web.routes:
        inner = getattr(route, "original_router", None)
        for one in inner.routes if inner is not None else [route]:
            path = str(getattr(one, "path", one))
            methods = getattr(one, "methods", None) or {""}
            found |= {(method, path) for method in methods if path not in OUTSIDE}
    return found - RULES.keys()
