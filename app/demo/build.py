"""Build the sample township by the acts that its people would do, in the order of their days.

Nothing passes the gate: requests are submitted and signed before the bank pays, receipts are
drafted from the bank's statement files, every signature is made with a key of its own.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from sqlalchemy import Connection, Engine

from app.demo import story_papers
from app.demo.closing import close_year
from app.demo.in_hand import leave_in_hand
from app.demo.office import Action, Office, Place, post, sign_all, submit
from app.demo.statement_files import files
from app.demo.story import STORY, Meeting, Opinion
from app.demo.township import PIN, Township, township
from app.demo.year import Scale, year
from approvals import acts, adopting, gate, keys, policy, signoff
from approvals.keys import Hand
from approvals.signoff import Tally
from disclosure import answers, audits, notice
from ledger import closing, papers, periods
from ledger.accounts import chart_of
from ledger.bank import read
from ledger.bank import store as lines_of
from ledger.bank.line import Line
from ledger.bank.matching import propose
from ledger.book.files import project
from ledger.items import items
from ledger.posted import store as posted
from ledger.voucher import Leg, Paper, Party, Voucher

FOUNDED = date(2020, 12, 21)
Progress = Callable[[str, int], None]


def forge(people: Iterable[str], engine: Engine) -> dict[str, Hand]:
    """Make everybody's PIN key; the stretching runs on all cores."""
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(lambda person: keys.forge(person, PIN), people))
    with engine.begin() as conn:
        for secret in made:
            keys.keep(conn, secret)
    return {secret.hand.person: secret.hand for secret in made}


def build(
    place: Place, scale: Scale, progress: Progress, villages: Sequence[str] = ()
) -> dict[str, int]:
    """Build the township (or some of its villages, by slug) and return vouchers by village."""
    town = township()
    homes = [home for home in town.villages if not villages or home.slug in villages]
    seated = {holding.person for home in homes for holding in home.holdings}
    hands = forge(sorted(seated), place.engine)
    built = {}
    for home in homes:
        office = Office(place, home, year(home, scale), hands)
        keep_year(office, found(office, town), progress)
        with place.engine.begin() as conn:
            project(conn, home.code, place.books)
            built[home.name] = len(posted.vouchers(conn, home.code, "0000-00", "9999-12"))
    return built


def found(office: Office, town: Township) -> list[str]:
    """Open the log, do the registrar's acts, and have the opening balances signed.

    Returns the case of the opening voucher, cleared and to be posted on New Year's Day.
    """
    office.at(FOUNDED)
    home, registrar = office.home, office.hands["registrar"]
    names = {person.id: person.name for person in town.people}
    with office.place.engine.begin() as conn:
        facts = {"name": home.holder, "township": town.name, "opened": "2021-01-01"}
        acts.open_log(conn, registrar, office.desk(), facts)
        acts.key_server(conn, registrar, office.desk(), office.place.server)
        _seat_people(conn, office, names)
        for kin in home.kin:
            acts.declare_kin(conn, registrar, office.desk(), kin.person, kin.name, kin.relation)
        adopting.adopt_policy(conn, registrar, office.desk(), policy.shipped("lizhou"))
        for code, name in office.story.details:
            acts.open_account(conn, office.hand("bookkeeper"), office.desk(), code, name)
    legs = tuple(Leg(code, fen, "") for code, fen in office.story.opening.items() if fen)
    day = date(2021, 1, 1)
    opening = Voucher(home.code, "opening", day, "2021年年初余额", "transfer.opening", legs)
    cases = submit(office, [opening])
    sign_all(office, cases, [FOUNDED + timedelta(days=1)] * 9)
    return cases


def _seat_people(conn: Connection, office: Office, names: dict[str, str]) -> None:
    registrar = office.hands["registrar"]
    seated: set[str] = {"registrar"}
    for holding in office.home.holdings:
        person = holding.person
        if holding.seat == "registrar":
            continue
        if person not in seated:
            seated.add(person)
            acts.enrol_person(conn, registrar, office.desk(), person, names[person])
            public = office.hands[person].public
            acts.enrol_key(conn, registrar, office.desk(), person, public)
        term = (holding.first, holding.last)
        acts.take_seat(conn, registrar, office.desk(), holding.seat, person, term)


def keep_year(office: Office, opening: Sequence[str], progress: Progress) -> None:
    """Post the opening, keep the books of the year month after month, and the January after."""
    months = [*office.story.months, office.story.after]
    done = _statements(office)
    chart_lines = {month.period: _lines(done, month.period) for month in months}
    rounds = {
        month.period: [pair for pair in chart_lines[month.period] if pair[1].out_fen]
        for month in months
    }
    cases = _request(office, rounds[months[0].period], months[0].period)
    office.at(date(2021, 1, 1))
    post(office, opening)
    for at, month in enumerate(months):
        period = month.period
        _pay(office, cases, rounds[period])
        following = months[at + 1].period if at + 1 < len(months) else ""
        dividend = following == office.story.after.period
        later: dict[str, str] = {}
        if following and not dividend:
            later = _request(office, rounds[following], following)
        _close_month(office, period, chart_lines[period], cases, month.vouchers)
        if dividend:  # nobody asks for the dividend before it is resolved
            later = _request(office, rounds[following], following)
        cases = later
        progress(office.home.name, at + 1)
    _in_time(office, office.pending)
    leave_in_hand(office)


