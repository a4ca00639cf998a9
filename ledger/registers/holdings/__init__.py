"""Members, resources, contracts and debts: registers without a place in the books.

The columns are those of the 资源台账 and 合同台账 that villages keep. Names live here and in no
event. Source: 财农〔2021〕121号 art. 30 (asset ledger, member register, share register).
"""

from datetime import date
from typing import NamedTuple


class Member(NamedTuple):
    """A person of a household: its number, the place in it from 1, name, relation, own shares."""

    household: str
    no: int
    name: str
    relation: str
    shares: int


class Resource(NamedTuple):
    """A resource (land, forest, water): quantity as decimal text with its unit, no value."""

    number: str
    name: str
    kind: str
    place: str
    borders: str
    quantity: str
    unit: str
    use: str
    user: str
    contract: str


class Contract(NamedTuple):
    """A contract: with whom, for what, from when to when, rent a year and deposit in fen.

    `due` says in words when the rent is to be paid. What follows is what the rent schedule needs
    (`ledger.registers.rents`): the model, every how many months the rent falls due, first in the
    month `falls` (empty: that of `first`), the accounts of income and of what is owed, how the
    other side was found (`bid`), and the day and reason of an early end.
    """

    number: str
    party: str
    subject: str
    quantity: str
    unit: str
    first: date
    last: date
    rent: int
    due: str
    deposit: int
    resolution: str
    model: str = ""
    every: int = 12
    falls: str = ""
    income: str = ""
    owed: str = ""
    bid: str = ""
    ended: date | None = None
    ending: str = ""


class Debt(NamedTuple):
    """What an outsider owes (fen positive) or is owed (negative), by detail account."""

    account: str
    party: str
    fen: int
    about: str
    since: date | None
    due: date | None
