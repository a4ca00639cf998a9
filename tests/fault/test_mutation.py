"""Random single changes of a good books directory: every one is refused, none with a traceback."""

import json
import random
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from make_vectors import story
from verify_history import hand, jcs, small

from approvals.verify import verify

Files = dict[str, bytes]
Change = dict[str, bytes | None]
Mutator = Callable[[random.Random, Files], Change]
STRANGE: list[Any] = [
    None, True, 0, -1, 1.5, 2**60, "", "x", "\u202e", "\x00", [], {}, [[]], {"": {}}, [None],
    "é" * 300,
]  # fmt: skip


@cache
def good(seed: int = 0) -> Files:
    """Return the files of a good village, sealed to its last event; odd seeds have witnesses."""
    return (story() if seed % 2 else small()).files()


def pick(rng: random.Random, files: Files) -> str:
    return rng.choice(sorted(files))


def flip_bit(rng: random.Random, files: Files) -> Change:
    name = pick(rng, files)
    data = bytearray(files[name])
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return {name: bytes(data)}


def set_byte(rng: random.Random, files: Files) -> Change:
    name = pick(rng, files)
    data = bytearray(files[name])
    data[rng.randrange(len(data))] = rng.randrange(256)
    return {name: bytes(data)}


def insert_byte(rng: random.Random, files: Files) -> Change:
    name = pick(rng, files)
    data, place = files[name], rng.randrange(len(files[name]) + 1)
    return {name: data[:place] + bytes([rng.choice(b'\n 0a\x00\xff"}')]) + data[place:]}


def drop_signature(rng: random.Random, files: Files) -> Change:
    """Take a signature line off a seal: a witness's, or the registrar's own."""
    name = rng.choice([name for name in sorted(files) if name.endswith(".seal")])
    lines = files[name].splitlines(keepends=True)
    signed = [n for n, line in enumerate(lines) if line.startswith("\u2014".encode())]
    del lines[rng.choice(signed)]
    return {name: b"".join(lines)}


def delete_byte(rng: random.Random, files: Files) -> Change:
    name = pick(rng, files)
    data, place = files[name], rng.randrange(len(files[name]))
    return {name: data[:place] + data[place + 1 :]}


def cut_out(rng: random.Random, files: Files) -> Change:
    name = pick(rng, files)
    data = files[name]
    start, end = sorted((rng.randrange(len(data)), rng.randrange(len(data) + 1)))
    return {name: data[:start] + data[end:]}


def truncate(rng: random.Random, files: Files) -> Change:
    name = pick(rng, files)
    return {name: files[name][: rng.randrange(len(files[name]))]}


def lines(rng: random.Random, files: Files) -> tuple[str, list[bytes], int]:
    name = pick(rng, files)
    found = files[name].splitlines(keepends=True)
    return name, found, rng.randrange(len(found))


def delete_line(rng: random.Random, files: Files) -> Change:
    name, found, place = lines(rng, files)
    return {name: b"".join(found[:place] + found[place + 1 :])}


def repeat_line(rng: random.Random, files: Files) -> Change:
    name, found, place = lines(rng, files)
    return {name: b"".join([*found[:place], found[place], *found[place:]])}


def swap_lines(rng: random.Random, files: Files) -> Change:
    name, found, place = lines(rng, files)
    other = rng.randrange(len(found))
    found[place], found[other] = found[other], found[place]
    return {name: b"".join(found)}


def move_line(rng: random.Random, files: Files) -> Change:
    name, found, place = lines(rng, files)
    line = found.pop(place)
    found.insert(rng.randrange(len(found) + 1), line)
    return {name: b"".join(found)}


def remove_file(rng: random.Random, files: Files) -> Change:
    return {pick(rng, files): None}


def empty_file(rng: random.Random, files: Files) -> Change:
    return {pick(rng, files): b""}


def add_file(rng: random.Random, files: Files) -> Change:
    name = pick(rng, files)
    new = rng.choice([f"{name}.bak", f"2021/.{name[-9:]}", name.replace("2021", "2022"), "x.py"])
    return {new: files[name]}


def rename_file(rng: random.Random, files: Files) -> Change:
    name = pick(rng, files)
    new = rng.choice([name.upper(), name.replace("05", "04"), name.replace("06", "07"), f"{name}~"])
    return {name: None, new: files[name]}


def swap_files(rng: random.Random, files: Files) -> Change:
    one, other = rng.sample(sorted(files), 2)
    return {one: files[other], other: files[one]}


