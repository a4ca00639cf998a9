"""The counter over a village that a test built by acts: who sits where, with which PIN."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from fastapi.testclient import TestClient
from sample import Village, hand

from app import logins
from app.demo.township import PIN as SAMPLE_PIN
from app.servant import hand as servant
from app.settings import Settings
from app.web import create_app
from app.web.room import Room
from approvals import acts, adopting, keys, register
from approvals.policy import Policy, digest

PASSWORD = "sample-password"
PIN = "258036"


@contextmanager
def counter_of(village: Village, today: date) -> Iterator[TestClient]:
    """Open the counter of a village's installation on a day."""
    settings = Settings.of(village.root.parent, today=today)
    village.on(today)
    with village.engine.begin() as conn:
        acts.key_server(conn, hand("registrar"), village.desk(), servant(settings).public)
    web = create_app(settings)
    with TestClient(web, base_url="http://127.0.0.1:8321") as client:
        yield client
    web.state.room.engine.dispose()


def enter(client: TestClient, village: Village, person: str) -> str:
    """Log a person in; return the session's form token."""
    with village.engine.begin() as conn:
        logins.add(conn, person, person, PASSWORD)
    client.cookies.clear()
    client.post("/login", data={"name": person, "password": PASSWORD})
    found = re.search(r'name="csrf" value="(\w+)"', client.get("/inbox").text)
    assert found
    return found[1]


def give_pin(village: Village, *people: str) -> None:
    """Set a PIN of some people, each with the person present."""
    for person in people:
        with village.engine.begin() as conn:
            public = keys.make(conn, person, PIN).public
            acts.enrol_key(conn, hand("registrar"), village.desk(), person, public)


def adopt(place: Room, village: str, text: Policy) -> None:
    """Adopt a policy in a village of the sample by every hand that must sign it."""
    with place.engine.connect() as conn:
        people, day = register.of(conn, village), place.clock.today()
    named = people.consents((), day)
    hands = [who for one in named for who in people.holders(one.seat, day)[: one.need]]
    for who in hands:
        hand, desk = keys.unlock(place.engine, who, SAMPLE_PIN), place.desk(village)
        with place.engine.begin() as conn:
            adopting.adopt_policy(conn, hand, desk, text)
    with place.engine.connect() as conn:
        assert register.of(conn, village).policy == digest(text)
