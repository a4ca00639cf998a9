"""A file system of SQLite's own kind (VFS) around the default one: it tells each write and sync.

Registered by ctypes in the very library that the `sqlite3` module uses; opened by
`file:…?vfs=mingbai`. A tap that returns a number other than 0 refuses the write with that code.
"""

import ctypes
import sqlite3
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_int64, c_void_p, cast
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

from sqlalchemy import Engine, create_engine
from sqlalchemy import event as hooks

from app import database

OK, FULL = 0, 13
NAME = b"mingbai"

# (what, file, offset or size, bytes) -> result code
Tap = Callable[[str, str, int, bytes], int]


class Vfs(Structure):
    """sqlite3_vfs, to its last pointer."""


class File(Structure):
    """sqlite3_file: what the library knows of an open file."""


# Names are pointers: the library keeps them, and finds more behind the end of the name.
OPEN = CFUNCTYPE(c_int, POINTER(Vfs), c_void_p, POINTER(File), c_int, POINTER(c_int))
DELETE = CFUNCTYPE(c_int, POINTER(Vfs), c_void_p, c_int)
WRITE = CFUNCTYPE(c_int, POINTER(File), c_void_p, c_int, c_int64)
TRUNCATE = CFUNCTYPE(c_int, POINTER(File), c_int64)
SYNC = CFUNCTYPE(c_int, POINTER(File), c_int)

Vfs._fields_ = [
    ("iVersion", c_int),
    ("szOsFile", c_int),
    ("mxPathname", c_int),
    ("pNext", c_void_p),
    ("zName", c_char_p),
    ("pAppData", c_void_p),
    ("xOpen", OPEN),
    ("xDelete", DELETE),
    ("rest", c_void_p * 13),
]


class Methods(Structure):
    """sqlite3_io_methods, to its last pointer."""

    _fields_: ClassVar[list[Any]] = [
        ("iVersion", c_int),
        ("xClose", c_void_p),
        ("xRead", c_void_p),
        ("xWrite", WRITE),
        ("xTruncate", TRUNCATE),
        ("xSync", SYNC),
        ("rest", c_void_p * 13),
    ]


File._fields_ = [("pMethods", POINTER(Methods))]


class Taps:
    """The one VFS of this process and the tap that it asks now."""

    tap: Tap | None = None
    names: ClassVar[dict[int, str]] = {}
    tables: ClassVar[dict[int, tuple[Methods, Methods]]] = {}
    kept: ClassVar[list[Any]] = []


def _tell(what: str, name: str, number: int = 0, data: bytes = b"") -> int:
    return Taps.tap(what, name, number, data) if Taps.tap and name else OK


def _name(pointer: int | None) -> str:
    return Path(ctypes.string_at(pointer).decode()).name if pointer else ""


def _address(file: Any) -> int:
    return ctypes.addressof(file.contents)


def _table(original: Any) -> Methods:
    """Return our copy of a table of methods, made once."""
    key = ctypes.addressof(original.contents)
    if key in Taps.tables:
        return Taps.tables[key][1]
    theirs, ours = original.contents, Methods()
    # The table of an older version is shorter; what we call lies in its first version.
    size = {1: 13, 2: 17, 3: 19}[theirs.iVersion] * 8
    ctypes.memmove(byref(ours), byref(theirs), size)
    theirs_write, theirs_truncate, theirs_sync = theirs.xWrite, theirs.xTruncate, theirs.xSync

    def write(file: Any, data: int, size: int, offset: int) -> int:
        name = Taps.names.get(_address(file), "")
        code = _tell("write", name, offset, ctypes.string_at(data, size))
        return code or theirs_write(file, data, size, offset)

    def truncate(file: Any, size: int) -> int:
        code = _tell("truncate", Taps.names.get(_address(file), ""), size)
        return code or theirs_truncate(file, size)

    def sync(file: Any, flags: int) -> int:
        code = theirs_sync(file, flags)
        _tell("sync", Taps.names.get(_address(file), ""))
        return code

    ours.xWrite, ours.xTruncate, ours.xSync = WRITE(write), TRUNCATE(truncate), SYNC(sync)
    Taps.tables[key] = (theirs, ours)
    return ours


def register() -> None:
    """Register the VFS, once in a process."""
    if Taps.kept:
        return
    library = ctypes.CDLL(_library())
    library.sqlite3_libversion.restype = c_char_p
    assert library.sqlite3_libversion().decode() == sqlite3.sqlite_version
    library.sqlite3_vfs_find.restype = POINTER(Vfs)
    default = library.sqlite3_vfs_find(None).contents
    ours = Vfs()
    size = Vfs.rest.offset + {1: 8, 2: 9, 3: 12}[default.iVersion] * 8
    ctypes.memmove(byref(ours), byref(default), size)
    ours.zName, ours.pNext = NAME, None

    def open_(vfs: Any, name: int | None, file: Any, flags: int, out: Any) -> int:
        code = default.xOpen(vfs, name, file, flags, out)
        Taps.names.pop(_address(file), None)
        if code == OK and file.contents.pMethods:
            Taps.names[_address(file)] = _name(name)
            table = _table(file.contents.pMethods)
            file.contents.pMethods = ctypes.pointer(table)
        return code

    def delete(vfs: Any, name: int, sync: int) -> int:
        code = default.xDelete(vfs, name, sync)
        _tell("delete", _name(name))
        return code

    ours.xOpen, ours.xDelete = OPEN(open_), DELETE(delete)
    Taps.kept += [library, default, ours]
    assert library.sqlite3_vfs_register(cast(byref(ours), c_void_p), 0) == OK


def _library() -> str:
    """Return the path of the SQLite library that is loaded in this process."""
    lines = Path("/proc/self/maps").read_text("utf-8").splitlines()
    found = {line.split()[-1] for line in lines if "libsqlite3" in line}
    assert len(found) == 1, found
    return found.pop()


def connect(path: Path, pragmas: tuple[str, ...] = ()) -> Engine:
    """Return an engine as `app.database.connect` does, its files opened through the VFS."""
    register()

    def create() -> sqlite3.Connection:
        address = f"file:{path}?vfs={NAME.decode()}"
        return sqlite3.connect(address, uri=True, check_same_thread=False)

    through = partial(create_engine, creator=create)
    with patch("app.database.create_engine", through):
        engine = database.connect(f"sqlite:///{path}")

    @hooks.listens_for(engine, "connect")
    def more(connection: Any, _entry: Any) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return engine