def _lines(done: Sequence[tuple[str, Line]], period: str) -> list[tuple[str, Line]]:
    return [pair for pair in done if f"{pair[1].day:%Y-%m}" == period]


def _statements(office: Office) -> list[tuple[str, Line]]:
    """Write the bank's files, read them back as the importer does, and return (account, line)."""
    folder = office.place.statements / office.home.slug
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    with office.place.engine.begin() as conn:
        for one in office.home.accounts:
            where = (office.home.code, one.code, one.number, office.home.holder, one.bank)
            lines_of.bind(conn, lines_of.Account(*where))
    for file in files(office.story):
        (folder / file.name).write_bytes(file.data)
        statement = read((folder / file.name).read_bytes(), file.name)
        found += [(file.account, line) for line in statement.lines]
    return sorted(found, key=lambda pair: (pair[1].day, pair[1].time))


def draft(office: Office, conn: Connection, account: str, line: Line) -> Voucher:
    """Return the voucher for a line: by rule, or by the clerk's answer where no rule is sure."""
    chart = chart_of(conn, office.home.code)
    proposal = propose(line, office.home.code, account, office.rules, chart)
    voucher, answer = proposal.voucher, office.story.answers.get(line.key)
    if answer is not None:
        fen = -line.fen if line.in_fen else line.fen
        kept = next(leg for leg in voucher.legs if leg.account == account)
        other = Leg(answer.account, fen, voucher.summary)
        legs = (kept, other) if line.in_fen else (other, kept)
        voucher = replace(voucher, purpose=answer.item, legs=legs)
    # A line without a party is the bank's own: its fees and its interest.
    payee = voucher.payee or Party(office.home.accounts[0].bank, "", "")
    return replace(voucher, handler=_clerk(office), payee=payee, sheets=max(voucher.sheets, 1))


def _clerk(office: Office) -> str:
    return township().person(office.home.holders("clerk")[0]).name


def _request(office: Office, lines: Sequence[tuple[str, Line]], period: str) -> dict[str, str]:
    """Ask for the month's payments in the last week of the month before; return cases by line."""
    before = periods.first_day(period) - timedelta(days=1)
    start = before.replace(day=min(before.day, 24))
    office.at(max(start, office.now.date()))
    usual = [pair for pair in lines if pair[1].key != office.story.story]
    with office.place.engine.begin() as conn:
        vouchers = [replace(draft(office, conn, *pair), bank_line="") for pair in usual]
    cases = submit(office, vouchers)
    days = [start + timedelta(days=shift) for shift in (1, 1, 2, 2, 3, 3, 3, 4, 4)]
    sign_all(office, cases, days)
    return {line.key: case for (_, line), case in zip(usual, cases, strict=True)}


def _pay(office: Office, cases: dict[str, str], lines: Sequence[tuple[str, Line]]) -> None:
    """Pay each cleared request on its day; the story's request walks its own road between."""
    actions, office.pending = office.pending, []
    for _, line in lines:
        if line.key == office.story.story:
            cases[line.key] = STORY.case
            actions += _story_actions(office, line.day)
        else:
            actions.append((line.day, 10, partial(_pay_one, office, cases[line.key])))
    _in_time(office, actions)


def _in_time(office: Office, actions: Sequence[Action]) -> None:
    for day, hour, act in sorted(actions, key=lambda item: item[:2]):
        office.at(day, hour)
        act()


def _pay_one(office: Office, case: str) -> None:
    with office.place.engine.begin() as conn:
        signoff.pay(conn, office.hand("cashier"), office.desk(), case)


def _story_actions(office: Office, paid: date) -> list[Action]:
    """Return the road of May 2021: papers, meetings, signatures with their words, the bank."""
    found: list[Action] = [(STORY.asked, 9, partial(_ask_for_road, office, paid))]
    found += [(one.day, 15, partial(_meet, office, one)) for one in STORY.meetings]
    found += [(one.day, 11, partial(_opine, office, one)) for one in STORY.opinions]
    found.append((STORY.paid, 14, partial(_pay_one, office, STORY.case)))
    return found


def _ask_for_road(office: Office, paid: date) -> None:
    kept = []
    for paper in STORY.papers:
        data = story_papers.picture(paper)
        kept.append(Paper(papers.save(office.place.papers, data), paper.title, paper.number))
    counter = items()[STORY.wrong_item].account
    voucher = Voucher(
        village=office.home.code,
        kind="payment",
        day=paid,
        summary=STORY.summary,
        purpose=STORY.wrong_item,
        legs=(Leg(counter, STORY.fen, ""), Leg("102.01", -STORY.fen, "")),
        handler=STORY.handler,
        payee=STORY.party,
        papers=tuple(kept),
        sheets=len(kept),
        resolution=STORY.resolution,
    )
    submit(office, [voucher], [STORY.case])


