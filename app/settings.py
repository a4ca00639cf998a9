"""Settings: `MINGBAI_*` variables or `mingbai.toml`, the same names in both."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeInt
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

Wish = Literal["drafts", "lines", "bank", "papers", "suspense", "sheet", "proposals", "closing"]

Hour = Annotated[int, Field(ge=0, le=23)]


class Settings(BaseSettings):
    """Where things are and how the counter is opened.

    `data` holds everything that is not in a database server; `database_url` empty means a SQLite
    file in it. `base_url` is printed on sheets and checked on forms; `telephone` answers questions;
    `today` makes a sample live on a day of its own. `blocks` names the points of the checklist that
    keep a month open here beyond those that a rule names; `suspense_months` is how long a current
    account may lie still. `bidding` is the rent of a whole contract, in yuan, from which it must
    say that it was bid for or voted on. `font` and `font_bold` are TrueType files for papers and
    pictures. Reminders (docs/REMINDERS.md): the mail server, the webhook, `channels` of adapters
    by name, the `quiet` hours from and until, and who is told of what is late: the seats
    `escalate_to`, one more every `escalate_days` working days. `levy_cap`
    is what 一事一议 may ask of a head in a year, in yuan.
    """

    model_config = SettingsConfigDict(
        env_prefix="MINGBAI_", toml_file="mingbai.toml", extra="forbid"
    )

    data: Path = Path("mingbai-data")
    database_url: str = ""
    base_url: str = "http://127.0.0.1:8321"
    township: str = ""
    telephone: str = ""
    profile: str = "sichuan"
    today: date | None = None
    blocks: tuple[Wish, ...] = ("closing",)
    suspense_months: int = 12
    bidding: int = 50_000
    font: Path | None = None
    font_bold: Path | None = None
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    mail_from: str = ""
    webhook_url: str = ""
    webhook_secret: str = ""
    webhook_private: bool = False
    channels: dict[str, str] = {}
    quiet: tuple[Hour, Hour] = (20, 8)
    escalate_days: NonNegativeInt = 3
    escalate_to: tuple[str, ...] = ("village-cadre", "village-leader", "township-head")
    levy_cap: int = 15

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments first, then the environment, then the file."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @classmethod
    def of(cls, data: Path | None, **given: Any) -> "Settings":  # noqa: ANN401 - any setting
        """Return the settings of a data folder: its own `mingbai.toml` fills what is not given."""
        home = data or cls().data
        kept = home / "mingbai.toml"
        own = tomllib.loads(kept.read_text("utf-8")) if kept.is_file() else {}
        return cls(**{**own, "data": home, **given})

    def keep(self) -> None:
        """Write what a data folder has to remember into its `mingbai.toml`."""
        values = {
            "base_url": self.base_url,
            "township": self.township,
            "telephone": self.telephone,
            "profile": self.profile,
        }
        lines = [f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in values.items()]
        if self.today:
            lines.append(f"today = {self.today.isoformat()}")
        (self.data / "mingbai.toml").write_text("\n".join(lines) + "\n", "utf-8")

    def dress(self) -> None:
        """Draw papers and pictures with the faces of the settings, where there are any."""
        if self.font:
            from reports import faces  # noqa: PLC0415 - most commands draw nothing

            faces.choose(self.font, self.font_bold)

    @property
    def url(self) -> str:
        """Return the address of the database."""
        return self.database_url or f"sqlite:///{self.data / 'mingbai.sqlite'}"

    @property
    def books(self) -> Path:
        """Return the folder of all books directories."""
        return self.data / "books"

    @property
    def papers(self) -> Path:
        """Return the folder that holds the papers by digest."""
        return self.data

    @property
    def secure(self) -> bool:
        """Tell whether the pages are reached over https, so that cookies may insist on it."""
        return self.base_url.startswith("https:")
