"""The command `mingbai`: a command ends with 0, with 1 and one sentence, or with 2 on bad use."""

import json
import shutil
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine

from app import database, outbox, proofs, reminding, verifying
from app.clock import Clock
from app.desk import bundle, roll_of, three_statements
from app.drill import drill, lines_of
from app.settings import Settings
from app.witness import witness_app
from approvals import receipts, register
from approvals.verify import verify as evaluate
from approvals.verify.cache import evaluated
from approvals.verify.report import report
from disclosure import render
from disclosure.comparing import beside
from disclosure.compose import compose
from ledger import periods, personal, rebuild
from ledger.bank import cells, importing
from ledger.book import files
from ledger.legs import store as legs
from ledger.log import store as log
from ledger.money import yuan
from ledger.posted import store as posted
from ledger.refusal import Refusal
from reports.roll_pdf import roll_pdf
from reports.roll_xlsx import roll_xlsx
from reports.slips_pdf import slips_pdf
from reports.statement_pdf import statement_pdf
from reports.statement_xlsx import statement_xlsx

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="明白账：村集体的公开账本。mingbai COMMAND --help 有用法和例子。",
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
app.add_typer(witness_app, name="witness")

FORM = "形式：pdf（张贴）、picture（发群的长图）、text（发群的文字）、script（广播稿）、wav（录音）"
PAPER, ONE_STATE = (
    "纸张只有 A4、A3、A3-tall（竖放）和 large（A4 大字）",
    "状态文件只用于一个村的账簿目录",
)
FOLDER = "不是账簿目录"
COSIGN = "请给出 --ask 名称=网址，或 --request 文件，或 --line 文件和 --name 名称"
Data = Annotated[Path | None, typer.Option("--data", help="数据目录（默认 mingbai-data）")]
Village = Annotated[str, typer.Argument(help="村代码，如 510802-sandui-jingtian")]
Period = Annotated[str, typer.Argument(help="月份，如 2021-05")]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出")]
Target = Annotated[Path | None, typer.Option("--out", help="输出文件")]


def main() -> None:
    """Run the command line; a refusal or a full disk becomes one sentence."""
    try:
        app()
    except Refusal as refusal:
        err.print(str(refusal), style="red", markup=False)
        sys.exit(1)
    except OSError as fault:
        place = f"（{fault.filename}）" if fault.filename else ""
        err.print(f"[F100] 无法读写文件{place}：{fault.strerror}。", style="red", markup=False)
        sys.exit(1)


def settings_of(data: Path | None) -> Settings:
    """Return the settings, with the data folder of the command line if given."""
    return Settings.of(data)


@contextmanager
def opened(data: Path | None) -> Iterator[tuple[Settings, Engine]]:
    """Open the installation of a data folder."""
    settings = settings_of(data)
    if not settings.database_url and not (settings.data / "mingbai.sqlite").exists():
        raise NoInstallation(data=settings.data)
    settings.dress()
    engine = database.connect(settings.url, settings.data)
    try:
        yield settings, engine
    finally:
        engine.dispose()