def _meet(office: Office, meeting: Meeting) -> None:
    tally = Tally(meeting.day, meeting.roster, meeting.present, meeting.favour, meeting.against)
    chair, recorder = office.hand("secretary"), office.hand("clerk")
    with office.place.engine.begin() as conn:
        desk = office.desk()
        signoff.close_meeting(conn, chair, recorder, desk, STORY.case, meeting.step, tally)


def _opine(office: Office, one: Opinion) -> None:
    hand = office.hands[one.person]
    with office.place.engine.begin() as conn:
        desk = office.desk()
        args = (one.step, one.step, "approve", one.words)
        signoff.sign(conn, hand, desk, STORY.case, *args)


def _close_month(
    office: Office,
    period: str,
    lines: Sequence[tuple[str, Line]],
    paid: dict[str, str],
    transfers: Sequence[Voucher],
) -> None:
    """Import the statement, draft the receipts, post everything, seal."""
    after = periods.first_day(periods.next_period(period))
    office.at(after, 14)
    home = office.home
    with office.place.engine.begin() as conn:
        for account in dict.fromkeys(account for account, _ in lines):
            mine = [line for code, line in lines if code == account]
            lines_of.add(conn, home.code, account, mine)
        for key, case in paid.items():
            lines_of.mark(conn, home.code, key, case)
        receipts = [pair for pair in lines if pair[1].in_fen]
        vouchers = [draft(office, conn, *pair) for pair in receipts]
    cases = submit(office, [*vouchers, *transfers])
    with office.place.engine.begin() as conn:
        for (_, line), case in zip(receipts, cases, strict=False):
            lines_of.mark(conn, home.code, line.key, case)
    office.at(after + timedelta(days=1))
    sign_all(office, cases, [after + timedelta(days=1)])
    post(office, [*cases, *paid.values()])
    if period == "2021-12":
        close_year(office)
    seal(office, period)


def seal(office: Office, period: str) -> None:
    """Seal a month on the second of the next; notice, audit and questions follow in their time."""
    after = periods.first_day(periods.next_period(period))
    office.at(after + timedelta(days=1), 16)
    with office.place.engine.begin() as conn:
        books = gate.Books(office.place.books)
        gate.seal(conn, office.hands["registrar"], office.desk(), period, books)
    office.pending.append((after + timedelta(days=4), 9, partial(_publish, office, period)))
    if period[5:] in {"03", "06", "09", "12"}:
        quarter = f"{period[:4]}-Q{int(period[5:]) // 3}"
        office.pending.append((after + timedelta(days=17), 9, partial(_audit, office, quarter)))
    asked = STORY.question
    if office.story.story and period == asked.period:
        office.pending.append((asked.asked, 9, partial(_ask, office)))
        office.pending.append((STORY.corrected, 9, partial(correct, office)))
        office.pending.append((asked.answered, 9, partial(_answer, office)))


def _publish(office: Office, period: str) -> None:
    up = (office.now.date(), office.now.date() + timedelta(days=20))
    with office.place.engine.begin() as conn:
        notice.publish(conn, office.hand("bookkeeper"), office.desk(), period, up)


def _audit(office: Office, quarter: str) -> None:
    opinion = "凭证、审签、银行流水与公开表相符"
    with office.place.engine.begin() as conn:
        audits.mark(conn, office.hand("auditor"), office.desk(), quarter, opinion)


def _ask(office: Office) -> None:
    asked = STORY.question
    with office.place.engine.begin() as conn:
        clerk = office.hand("clerk")
        answers.ask(conn, clerk, office.desk(), asked.period, "", asked.text)


def _answer(office: Office) -> None:
    with office.place.engine.begin() as conn:
        number = answers.questions(conn, office.home.code)[-1].number
        answers.answer(conn, office.hand("clerk"), office.desk(), number, STORY.question.answer)


def correct(office: Office) -> None:
    """Write the story's entry off in red and enter it anew in blue; both walk the whole chain."""
    if not office.story.story:
        return
    with office.place.engine.begin() as conn:
        wrong = posted.by_case(conn, office.home.code, STORY.case)
    if wrong is None:
        return
    day = STORY.corrected
    number = str(wrong.number)
    red = closing.red(wrong.voucher, wrong.number, day, STORY.why)
    right = items()[STORY.right_item].account
    legs = (Leg(right, STORY.fen, ""), Leg("102.01", -STORY.fen, ""))
    blue = replace(
        wrong.voucher,
        day=day,
        summary=f"订正{number}凭证：{STORY.summary}",
        purpose=STORY.right_item,
        legs=legs,
        corrects=number,
    )
    cases = submit(office, [red, blue], [STORY.red_case, STORY.blue_case])
    sign_all(office, cases, [office.now.date()])
    post(office, cases)
