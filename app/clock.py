"""The only clock of the counter. A sample installation lives on a day of its own."""

from datetime import date, datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=8))


class Clock:
    """Tells the time in China; `today` shifts it so that it starts on another day."""

    def __init__(self, today: date | None = None) -> None:
        real = datetime.now(ZONE)
        self.shift = timedelta() if today is None else today - real.date()

    def now(self) -> datetime:
        """Return the present time, to the second."""
        return (datetime.now(ZONE) + self.shift).replace(microsecond=0)

    def today(self) -> date:
        """Return the present day."""
        return self.now().date()
