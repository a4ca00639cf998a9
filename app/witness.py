"""A witness: the small program by which another office watches that no log is rewritten.

It needs no database and none of the township's data. Its folder holds its key, the keys of the logs
that it watches and, per log, size and root of the last checkpoint that it signed. A folder must
never be copied back from a backup: a witness that forgets could sign a second history.
"""

import contextlib
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.clock import Clock
from ledger import note, witnesses
from ledger.note import Verifier
from ledger.refusal import Refusal
from ledger.witnesses import Lost, Seen

if sys.platform != "win32":
    import fcntl

LIMIT = 64 * 1024  # bytes of a request
AT_ONCE = 64  # connections
CONFLICT = 409
KEY, LOGS, SEEN = "key.json", "logs.json", "seen.json"
SIZE_TYPE = "text/x.tlog.size"
DAMAGED = (ValueError, KeyError, TypeError, AttributeError, FileNotFoundError)


def real_time() -> int:
    """Return the present time in seconds since 1970 (UTC)."""
    return int(Clock().now().timestamp())


class Witness:
    """A witness in its folder; safe between threads and between processes."""

    def __init__(self, folder: Path, now: Callable[[], int] = real_time) -> None:
        """Open a folder that `make` made; `now` tells seconds since 1970 (UTC).

        Raises:
            NoWitness: the folder holds no witness, or its key cannot be read.
        """
        try:
            kept = json.loads((folder / KEY).read_bytes())
            key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept["secret"]))
            self.verifier = Verifier(str(kept["name"]), key.public_key().public_bytes_raw())
        except (*DAMAGED, NotADirectoryError) as fault:
            raise NoWitness(folder=folder) from fault
        self.folder = folder
        self._sign = key.sign
        self._now = now
        self._turn = threading.Lock()

    @classmethod
    def make(cls, folder: Path, name: str) -> "Witness":
        """Make a witness with a new Ed25519 key in an empty folder.

        Raises:
            AlreadyWitness: the folder holds a witness, or what is left of one.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any((folder / one).exists() for one in (KEY, LOGS, SEEN)):
            raise AlreadyWitness(folder=folder)
        for one in (LOGS, SEEN):
            _write(folder / one, {})
        secret = Ed25519PrivateKey.generate().private_bytes_raw().hex()
        _write(folder / KEY, {"name": name, "secret": secret})
        return cls(folder)

    @property
    def key(self) -> str:
        """The verifier key to hand to those who count cosignatures."""
        return note.verifier_key(self.verifier, note.COSIGNATURE)

    def trust(self, origin: str, log: Verifier, *, replace: bool = False) -> None:
        """Watch the log of this origin, whose checkpoints this key signs.

        What was seen of a log stays when its key is replaced, so that a new key cannot begin a
        second history.

        Raises:
            OtherKey: the origin has another key already and `replace` is not said.
            LostRecord: a file of the folder is missing or damaged.
        """
        with self._alone():
            logs = self.logs()
            if logs.get(origin, log) != log and not replace:
                raise OtherKey(origin=origin)
            keys = {**logs, origin: log}
            _write(
                self.folder / LOGS,
                {one: note.verifier_key(key, note.ED25519) for one, key in keys.items()},
            )

    def logs(self) -> dict[str, Verifier]:
        """Return the key of each log watched, by origin.

        Raises:
            LostRecord: the file is missing or damaged.
        """
        return dict(self._read(LOGS, _log))

    def seen(self) -> dict[str, Seen]:
        """Return the last checkpoint signed of each log, by origin.

        Raises:
            LostRecord: the file is missing or damaged; to begin anew would be to forget.
        """
        return dict(self._read(SEEN, _seen))

    def add(self, body: bytes) -> str:
        """Judge a request and return the cosignature line (no newline).

        The checkpoint is on disk before the signature is made: whatever happens to this process, no
        signature leaves of which the folder knows nothing. It is written even if it is the one that
        is there, because a process that died may have left it unsynchronised.

        Raises:
            Refusal: of `ledger.witnesses`, or TooLong, or LostRecord; nothing is signed.
            OSError: the disk is full or not writable; nothing is signed.
        """
        if len(body) > LIMIT:
            raise TooLong
        request = witnesses.parse_request(body)
        origin = request.checkpoint.origin
        with self._alone():
            seen = self.seen()
            accepted = witnesses.judge(seen.get(origin), request, self.logs().get(origin))
            self._keep({**seen, origin: accepted.seen})
            return note.cosign(accepted.text, *self.verifier, self._now(), self._sign)

    def endorse(self, asked: Lost) -> str:
        """Sign that the registrar's lost key is replaced; only over the checkpoint it signed last.

        Raises:
            NotSeen: it watches no such log, or the last checkpoint it signed is another.
            LostRecord: a file of the folder is missing or damaged.
        """
        origin = f"mingbai/{asked.village}"
        with self._alone():
            seen = self.seen().get(origin)
            if seen is None or (seen.size, seen.root.hex()) != (asked.size, asked.root):
                raise NotSeen(origin=origin)
            return f"{asked.village} {self.verifier.name} {self._sign(asked.to_sign()).hex()}"

    def _keep(self, seen: dict[str, Seen]) -> None:
        _write(
            self.folder / SEEN,
            {origin: {"size": one.size, "root": one.root.hex()} for origin, one in seen.items()},
        )

    def _read(self, name: str, kind: Callable[[Any], Any]) -> list[tuple[str, Any]]:
        path = self.folder / name
        try:
            return [
                (origin, kind(value)) for origin, value in json.loads(path.read_bytes()).items()
            ]
        except (*DAMAGED, note.BadVerifierKey) as fault:
            raise LostRecord(path=path) from fault

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one judgement at a time through, over all threads and processes."""
        with self._turn:
            if sys.platform == "win32":  # pragma: no cover
                yield
                return
            handle = os.open(self.folder, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield
            finally:
                os.close(handle)


def _log(value: str) -> Verifier:
    return note.parse_verifier_key(value, note.ED25519)


def _seen(value: dict[str, Any]) -> Seen:
    found = Seen(int(value["size"]), bytes.fromhex(value["root"]))
    if found.size < 0 or len(found.root) != note.WIDTH:
        message = "no checkpoint"
        raise ValueError(message)
    return found


def _write(path: Path, value: dict[str, Any]) -> None:
    """Write a file for its owner only, whole or not at all, and onto the disk before returning."""
    part = path.with_name(f".{path.name}.part")  # one writer at a time; a killed one leaves no heap
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if sys.platform == "win32":  # pragma: no cover
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # a rename is on the disk only with its folder
    finally:
        os.close(folder)


def web(witness: Witness) -> Starlette:
    """Return the pages of a witness: `POST /add-checkpoint` (C2SP tlog-witness) and `GET /`."""

    async def add_checkpoint(request: Request) -> Response:
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > LIMIT:
                    break  # what comes after is not even read
            line = await run_in_threadpool(witness.add, bytes(body))
        except Refusal as refusal:
            return _refused(refusal)
        except OSError as fault:
            text = f"见证程序无法写入自己的记录（{fault.strerror}），没有签名。"
            return PlainTextResponse(f"{text}\n", 503)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        return PlainTextResponse(f"{line}\n")

    def home(_: Request) -> Response:
        try:
            return PlainTextResponse(describe(witness))
        except Refusal as refusal:
            return _refused(refusal)

    routes = [
        Route("/", home, methods=["GET"]),
        Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: _nowhere})


