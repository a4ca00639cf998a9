"""Install the sample township: database, books, papers, bank files and logins."""

from collections.abc import Sequence

from rich.progress import Progress

from app import database, logins, servant
from app.demo.build import build
from app.demo.office import Place
from app.demo.township import PIN, township
from app.demo.year import Scale
from app.settings import Settings

PASSWORD = "mingbai2021"  # noqa: S105 - of everybody in the sample, printed on purpose
MONTHS = 13
SHOWN = (
    ("book1", "代理记账会计", "凭证、银行流水、记账"),
    ("review1", "代理复核", "复核收款和转账"),
    ("cash1", "代理出纳", "付款"),
    ("jingtian-sup1", "井田村村务监督委员会主任", "审签"),
    ("jingtian-secretary", "井田村村支书", "审签"),
    ("head1", "镇主要领导", "审签"),
    ("registrar", "镇登记员", "结账封存"),
    ("audit1", "镇审计人员", "审计台"),
)


def install(settings: Settings, scale: Scale, bar: Progress, only: Sequence[str]) -> dict[str, int]:
    """Build the township under the data folder, showing progress; return vouchers by village."""
    settings.data.mkdir(parents=True, exist_ok=True)
    fresh = settings.data / "mingbai.sqlite"
    part = settings.data / "mingbai.sqlite.part"
    part.unlink(missing_ok=True)
    engine = database.connect(settings.database_url or f"sqlite:///{part}", settings.data)
    database.create(engine)
    place = Place(
        engine,
        settings.books,
        settings.papers,
        settings.data / "statements",
        servant.hand(settings).public,
    )
    count = len(only) or len(township().villages)
    task = bar.add_task("准备签名密钥", total=count * MONTHS)

    def progress(name: str, month: int) -> None:
        del month
        bar.update(task, advance=1, description=f"{name} 记账、审签、结账")

    built = build(place, scale, progress, only)
    hashed = logins.hashed(PASSWORD)
    with engine.begin() as conn:
        for person in township().people:
            logins.keep(conn, person.id, person.id, hashed)
    engine.dispose()
    if not settings.database_url:
        # The database takes its name when it is whole: a broken-off build is begun anew.
        part.replace(fresh)
    return built


def who_may_enter() -> list[str]:
    """Return the lines that tell who may log in."""
    head = f"登录密码都是 {PASSWORD}，签名密码（PIN）都是 {PIN}"
    return [head, *(f"{name:<20} {title}（{does}）" for name, title, does in SHOWN)]
