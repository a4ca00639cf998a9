"""Every table of every package, for migrations and the check that they are complete."""

from app import tables as counter
from approvals import tables as keys
from disclosure.askbox import tables as askbox
from ledger.bank import tables as bank
from ledger.legs import tables as legs
from ledger.log import tables as log
from ledger.payments import tables as payments
from ledger.posted import tables as posted
from ledger.reads import tables as reads
from ledger.registers import tables as registers
from ledger.registers.dimensions import tables as dimensions
from ledger.registers.holdings import tables as holdings
from ledger.registers.levies import tables as levies
from ledger.registers.membership import tables as membership
from ledger.registers.plans import tables as plans
from ledger.registers.points import tables as points
from ledger.registers.shop import tables as shop
from ledger.registers.union import tables as union
from ledger.schema import metadata

HOMES = (
    counter,
    keys,
    askbox,
    bank,
    legs,
    log,
    payments,
    posted,
    reads,
    registers,
    dimensions,
    holdings,
    levies,
    membership,
    plans,
    points,
    shop,
    union,
)

__all__ = ["HOMES", "metadata"]