def describe(witness: Witness) -> str:
    """Return what a visitor reads: what this is, the key, and what has been seen.

    Raises:
        LostRecord: a file of the folder is missing or damaged.
    """
    logs, seen = witness.logs(), witness.seen()
    lines = [
        f"这里是“{witness.verifier.name}”的见证程序：账本只有接着以前见过的内容往下记，才给见证签名。",
        f"公钥：{witness.key}",
        f"受托见证 {len(logs)} 个账本。",
    ]
    for origin in sorted(logs):
        last = seen.get(origin)
        said = f"已见证到第 {last.size} 条，根 {last.root.hex()}" if last else "还没有见证过"
        lines.append(f"{origin}：{said}。")
    return "".join(f"{line}\n" for line in lines)


def _refused(refusal: Refusal) -> Response:
    if refusal.status == CONFLICT:  # the specification wants the size and nothing else
        headers = {"Content-Type": SIZE_TYPE}  # as a media type, a charset would be added to it
        return Response(f"{refusal.facts['size']}\n", CONFLICT, headers)
    return PlainTextResponse(f"{refusal}\n", refusal.status)


def _nowhere(_: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 404
    text = "没有这个地址。申请见证请用 POST /add-checkpoint，看说明请打开 / 。"
    return PlainTextResponse(f"{text}\n", status)


witness_app = typer.Typer(
    no_args_is_help=True,
    help="见证程序：由另一个单位运行，证明账本没有被改写。mingbai witness COMMAND --help 有例子。",
)
Folder = Annotated[
    Path, typer.Argument(help="见证目录（密钥和见证记录在里面，不要复制、不要恢复旧备份）")
]


@witness_app.command()
def init(
    folder: Folder,
    name: Annotated[str, typer.Option(help="见证方名称，不含空格和加号")],
) -> None:
    """建立见证方的密钥，显示名称和公钥。

    例：mingbai witness init /srv/witness --name 三堆镇中心小学
    """
    if not note.usable_name(name):
        message = "名称不能是空的，也不能有空格和加号"
        raise typer.BadParameter(message, param_hint="--name")
    made = Witness.make(folder, name)
    typer.echo(f"名称：{name}\n公钥：{made.key}")


@witness_app.command()
def trust(
    folder: Folder,
    origin: Annotated[str, typer.Argument(help="账本名，如 mingbai/510802-sandui-jingtian")],
    vkey: Annotated[str, typer.Argument(help="账本的公钥串，向镇登记员当面索取")],
    replace: Annotated[bool, typer.Option("--replace", help="换成新的公钥")] = False,
) -> None:
    """登记要见证的账本和它的公钥。

    例：mingbai witness trust /srv/witness mingbai/510802-sandui-jingtian 公钥串
    """
    if not origin or "\n" in origin or note.CONTROL.search(origin):
        message = "账本名不能是空的，也不能有控制字符"
        raise typer.BadParameter(message, param_hint="ORIGIN")
    try:
        log = note.parse_verifier_key(vkey, note.ED25519)
    except note.BadVerifierKey as refusal:
        raise typer.BadParameter(refusal.sentence(), param_hint="VKEY") from refusal
    Witness(folder).trust(origin, log, replace=replace)
    typer.echo(f"已登记：{origin}")


@witness_app.command()
def serve(
    folder: Folder,
    port: Annotated[int, typer.Option(help="端口", min=0, max=65535)] = 8322,
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
) -> None:
    """在网上应答见证申请。

    例：mingbai witness serve /srv/witness --port 8322
    """
    import uvicorn  # noqa: PLC0415 - only the server needs it

    witness = Witness(folder)
    describe(witness)  # a damaged folder is said now, not at the first request
    try:
        listening = socket.create_server((host, port))
    except OSError as fault:
        raise NoPort(host=host, port=port, why=fault.strerror) from fault
    with listening, contextlib.suppress(KeyboardInterrupt):
        typer.echo(f"见证程序在 http://{host}:{listening.getsockname()[1]}/ ，按 Ctrl+C 停止。")
        config = uvicorn.Config(
            web(witness), log_level="error", lifespan="off", limit_concurrency=AT_ONCE
        )
        uvicorn.Server(config).run(sockets=[listening])


@witness_app.command()
def sign(
    folder: Folder,
    request: Annotated[Path, typer.Argument(help="申请文件，例如从 U 盘")],
    target: Annotated[Path | None, typer.Option("--out", help="把见证签名写到这个文件")] = None,
) -> None:
    """不联网见证：读申请文件，给出见证签名。

    例：mingbai witness sign /srv/witness /media/usb/申请.txt --out /media/usb/见证签名.txt
    """
    witness = Witness(folder)
    with request.open("rb") as file:
        body = file.read(LIMIT + 1)
    line = witness.add(body)
    if target is None:
        typer.echo(line)
        return
    target.write_text(f"{line}\n", "utf-8")
    typer.echo(f"见证签名已写到 {target}")


@witness_app.command()
def endorse(
    folder: Folder,
    request: Annotated[Path, typer.Argument(help="乡镇给的申请文件")],
    target: Annotated[Path | None, typer.Option("--out", help="把签名写到这个文件")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="已经与乡镇当面核实，不再问")] = False,
) -> None:
    """镇登记员的密钥丢失：核实以后，同意换成新的。

    例：mingbai witness endorse /srv/witness /media/usb/申请.json --out /media/usb/同意-小学.txt
    """
    witness = Witness(folder)
    with request.open("rb") as file:
        asked = witnesses.parse_lost(file.read(LIMIT + 1)[:LIMIT])
    if not yes:
        for one in asked:
            typer.echo(f"{one.village}：新密钥指纹 {one.key}，原因：{one.reason}")
        typer.confirm("是否已经与乡镇当面核实，同意更换？", abort=True)
    lines = [witness.endorse(one) for one in asked]
    if target is None:
        typer.echo("\n".join(lines))
        return
    target.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    typer.echo(f"已签 {len(lines)} 个村，写到 {target}")


