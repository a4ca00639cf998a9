"""Logins: who sits at the counter. Which seats they hold is the log's business alone."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Connection, Engine, delete, insert, select, update

from app.tables import login, opened, pending, session
from ledger.refusal import Refusal

TRIES = 5
LOCK = timedelta(minutes=15)
STAY = timedelta(hours=12)
LEAST = 8
_HASH = PasswordHash((Argon2Hasher(),))
# A name that does not exist costs as much as one that does.
_NOBODY = _HASH.hash(secrets.token_hex(16))


class Visitor(NamedTuple):
    """Somebody logged in: the login's name, the person's id, the session's form token."""

    name: str
    person: str
    csrf: str


def hashed(password: str) -> str:
    """Return the argon2id hash of a password.

    Raises:
        WeakPassword: fewer than eight characters.
    """
    if len(password) < LEAST:
        raise WeakPassword(least=LEAST)
    return _HASH.hash(password)


def add(conn: Connection, name: str, person: str, password: str) -> None:
    """Add a login, or set its password anew.

    Raises:
        WeakPassword: see `hashed`.
    """
    keep(conn, name, person, hashed(password))


def keep(conn: Connection, name: str, person: str, password_hash: str) -> None:
    """Add a login whose password is hashed already."""
    conn.execute(delete(login).where(login.c.name == name))
    row = {"name": name, "person": person, "password": password_hash}
    conn.execute(insert(login).values(failures=0, locked_until="", **row))


def owner(conn: Connection, name: str) -> str | None:
    """Return whose login a name is, or None."""
    found: str | None = conn.execute(select(login.c.person).where(login.c.name == name)).scalar()
    return found


def of_person(conn: Connection, person: str) -> str | None:
    """Return the name by which a person logs in, or None."""
    query = select(login.c.name).where(login.c.person == person).order_by(login.c.name)
    found: str | None = conn.execute(query).scalar()
    return found


def enter(engine: Engine, name: str, password: str, now: datetime) -> str:
    """Check a password and open a session; return its token, which only the browser keeps.

    The attempt is counted before the password is looked at, so that parallel guesses count.

    Raises:
        LoginLocked: five wrong passwords; says how long to wait.
        WrongLogin: name or password is wrong.
    """
    with engine.begin() as conn:
        row = conn.execute(select(login).where(login.c.name == name).with_for_update()).first()
        if row is not None:
            if row.locked_until and now < datetime.fromisoformat(row.locked_until):
                raise LoginLocked(minutes=int(LOCK.total_seconds() // 60))
            failures = 1 if row.locked_until else row.failures + 1
            locked = (now + LOCK).isoformat() if failures >= TRIES else ""
            count = update(login).where(login.c.name == name)
            conn.execute(count.values(failures=failures, locked_until=locked))
    if not _HASH.verify(password, row.password if row else _NOBODY) or row is None:
        raise WrongLogin
    with engine.begin() as conn:
        done = update(login).where(login.c.name == name).values(failures=0, locked_until="")
        conn.execute(done)
        return _open(conn, name, now)


def _open(conn: Connection, name: str, now: datetime) -> str:
    conn.execute(delete(session).where(session.c.until < now.isoformat()))
    token = secrets.token_urlsafe(32)
    row = {"token": digest(token), "name": name, "csrf": secrets.token_hex(32)}
    conn.execute(insert(session).values(until=(now + STAY).isoformat(), **row))
    return token


def digest(token: str) -> str:
    """Return what the database keeps of a session token."""
    return sha256(token.encode()).hexdigest()


def visitor(conn: Connection, token: str, now: datetime) -> Visitor | None:
    """Return who a session token belongs to, or None when it is unknown or over."""
    query = (
        select(session.c.name, session.c.csrf, session.c.until, login.c.person)
        .join(login, login.c.name == session.c.name)
        .where(session.c.token == digest(token))
    )
    row = conn.execute(query).first()
    if row is None or datetime.fromisoformat(row.until) <= now:
        return None
    return Visitor(row.name, row.person, row.csrf)


def leave(conn: Connection, token: str) -> None:
    """End a session."""
    conn.execute(delete(session).where(session.c.token == digest(token)))
    for table in (pending, opened):
        conn.execute(delete(table).where(table.c.token == digest(token)))


class WeakPassword(Refusal):
    """The password is too short."""

    code = "W001"
    says = "登录密码至少 {least} 位，请另设一个。"
    status = 422


class WrongLogin(Refusal):
    """Name or password is wrong."""

    code = "W002"
    says = "用户名或密码不对，请重新输入。连续输错五次会暂停登录。"
    status = 403


class LoginLocked(Refusal):
    """Five wrong passwords."""

    code = "W003"
    says = "密码连续输错五次，请 {minutes} 分钟后再试，或请镇登记员重设。"
    status = 403