def append_file(rng: random.Random, files: Files) -> Change:
    one, other = pick(rng, files), pick(rng, files)
    return {one: files[one] + files[other]}


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return (container, key) of everything within a JSON value."""
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    found = [(value, key) for key in keys]
    return found + [place for key in keys for place in places(value[key])]


def bend(rng: random.Random, value: Any) -> None:
    """Change one thing within a JSON value."""
    container, key = rng.choice(places(value))
    old = container[key]
    how = rng.randrange(5)
    if how == 0 and isinstance(container, dict):
        del container[key]
    elif how == 1 and isinstance(container, dict):
        container[rng.choice(["extra", "seq", "", "é"])] = old
    elif how == 2 and isinstance(old, int):
        container[key] = old + rng.choice([-1, 1, 100])
    elif how == 3 and isinstance(old, str) and old:
        place = rng.randrange(len(old))
        container[key] = old[:place] + rng.choice("019abf例") + old[place + 1 :]
    else:
        container[key] = rng.choice(STRANGE)


def change_value(rng: random.Random, files: Files) -> Change:
    name = rng.choice([name for name in sorted(files) if name.endswith((".jsonl", ".json"))])
    found = files[name].splitlines(keepends=True)
    place = rng.randrange(len(found))
    value = json.loads(found[place])
    bend(rng, value)
    found[place] = jcs(value) + b"\n"
    return {name: b"".join(found)}


MUTATORS: list[Mutator] = [
    flip_bit, set_byte, insert_byte, delete_byte, cut_out, truncate, delete_line, repeat_line,
    swap_lines, move_line, remove_file, empty_file, add_file, rename_file, swap_files, append_file,
    drop_signature,
    change_value, change_value, change_value, change_value,
]  # fmt: skip


def put(books: Path, files: Change) -> None:
    for name, data in files.items():
        path = books / name
        if data is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)


def restore(books: Path, files: Files, change: Change) -> None:
    put(books, {name: files.get(name) for name in change})
    for path in books.glob("*"):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def mutate(books: Path, seed: int, rounds: int) -> Counter[str]:
    """Change the books again and again, each time in one thing; return the codes of the faults."""
    rng, files, codes = random.Random(seed), good(seed % 2), Counter[str]()  # noqa: S311 - repeatable
    put(books, dict(files))
    while codes.total() < rounds:
        mutator = rng.choice(MUTATORS)
        change = mutator(rng, files)
        if all(files.get(name) == data for name, data in change.items()):
            continue  # two equal lines swapped, a byte set to itself
        put(books, change)
        verdict = verify(books)
        where = f"{mutator.__name__} seed {seed} round {codes.total()}: {sorted(change)}"
        assert not verdict.good, where
        assert verdict.fault is not None, where
        assert verdict.fault.code != "Y000", where
        assert str(verdict.fault).encode(), where
        codes[verdict.fault.code] += 1
        restore(books, files, change)
    assert verify(books).good
    return codes


@pytest.mark.parametrize("seed", range(4))
def test_no_single_change_is_accepted(seed: int, tmp_path: Path) -> None:
    codes = mutate(tmp_path / "books", seed, 250)
    assert len(codes) > 5, codes


SHARD = 500


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Cut the campaign into shards: 20,000 changes, or as many as `--mutations` says."""
    if "shard" in metafunc.fixturenames:
        shards = metafunc.config.getoption("--mutations") // SHARD
        metafunc.parametrize("shard", range(100, 100 + shards))


@pytest.mark.campaign
def test_no_single_change_is_accepted_in_thousands(shard: int, tmp_path: Path) -> None:
    mutate(tmp_path / "books", shard, SHARD)


def resign(rng: random.Random, line: bytes) -> bytes:
    """Bend a statement and sign it again with the keys that had signed it."""
    value = json.loads(line)
    bend(rng, value["statement"])
    data = b"mingbai/act/v1\n" + jcs(value["statement"])
    names = ["registrar", "sec1", "clerk1", "book1", "cash1", "rev1", "cadre1", "sup1", "sup2"]
    hands = {hand(name).key: hand(name) for name in names}
    for signature in value["signatures"]:
        if signature["key"] in hands:
            signature["value"] = hands[signature["key"]].sign(data).hex()
    return jcs(value)


def insiders(books: Path, seed: int, rounds: int) -> None:
    rng, files = random.Random(seed), good()  # noqa: S311 - repeatable
    put(books, dict(files))
    names = [name for name in sorted(files) if name.endswith(".jsonl")]
    for turn in range(rounds):
        name = rng.choice(names)
        found = files[name].splitlines()
        place = rng.randrange(len(found))
        found[place] = resign(rng, found[place])
        change: Change = {name: b"".join(line + b"\n" for line in found)}
        if change[name] == files[name]:
            continue
        put(books, change)
        verdict = verify(books)
        where = f"seed {seed} round {turn} {name}:{place + 1}"
        # Every line lies under the root of a later seal, or is the seal itself under its note.
        assert (
            not verdict.good or json.loads(found[place])["statement"]["kind"] == "month.sealed"
        ), where
        assert verdict.fault is None or verdict.fault.code != "Y000", where
        restore(books, files, change)


@pytest.mark.parametrize("seed", range(2))
def test_a_statement_bent_and_signed_again_never_ends_in_a_traceback(
    seed: int, tmp_path: Path
) -> None:
    insiders(tmp_path / "books", seed, 150)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(200, 210))
def test_bent_and_signed_again_in_five_thousand(seed: int, tmp_path: Path) -> None:
    insiders(tmp_path / "books", seed, 500)