class NotSeen(Refusal):
    """The request speaks of a checkpoint that the witness has not signed last."""

    code = "F116"
    says = (
        "“{origin}”的申请不是本见证方最近见证的那次封账，没有签。"
        "请先见证最近一次封账，或请乡镇重新申请。"
    )


class NoWitness(Refusal):
    """The folder holds no witness, or its key cannot be read."""

    code = "F110"
    says = "{folder} 不是见证目录，或其中的密钥损坏。请检查目录，或先运行 mingbai witness init。"
    status = 500


class AlreadyWitness(Refusal):
    """The folder holds a witness already, or what is left of one."""

    code = "F111"
    says = "{folder} 里已有见证资料，没有改动。请换一个空目录。"


class OtherKey(Refusal):
    """The witness trusts another key for this origin."""

    code = "F112"
    says = "“{origin}”已登记了另一个公钥，没有改动。与镇登记员当面核对后，再加 --replace 更换。"


class NoPort(Refusal):
    """The witness cannot listen where it is told to."""

    code = "F113"
    says = "见证程序不能在 {host}:{port} 应答（{why}）。请换一个端口或地址。"


class TooLong(Refusal):
    """The request is longer than any request can be."""

    code = "F114"
    says = "见证申请超过 64 KiB，没有读完。请用明白账生成的申请文件。"
    status = 413


class LostRecord(Refusal):
    """What the witness has seen, or whom it trusts, is missing or damaged."""

    code = "F115"
    says = (
        "见证记录 {path} 丢失或损坏，不再签名，以免给两套账本见证。"
        "请停用这个见证方，换空目录建立新的见证方并告知乡镇。"
    )
    status = 500