def show(value: object) -> None:
    """Print a value as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


@app.command()
def demo(
    data: Annotated[Path, typer.Option("--data", help="数据目录")] = Path("mingbai-demo"),
    serve_it: Annotated[bool, typer.Option("--serve/--no-serve", help="建好后打开网站")] = True,
    full: Annotated[bool, typer.Option("--full", help="一万张以上凭证的全量样例")] = False,
    port: Annotated[int, typer.Option(help="网站端口")] = 8321,
    only: Annotated[list[str] | None, typer.Option("--village", help="只建这些村")] = None,
) -> None:
    """建好样例乡镇（三堆镇十四村，2021 年）并打开网站。

    例：mingbai demo；mingbai demo --data /tmp/sandui --no-serve
    """
    from app.demo import township as sample  # noqa: PLC0415 - a sample is not needed to serve
    from app.demo.install import install  # noqa: PLC0415

    town = sample.township()
    settings = Settings(
        data=data,
        base_url=f"http://127.0.0.1:{port}",
        township=town.name,
        telephone=town.telephone,
        today=sample.TODAY,
    )
    if (data / "mingbai.sqlite").exists():
        out.print(f"{data} 里已有样例，直接打开。要重建请先删除该目录。")
    else:
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=err) as bar:
            built = install(settings, "full" if full else "light", bar, only or [])
        settings.keep()
        out.print(f"已建好 {len(built)} 个村、{sum(built.values())} 张凭证：{data}")
    _print_logins(settings)
    if serve_it:
        _serve(settings, port)


def _print_logins(settings: Settings) -> None:
    from app.demo.install import who_may_enter  # noqa: PLC0415

    out.print(f"\n打开 {settings.base_url}/ ，村民无需登录。四类用户可用以下账号登录：")
    for line in who_may_enter():
        out.print(f"  {line}", markup=False)


@app.command()
def init(
    township: Annotated[str, typer.Argument(help="乡镇名称")],
    data: Data = None,
) -> None:
    """建立空的安装：数据库和镇登记员的密钥、登录。

    例：mingbai init 三堆镇 --data /srv/mingbai
    """
    from app.begin import begin  # noqa: PLC0415

    pin = typer.prompt("镇登记员的签名密码（六位以上数字）", hide_input=True)
    password = typer.prompt("镇登记员的登录密码（八位以上）", hide_input=True)
    settings = settings_of(data)
    key = begin(settings, pin, password)
    out.print(f"{township}：安装在 {settings.data}，登记员密钥指纹 {key}。请把指纹印在公开表上。")


@app.command()
def serve(
    data: Data = None,
    port: Annotated[int, typer.Option(help="端口")] = 8321,
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
) -> None:
    """打开网站。

    例：mingbai serve --data /srv/mingbai --port 8321
    """
    with opened(data) as (settings, engine):
        database.create(engine)
        _catch_up(engine, settings.books)
    _serve(settings, port, host)


def _catch_up(engine: Engine, books: Path) -> None:
    """Bring the books to the log: a process may have ended between a commit and its projection."""
    with database.read(engine) as conn:
        for village in log.villages(conn):
            files.project(conn, village, books)


def _judge_books(books: Path) -> None:
    """Verify every village's books once, so that the auditor's first page need not wait for it."""
    for path in sorted(books.glob("*/village.json")):
        evaluated(path.parent)


def _serve(settings: Settings, port: int, host: str = "127.0.0.1") -> None:
    import uvicorn  # noqa: PLC0415 - only the server needs it

    from app.web import create_app  # noqa: PLC0415

    out.print(f"网站在 http://{host}:{port}/ ，按 Ctrl+C 停止。")
    threading.Thread(target=_judge_books, args=(settings.books,), daemon=True).start()
    uvicorn.run(create_app(settings), host=host, port=port, log_level="warning")


@app.command("import-bank")
def import_bank(
    village: Village,
    account: Annotated[str, typer.Argument(help="银行存款明细科目，如 102.01")],
    file: Annotated[Path, typer.Argument(help="银行流水文件（CSV、.xls、.xlsx）")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """导入银行流水；重复导入只补新行。网页上教过的表头也认得。

    例：mingbai import-bank 510802-sandui-jingtian 102.01 五月流水.csv
    """
    table = cells.rows(file.read_bytes(), file.name)
    with opened(data) as (_, engine), engine.begin() as conn:
        statement = importing.understood(conn, village, account, table, file.name)
        new = importing.take(conn, village, account, statement).new
    if as_json:
        show({"lines": len(statement.lines), "new": new, "closing_fen": statement.closing_fen})
        return
    balance = yuan(statement.closing_fen)
    out.print(f"{file.name}：{len(statement.lines)} 行，新增 {new} 行，期末余额 {balance} 元。")


@app.command("import-opening")
def import_opening(
    village: Village,
    file: Annotated[Path, typer.Argument(help="建账表或科目余额表（.xlsx、.xls、CSV）")],
    day: Annotated[str, typer.Option(help="建账日，如 2024-01-01（默认：村的启用日）")] = "",
    regime: Annotated[str, typer.Option(help="原账执行的制度 2004 或 2023（默认：自动判断）")] = "",
    choose: Annotated[
        list[str] | None, typer.Option(help="选定一个科目，如 '202 应付款=211'，可写多次")
    ] = None,
    person: Annotated[
        str, typer.Option("--commit", help="由这位记账人签名提交（默认只试算）")
    ] = "",
    *,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """试算或导入期初余额和台账；先试算，全部无误才能提交。

    例：mingbai import-opening 510802-sandui-jingtian 建账表.xlsx --commit book1
    """
    from app import importing  # noqa: PLC0415 - one command of many

    asked = importing.Asked(village, file, day, regime, tuple(choose or ()), person)
    pin = typer.prompt("签名密码（PIN）", hide_input=True) if person else ""
    with opened(data) as (settings, engine):
        found = importing.run(settings, engine, asked, pin)
    if as_json:
        show(importing.as_json(found))
    else:
        for line in importing.lines(found):
            out.print(line, markup=False)
    if found.trial.faults:
        raise typer.Exit(1)


@app.command("opening-template")
def opening_template(
    village: Village,
    data: Data = None,
    target: Target = None,
) -> None:
    """写出空白的建账表。

    例：mingbai opening-template 510802-sandui-jingtian --out 建账表.xlsx
    """
    from reports.coming_xlsx import coming_xlsx  # noqa: PLC0415

    with opened(data) as (_, engine), database.read(engine) as conn:
        name = register.of(conn, village).facts["name"]
    path = target or Path(f"{village}-建账表.xlsx")
    path.write_bytes(coming_xlsx(name))
    out.print(f"已写出 {path}")


@app.command()
def sheet(
    village: Village,
    period: Period,
    data: Data = None,
    size: Annotated[str, typer.Option(help="A4、A3、A3-tall 或 large")] = "A4",
    form: Annotated[str, typer.Option(help=FORM)] = "pdf",
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """写出某月公开表：PDF（或 --json）；发群的长图、文字；广播稿和录音。

    例：mingbai sheet 510802-sandui-jingtian 2021-05 --size A3 --out 五月.pdf
    例：mingbai sheet 510802-sandui-jingtian 2021-05 --form picture --out 五月.png
    """
    from app.showing import FORMS, PAPERS, shown  # noqa: PLC0415 - other commands draw no pictures

    if size not in PAPERS:
        raise typer.BadParameter(PAPER, param_hint="--size")
    if form not in FORMS:
        raise typer.BadParameter(FORM, param_hint="--form")
    with opened(data) as (settings, engine), database.read(engine) as conn:
        value = compose(conn, village, periods.parse(period), settings.telephone)
        both = beside(conn, village, period, period)
    if as_json:
        typer.echo(render.to_json(value).decode())
        return
    name = f"{village}-{period}-{size if form == 'pdf' else form}.{FORMS[form]}"
    path = target or Path(name)
    url = f"{settings.base_url}/v/{village}/{period}"
    path.write_bytes(shown(value, form, url, size, both))
    out.print(f"已写出 {path}")


@app.command()
def wall(
    period: Period,
    data: Data = None,
    folder: Annotated[Path, typer.Option("--out", help="输出目录")] = Path("公示"),
    jobs: Annotated[int, typer.Option(min=1, max=64, help="同时几个进程")] = 2,
) -> None:
    """写出各村某月公示要用的全部文件：四种纸、长图、文字、广播稿、数据。

    中断后再运行一次，从停下的村接着写，已写好的不重写。

    例：mingbai wall 2021-05 --out 公示 --jobs 2
    """
    from app.posters import MADE, OPEN, THERE, whole  # noqa: PLC0415 - draws pictures

    counts = {MADE: 0, THERE: 0, OPEN: 0}
    failed = []
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with opened(data) as (settings, engine), database.read(engine) as conn:
        villages = len(log.villages(conn))
    with Progress(*columns, console=err) as bar:
        task = bar.add_task(period, total=villages)
        for one in whole(settings, period, folder, jobs):
            bar.advance(task)
            if one.state in counts:
                counts[one.state] += 1
            else:
                failed.append(one)
    out.print(f"{period}：" + "，".join(f"{word} {count} 个村" for word, count in counts.items()))
    for one in failed:
        err.print(f"{one.village}：{one.state}", style="red", markup=False)
    if failed:
        sys.exit(1)


@app.command("statements")
def statements_(
    village: Village,
    period: Period,
    data: Data = None,
    folder: Annotated[Path, typer.Option("--out", help="输出目录")] = Path(),
    as_json: AsJson = False,
) -> None:
    """写出会村01表、会村02表和科目余额表（PDF 和 .xlsx）。

    例：mingbai statements 510802-sandui-jingtian 2021-12 --out 年报
    """
    with opened(data) as (_, engine), database.read(engine) as conn:
        name, made = three_statements(conn, village, periods.parse(period))
    if as_json:
        show([{"form": one.form, "title": one.title, "rows": one.rows} for one in made])
        return
    folder.mkdir(parents=True, exist_ok=True)
    for one in made:
        stem = f"{village}-{period}-{one.form or one.title}"
        (folder / f"{stem}.pdf").write_bytes(statement_pdf(name, period, one))
        (folder / f"{stem}.xlsx").write_bytes(statement_xlsx(name, period, one))
        out.print(f"已写出 {folder / stem}.pdf 和 .xlsx")


@app.command()
def dividend(
    village: Village,
    year: Annotated[int, typer.Argument(help="年度，如 2021")],
    data: Data = None,
    folder: Annotated[Path, typer.Option("--out", help="输出目录")] = Path(),
    as_json: AsJson = False,
) -> None:
    """写出某年分红花名册（PDF、.xlsx）和每户明细单。

    例：mingbai dividend 510802-sandui-jingtian 2021 --out 分红
    """
    with opened(data) as (settings, engine), database.read(engine) as conn:
        unit = register.of(conn, village).facts["name"]
        roll = roll_of(conn, village, year)
    if as_json:
        show([row._asdict() for row in roll.rows])
        return
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{village}-{year}"
    Path(f"{stem}-花名册.pdf").write_bytes(roll_pdf(unit, roll))
    Path(f"{stem}-花名册.xlsx").write_bytes(roll_xlsx(unit, roll))
    slips = slips_pdf(unit, roll, telephone=settings.telephone)
    Path(f"{stem}-明细单.pdf").write_bytes(slips)
    total, count = yuan(roll.members_fen), len(roll.rows)
    out.print(f"{count} 户，合计 {total} 元，已写出 {stem}-花名册.pdf、.xlsx 和 -明细单.pdf")


@app.command()
def verify(
    books: Annotated[Path, typer.Argument(help="一个村的账簿目录，或放着多个村的目录")],
    registrar: Annotated[str | None, typer.Option(help="登记员密钥指纹")] = None,
    anchor: Annotated[str | None, typer.Option(help="公开表上的 24 位数字，或封存文件")] = None,
    state: Annotated[
        Path | None, typer.Option(help="核验状态文件（自己保管），下次从已核验的月份接着核验")
    ] = None,
    jobs: Annotated[int, typer.Option(min=0, help="同时核验几个村（0：按处理器数）")] = 0,
    as_json: AsJson = False,
) -> None:
    """核验账簿目录：不需要数据库，不需要服务器。

    例：mingbai verify books/510802-sandui-jingtian --anchor "0760 1060 9863 2245 7338 2332"
    """
    folders = _usable("BOOKS", lambda: verifying.folders_of(books))
    key = _usable("--registrar", lambda: verifying.fingerprint(registrar))
    mark = _usable("--anchor", lambda: verifying.anchor_of(anchor))
    single = len(folders) == 1
    if state is not None and not single:
        raise typer.BadParameter(ONE_STATE, param_hint="--state")
    if single:
        verdict, what = _usable("--state", lambda: verifying.one(folders[0], key, mark, state))
        verdicts = [verdict]
        if what:
            err.print(what)
    else:
        verdicts = verifying.many(folders, key, mark, jobs or verifying.cores(), err)
    if as_json:
        show([one.as_json() for one in verdicts])
    elif single:
        typer.echo(report(verdicts[0]))
    else:
        for folder, one in zip(folders, verdicts, strict=True):
            typer.echo(verifying.line(folder, one))
        bad = sum(not one.good for one in verdicts)
        typer.echo(f"共 {len(verdicts)} 个村：通过 {len(verdicts) - bad} 个，不通过 {bad} 个。")
    if not all(one.good for one in verdicts):
        raise typer.Exit(1)


def _usable(option: str, get: Callable[[], Any]) -> Any:  # noqa: ANN401 - what `get` returns
    try:
        return get()
    except verifying.Unusable as fault:
        raise typer.BadParameter(str(fault), param_hint=option) from fault


@app.command("drill")
def drill_(data: Data = None, as_json: AsJson = False) -> None:
    """恢复演练：核验每个村的账簿，恢复到临时安装，再与现有的数据逐项比较。

    例：mingbai drill --data /srv/mingbai
    """
    with opened(data) as (settings, engine):
        found = drill(engine, settings.books)
    if as_json:
        show({one.village: one.differences for one in found})
    else:
        for one in found:
            typer.echo(str(one))
    if any(one.differences for one in found):
        raise typer.Exit(1)


@app.command("rebuild")
def rebuild_(data: Data = None, as_json: AsJson = False) -> None:
    """从事件日志重建所有视图和账簿文件，并逐字节比较。

    例：mingbai rebuild --data /srv/mingbai
    """
    found: dict[str, dict[str, Any]] = {}
    with opened(data) as (settings, engine):
        with database.read(engine) as conn:
            villages = log.villages(conn)
        for village in villages:
            with engine.begin() as conn:
                mended = files.compare(conn, village, settings.books)
                before = rebuild.rows(conn, village)
                events = rebuild.rebuild(conn, village)
                views = rebuild.differences(before, rebuild.rows(conn, village))
            with database.read(engine) as conn:
                files.project(conn, village, settings.books)
            found[village] = {"events": events, "mended": mended, "views": views}
    if as_json:
        show(found)
        return
    for village, one in found.items():
        what = f"，改正 {len(one['mended'])} 个文件" if one["mended"] else "，文件一致"
        tables = f"，改正视图 {'、'.join(one['views'])}" if one["views"] else "，视图一致"
        out.print(f"{village}：{one['events']} 条事件{what}{tables}")


@app.command()
def restore(
    books: Annotated[Path, typer.Argument(help="一个村的账簿目录")],
    data: Data = None,
) -> None:
    """从账簿目录恢复一个村到空的安装；先核验，后恢复。

    例：mingbai restore /media/usb/510802-sandui-jingtian --data /srv/new
    """
    verdict = evaluate(books)
    if not verdict.good:
        typer.echo(report(verdict))
        raise typer.Exit(1)
    settings = settings_of(data)
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = database.connect(settings.url, settings.data)
    database.create(engine)
    with engine.begin() as conn:
        events = rebuild.restore(conn, verdict.village, lines_of(books))
        root = log.root(conn, verdict.village).hex()
    with database.read(engine) as conn:
        files.project(conn, verdict.village, settings.books)
    engine.dispose()
    if root != verdict.root:
        raise RootDiffers(village=verdict.village)
    out.print(f"{verdict.name}：恢复 {events} 条事件，根 {root} 与账簿目录一致。")


@app.command()
def export(
    village: Village,
    data: Data = None,
    target: Target = None,
) -> None:
    """把一个村的账簿目录打成一个压缩包（审计用 U 盘）。

    例：mingbai export 510802-sandui-jingtian --out 井田村.zip
    """
    with opened(data) as (settings, engine), database.read(engine) as conn:
        log.registry(conn, village)
        path = target or Path(f"{village}.zip")
        path.write_bytes(bundle(settings.books / village))
    out.print(f"已写出 {path}；解开后用 mingbai verify 核验。")


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="备份文件 .zip")],
    data: Data = None,
) -> None:
    """备份数据库（SQLite 在线备份）、个人信息的密钥、账簿和票据到一个文件，请妥善保管。

    例：mingbai backup /mnt/disk/mingbai-2021-06.zip
    """
    with opened(data) as (settings, engine), tempfile.TemporaryDirectory() as folder:
        if engine.dialect.name != "sqlite":
            raise NotHere(what="PostgreSQL 的备份请用 pg_dump；账簿和票据目录照常复制")
        copy = Path(folder) / "mingbai.sqlite"
        with engine.connect() as conn:
            conn.exec_driver_sql("COMMIT")
            conn.exec_driver_sql("VACUUM INTO ?", (str(copy),))
        with zipfile.ZipFile(Path(folder) / "backup.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(copy, "mingbai.sqlite")
            if (settings.data / personal.FILE).exists():  # without it names cannot be read
                archive.write(settings.data / personal.FILE, personal.FILE)
            for part in ("books", "papers"):
                for path in sorted((settings.data / part).rglob("*")):
                    if path.is_file():
                        archive.write(path, path.relative_to(settings.data))
        shutil.move(Path(folder) / "backup.zip", target)
    out.print(f"已备份到 {target}")


@app.command()
def status(data: Data = None, as_json: AsJson = False) -> None:
    """各村结账到哪个月、还有几件事项在办。

    例：mingbai status
    """
    with opened(data) as (_, engine), database.read(engine) as conn:
        rows = [
            {
                "village": village,
                "sealed": (periods.sealed(conn, village) or [""])[-1],
                "open": len(posted.open_cases(conn, village)),
                "money_fen": sum(
                    fen
                    for code, fen in legs.balances(conn, village, "9999-12").items()
                    if code.startswith(("101", "102"))
                ),
            }
            for village in log.villages(conn)
        ]
    if as_json:
        show(rows)
        return
    for row in rows:
        money = yuan(int(str(row["money_fen"])))
        head = f"{row['village']}  封存至 {row['sealed'] or '—'}"
        out.print(f"{head}  在办 {row['open']}  货币资金 {money} 元")


@app.command("remind")
def remind_(
    data: Data = None,
    dead: Annotated[bool, typer.Option("--dead", help="只列出没有送到的")] = False,
    again: Annotated[str, typer.Option("--again", help="让没有送到的一封再发一次（编号）")] = "",
    as_json: AsJson = False,
) -> None:
    """提醒等着办事的人，超期的告诉上一级；由 cron 每小时运行，同一件事不提醒两遍。

    例：mingbai remind；mingbai remind --dead；mingbai remind --again 3f2a…
    """
    with opened(data) as (settings, engine):
        now = Clock(settings.today).now()
        if again:
            with engine.begin() as conn:
                outbox.again(conn, again, now)
        if dead:
            _print_dead(engine, as_json=as_json)
        if dead or again:
            return
        done = reminding.remind(engine, settings, now)
    if as_json:
        show(done._asdict())
    elif done.quiet:
        out.print("现在是休息时间或节假日，不发提醒。")
    else:
        ends = "，".join(f"{reminding.ENDS[end]} {count}" for end, count in done.ended.items())
        out.print(f"新写 {done.written} 封提醒；{ends or '没有要发的'}。")


def _print_dead(engine: Engine, *, as_json: bool) -> None:
    with database.read(engine) as conn:
        rows = [
            {"id": one.id, "at": one.at, "to": one.person or one.channel, "state": one.state}
            | {"said": one.said}
            for one in outbox.not_gone(conn)
        ]
    if as_json:
        show(rows)
        return
    for row in rows:
        out.print(
            f"{row['id']}  {row['at']}  {row['to']}  {outbox.STATES[row['state']]}  {row['said']}"
        )
    out.print(f"没有送到的 {len(rows)} 封。")


@app.command("receipt")
def receipt_(
    file: Annotated[Path, typer.Argument(help="签名后下载的回执文件")],
    books: Annotated[Path, typer.Option("--books", help="一个村的账簿目录")],
    as_json: AsJson = False,
) -> None:
    """核对签名回执：签过的操作是不是还原样在账簿里。

    例：mingbai receipt 井田村-381.receipt.txt --books books/510802-sandui-jingtian
    """
    if not (books / "village.json").is_file():
        raise typer.BadParameter(FOLDER, param_hint="--books")
    outcome = evaluated(books)
    if outcome.stop is not None:
        err.print(str(outcome.stop.fault()), style="red", markup=False)
        raise typer.Exit(1)
    try:
        receipt = receipts.parse(file.read_text("utf-8"))
    except UnicodeDecodeError as fault:
        raise receipts.BadReceipt from fault
    people = outcome.history.people
    servers = [key.raw for key in people.keys.values() if key.person == "server"]
    receipts.check_any(receipt, servers)
    receipts.compare(receipt, books)
    size = outcome.history.tree.size
    if as_json:
        show({"good": True, "seq": receipt.seq, "size": receipt.checkpoint.size, "log": size})
        return
    out.print(f"回执属实：这是第 {receipt.seq} 条操作，原样在账簿里（现有 {size} 条）。")


@app.command("witnesses")
def witnesses_(
    village: Village,
    witness: Annotated[list[str] | None, typer.Option(help="见证方的公钥一行（可多次）")] = None,
    quorum: Annotated[int, typer.Option(help="至少几方见证才算数")] = 3,
    faulty: Annotated[int, typer.Option(help="其中最多几方可能作假")] = 1,
    data: Data = None,
) -> None:
    """由镇登记员指定本村封账的见证方；不带 --witness 时显示现在的见证情况和本账本的公钥。

    例：mingbai witnesses 510802-sandui-jingtian --witness school+1a2b3c4d+BA…
    """
    with opened(data) as (settings, engine):
        if not witness:
            with database.read(engine) as conn:
                for said in proofs.describe(conn, village):
                    out.print(said, markup=False)
            return
        pin = typer.prompt("镇登记员的签名密码", hide_input=True)
        proofs.name_witnesses(settings, engine, village, pin, witness, (quorum, faulty))
    out.print(f"{village}：{len(witness)} 方见证，凑齐 {quorum} 方算数。")


@app.command()
def cosign(
    village: Village,
    ask: Annotated[list[str] | None, typer.Option(help="名称=网址，可多次")] = None,
    request: Annotated[Path | None, typer.Option(help="写出申请文件（用 U 盘送去）")] = None,
    since: Annotated[int, typer.Option(help="见证方已见证到第几条")] = 0,
    line: Annotated[Path | None, typer.Option(help="见证方给的签名文件")] = None,
    name: Annotated[str, typer.Option(help="签名文件是哪一方的")] = "",
    data: Data = None,
) -> None:
    """请见证方见证最近一次封账：联网，或用 U 盘送申请、取签名。

    例：mingbai cosign 510802-sandui-jingtian --ask school=http://10.0.0.7:8400
    """
    pairs = [one.partition("=") for one in ask or []]
    if not all(mark and url for _, mark, url in pairs) or not (ask or request or (line and name)):
        raise typer.BadParameter(COSIGN, param_hint="--ask")
    with opened(data) as (settings, engine):
        if request:
            with database.read(engine) as conn:
                request.write_bytes(proofs.request(conn, village, since))
            out.print(f"已写出 {request}，请见证方用 mingbai witness sign 签。")
        if line:
            proofs.hand_in(settings, engine, village, name, line.read_text("utf-8"))
            out.print(f"{name}：已见证。")
        addresses = {who: url for who, _, url in pairs}
        asked = proofs.ask_all(settings, engine, village, addresses)
    for one in asked:
        out.print(f"{one.name}：{'已见证' if one.good else one.why}", markup=False)
    if not all(one.good for one in asked):
        raise typer.Exit(1)


@app.command("change-registrar")
def change_registrar(
    reason: Annotated[str, typer.Option(help="为什么更换，如 换届；两次运行要一样")],
    lost: Annotated[bool, typer.Option("--lost", help="原密钥丢失，由见证方同意更换")] = False,
    ask: Annotated[
        Path | None, typer.Option(help="--lost 第一步：把给见证方的申请写到这里")
    ] = None,
    answer: Annotated[
        list[Path] | None, typer.Option(help="--lost 第二步：见证方的回复，可多个")
    ] = None,
    data: Data = None,
) -> None:
    """更换镇登记员：原登记员和新登记员先后输入签名密码，所有村一起更换。

    原密钥丢失的，先写出申请请各见证方签，再用它们的回复更换：

    例：mingbai change-registrar --reason 工作调动

    例：mingbai change-registrar --lost --reason 密钥丢失 --ask 申请.json

    例：mingbai change-registrar --lost --reason 密钥丢失 --answer 小学.txt --answer 县局.txt
    """
    if lost == (ask is None and not answer) or (ask is not None and answer):
        message = "丢失密钥时 --lost 与 --ask 或 --answer 之一同用"
        raise typer.BadParameter(message, param_hint="--lost")
    with opened(data) as (settings, engine):
        new = "新登记员的签名密码（六位以上数字）"
        if ask is not None:
            pin = typer.prompt(new, hide_input=True)
            key, request = proofs.ask_for_new_registrar(settings, engine, pin, reason)
            ask.write_bytes(request)
            out.print(f"申请已写到 {ask}，新密钥指纹 {key}。请各见证方当面核实后签。")
            return
        if answer:
            pin = typer.prompt("新登记员的签名密码", hide_input=True)
            texts = [one.read_text("utf-8") for one in answer]
            key, changed = proofs.replace_registrar(settings, engine, pin, reason, texts)
        else:
            old = typer.prompt("原登记员的签名密码", hide_input=True)
            pin = typer.prompt(new, hide_input=True)
            key, changed = proofs.change_registrar(settings, engine, (old, pin), reason)
    out.print(f"{len(changed)} 个村已更换，新登记员密钥指纹 {key}。请把指纹印在公开表上。")


class NoInstallation(Refusal):
    """There is no installation in the data folder."""

    code = "F101"
    says = (
        "{data} 里没有明白账的数据。请用 --data 指明目录，或先运行 mingbai demo 或 mingbai init。"
    )
    status = 404


class RootDiffers(Refusal):
    """A restored log has another root than the books it came from."""

    code = "F102"
    says = "{village} 恢复后的根与账簿目录不一致，请不要使用这次恢复，并报告此问题。"
    status = 500


class NotHere(Refusal):
    """The command does not fit this installation."""

    code = "F103"
    says = "{what}。"
