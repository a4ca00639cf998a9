"""Begin an installation: the database, the registrar's key and login."""

from app import database, logins
from app.settings import Settings
from approvals import keys
from approvals.register import REGISTRAR


def begin(settings: Settings, pin: str, password: str) -> str:
    """Make the database, the registrar's key under a PIN and the login; return the key's id.

    Raises:
        WeakPin, WeakPassword: nothing has been made.
    """
    keys.check_pin(pin)
    hashed = logins.hashed(password)
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = database.connect(settings.url, settings.data)
    database.create(engine)
    with engine.begin() as conn:
        logins.keep(conn, REGISTRAR, REGISTRAR, hashed)
        key = keys.make(conn, REGISTRAR, pin).key
    engine.dispose()
    return key
