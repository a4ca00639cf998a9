"""The share register as a value: who holds what on a day. Names stay in it and out of its digest.

Source: 农村集体经济组织法 art. 12, 40 (share register); art. 42 (distribution by share).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ledger import canonical
from ledger.distribution import Holding, check

Household = Holding


@dataclass(frozen=True, slots=True)
class Register:
    """A village's register on a day, in the order of household; `register` makes it."""

    village: str
    as_of: date
    households: tuple[Household, ...]

    @property
    def shares(self) -> int:
        """Return the number of all shares."""
        return sum(item.shares for item in self.households)

    @property
    def people(self) -> int:
        """Return the number of people in all households."""
        return sum(item.people for item in self.households)

    def get(self, household: str) -> Household | None:
        """Return a household, or None if the register has no such number."""
        return next((item for item in self.households if item.household == household), None)

    def digest(self) -> str:
        """Return the digest that `register.adopted` carries."""
        return digest(self.households)

    def body(self) -> dict[str, str | int]:
        """Return the body of the act `register.adopted`."""
        return {
            "as_of": self.as_of.isoformat(),
            "digest": self.digest(),
            "households": len(self.households),
            "shares": self.shares,
        }


def register(village: str, as_of: date, households: Iterable[Household]) -> Register:
    """Return the register of these households, in whatever order they come.

    Raises:
        BadRegister: see `ledger.distribution.check`.
    """
    return Register(village, as_of, tuple(check(households)))


def digest(households: Iterable[Household]) -> str:
    """Return the digest of a register without names, for the act that adopts it."""
    rows = [[item.household, item.people, item.shares] for item in households]
    return canonical.digest({"households": sorted(rows)})
