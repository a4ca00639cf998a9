"""Mutation testing of the trust modules: mutmut's mutants, tried in forks of one test session.

mutmut itself starts pytest anew for each mutant and asks every test that calls the function. Here
the tests are collected once and run once under coverage; then a child is forked for each mutant,
takes the mutant's code in place of the function's, and runs the tests that reach the changed
statement. The names are mutmut's. What to mutate and which tests to ask stands in pyproject.toml;
what came of it: docs/MUTATION.md.

    python tests/mutants.py                                   every mutant
    python tests/mutants.py 'approvals/verify/*' --seconds 4  some files, four seconds of tests each
    python tests/mutants.py --again survived                  once more those that survived
    python tests/mutants.py --report                          the table
"""

import argparse
import ast
import contextlib
import fnmatch
import gc
import importlib
import json
import marshal
import os
import pickle
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import coverage
import pytest
from hypothesis import Phase, settings

ROOT = Path(__file__).parents[1]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
RESULTS = ROOT / "mutants" / "results.jsonl"
REACHED = ROOT / "mutants" / "reached.json"
KILLED = ("killed", "timeout")
BATCH = 20
READY = 3  # how a child ends that could not begin
BEYOND = 3  # so many lines after a statement belong to what it leads to


class Mutant(NamedTuple):
    """A changed function: where it belongs, its marshalled code, the lines of the statement."""

    name: str
    path: str
    owner: str
    function: str
    arguments: ast.arguments
    code: bytes
    lines: range
    change: str


def modules(patterns: Sequence[str] = ("*",)) -> list[str]:
    """Return the files to mutate, of them those that fit a pattern."""
    found = [
        path.relative_to(ROOT).as_posix()
        for pattern in CONFIG["only_mutate"]
        for path in sorted(ROOT.glob(pattern))
    ]
    return [path for path in found if any(fnmatch.fnmatch(path, one) for one in patterns)]


def codes(code: CodeType) -> Iterator[CodeType]:
    """Return every code within a code."""
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from codes(const)


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Return the functions of a module and of its classes, each with its class."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield "", node
        elif isinstance(node, ast.ClassDef):
            yield from ((node.name, one) for one in node.body if isinstance(one, ast.FunctionDef))


def statement(function: ast.FunctionDef, line: int) -> range:
    """Return the lines of the innermost statement that holds a line."""
    found = range(function.lineno, function.end_lineno or function.lineno + 1)
    for node in ast.walk(function):
        if not isinstance(node, ast.stmt) or node is function:
            continue
        body = getattr(node, "body", None)
        end = body[0].lineno - 1 if body else node.end_lineno or node.lineno
        lines = range(node.lineno, max(end, node.lineno) + 1)
        if line in lines and len(lines) <= len(found):
            found = lines
    return found


def difference(old: list[str], new: list[str]) -> tuple[int, str]:
    """Return the first changed line (from 0) and the change, after the line of `def`."""
    blocks = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    for tag, start, end, first, last in blocks:
        if tag != "equal":
            before = " ".join(line.strip() for line in old[start:end])
            after = " ".join(line.strip() for line in new[first:last])
            return start, f"{before} → {after}"
    return 0, "?"


def mutants(path: str) -> list[Mutant]:
    """Return mutmut's mutants of a file, made once and kept beside the results.

    They are made in a process of its own: what that takes of memory, every fork would have to copy.
    """
    kept = RESULTS.parent / f"{path.replace('/', '.')}.{digest(ROOT / path)}.pickle"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        maker = get_context("fork").Process(target=_keep, args=(path, kept))
        maker.start()
        maker.join()
    found: list[Mutant] = pickle.loads(kept.read_bytes())  # noqa: S301 - our own, of a moment ago
    return found


def _keep(path: str, kept: Path) -> None:
    kept.write_bytes(pickle.dumps(list(_made(path))))


def _made(path: str) -> Iterator[Mutant]:
    from mutmut.mutation.file_mutation import mutate_file_contents  # noqa: PLC0415 - see `mutants`

    source = (ROOT / path).read_text("utf-8")
    made = mutate_file_contents(path, source)
    old = {(owner, node.name): node for owner, node in functions(ast.parse(source))}
    new = {node.name: node for _, node in functions(ast.parse(made.code))}
    compiled = {code.co_name: code for code in codes(compile(made.code, path, "exec"))}
    lines, text = source.splitlines(), made.code.splitlines()
    module = path.removesuffix(".py").replace("/", ".")
    for name in made.mutant_names:
        mangled = name.rpartition("__mutmut_")[0]
        owner, _, function = mangled.removeprefix("xǁ").removeprefix("x_").rpartition("ǁ")
        was, node = old[owner, function], new[name]
        before = lines[was.lineno - 1 : was.end_lineno]
        after = text[node.lineno - 1 : node.end_lineno]
        after = [line.split("  # type: ignore # mutmut")[0] for line in after]
        after = [line.replace(f"def {name}", f"def {function}") for line in after]
        start, change = difference(before, after)
        where = statement(was, was.lineno + start)
        whole = f"{module}.{name}"
        code = marshal.dumps(compiled[name])
        yield Mutant(whole, path, owner, function, node.args, code, where, change)


def target(mutant: Mutant) -> FunctionType:
    """Return the function that a mutant stands in for."""
    module = importlib.import_module(mutant.path.removesuffix(".py").replace("/", "."))
    space = vars(getattr(module, mutant.owner)) if mutant.owner else vars(module)
    found = space[mutant.function]
    return getattr(found, "__func__", found)


def take(mutant: Mutant) -> None:
    """Let the function be the mutant, wherever it is already known."""
    function, arguments = target(mutant), mutant.arguments
    function.__code__ = marshal.loads(mutant.code)  # noqa: S302 - our own

    def value(node: ast.expr) -> Any:
        return eval(compile(ast.Expression(node), mutant.path, "eval"), function.__globals__)  # noqa: S307 - a default of our own source

    function.__defaults__ = tuple(map(value, arguments.defaults)) or None
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    function.__kwdefaults__ = {one.arg: value(node) for one, node in pairs if node} or None


def digest(*paths: Path) -> str:
    """Return a short name for what stands in some files."""
    return sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]


def forget() -> None:
    """Empty what functions of ours remember."""
    for module in list(sys.modules.values()):
        name = getattr(module, "__name__", "")
        if name.split(".")[0] in {"ledger", "approvals"}:
            for thing in list(vars(module).values()):
                clear = getattr(thing, "cache_clear", None)
                if clear:
                    clear()


class Verdict(NamedTuple):
    """What became of a mutant: killed by a test, timeout, survived, or reached by no test."""

    verdict: str
    by: str
    tests: int


def places(mutant: Mutant) -> tuple[str, str]:
    """Return where a mutant is: its function and its file."""
    return f"{mutant.path} {mutant.owner} {mutant.function}", mutant.path


class Campaign:
    """A pytest plugin: the tests once under coverage, then each mutant in a child."""

    def __init__(self, chosen: Sequence[Mutant], seconds: float, scratch: Path) -> None:
        self.chosen, self.seconds, self.scratch = chosen, seconds, scratch
        self.spent: dict[str, float] = {}
        self.reached: dict[str, dict[int, list[str]]] = {
            path: defaultdict(list) for path in modules()
        }
        self.rare: dict[str, Counter[str]] = {}
        self.killers: dict[str, list[str]] = defaultdict(list)  # of a file, of a function
        self.failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests, then the mutants."""
        assert not session.testsfailed, "the tests cannot be collected"
        self._look(session.items)
        assert not self.failed, "a test fails without any mutant"
        items = {item.nodeid: item for item in session.items}
        gc.collect()
        gc.freeze()
        RESULTS.parent.mkdir(exist_ok=True)
        with RESULTS.open("a", encoding="utf-8") as out:
            done = 0
            while done < len(self.chosen):
                batch = self.chosen[done : done + BATCH]
                for mutant, verdict in zip(batch, self._batch(batch, items), strict=False):
                    done += 1
                    said = {"mutant": mutant.name, "path": mutant.path, "line": mutant.lines.start}
                    said |= {"change": mutant.change, **verdict._asdict()}
                    out.write(json.dumps(said, ensure_ascii=False) + "\n")
                    note = f"{done}/{len(self.chosen)} {verdict.verdict} {mutant.name}\n"
                    sys.stderr.write(note)
                out.flush()
        return True

    def _look(self, items: Sequence[pytest.Item]) -> None:
        """Run each test once: how long it takes, which lines it reaches.

        That is kept while the mutated files and the file of a test stay the same. The first test of
        each file is run in any case, so that what it imports is there.
        """
        files = {path: str(ROOT / path) for path in modules()}
        source = digest(*(ROOT / path for path in files), Path(__file__).with_name("conftest.py"))
        kept = json.loads(REACHED.read_text("utf-8")) if REACHED.exists() else {}
        first = {item.path: item for item in reversed(items)}
        now = {path: source + digest(path) for path in first}
        tests = {name: test for name, test in kept.items() if test["of"].startswith(source)}
        due = [
            item
            for item in items
            if first[item.path] is item
            or tests.get(item.nodeid, {"of": ""})["of"] != now[item.path]
        ]
        cov = coverage.Coverage(data_file=None, config_file=False, include=list(files.values()))
        cov.start()
        # What lasts for the session is left standing for the children.
        for item, following in zip(due, [*due[1:], None], strict=True):
            cov.switch_context(item.nodeid)
            began = time.process_time()
            coming = following or item.session
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=coming)
            spent = time.process_time() - began
            tests[item.nodeid] = {"of": now[item.path], "spent": spent, "lines": {}}
        cov.stop()
        for path, file in files.items():
            for number, names in cov.get_data().contexts_by_lineno(file).items():
                for name in filter(None, names):
                    tests[name]["lines"].setdefault(path, []).append(number)
        REACHED.parent.mkdir(exist_ok=True)
        REACHED.write_text(json.dumps(tests), "utf-8")
        for item in items:
            self._know(item.nodeid, tests[item.nodeid])
        for path in files:
            self.rare[path] = Counter()
            for names in self.reached[path].values():
                self.rare[path].update(dict.fromkeys(names, 1 / len(names)))

    def _know(self, name: str, test: dict[str, Any]) -> None:
        self.spent[name] = test["spent"]
        for path, numbers in test["lines"].items():
            for number in numbers:
                self.reached[path][number].append(name)

    def _tests(self, mutant: Mutant) -> list[str]:
        """Return the tests that reach a mutant: those that killed its neighbours come first.

        Then those that reach what few others reach, for their time: first just there, where a test
        meets the refusal that the statement leads to, then in the file as a whole.
        """
        lines = self.reached[mutant.path]
        found = {test for line in mutant.lines for test in lines.get(line, [])}
        near, far = (self.killers[place][::-1] for place in places(mutant))
        killers = list(dict.fromkeys(test for test in [*near[:3], *far] if test in found))[:4]
        rare, spent, there = self.rare[mutant.path], self.spent, Counter[str]()
        for line in range(mutant.lines.start, mutant.lines.stop + BEYOND):
            there.update(dict.fromkeys(lines.get(line, ()), 1 / len(lines.get(line, "1"))))
        worth = {test: (round(there[test], 1), rare[test] / (spent[test] + 0.01)) for test in found}
        rest = sorted(found - set(killers), key=worth.__getitem__, reverse=True)
        chosen, left = killers, self.seconds - sum(self.spent[test] for test in killers)
        for test in rest:
            if self.spent[test] <= left:
                left -= self.spent[test]
                chosen.append(test)
        return chosen

    def _batch(self, batch: Sequence[Mutant], items: dict[str, pytest.Item]) -> list[Verdict]:
        """Try mutants one after the other in a child, as far as it comes.

        At its end the child runs the tests that killed once more on the true code; if one of them
        fails, a mutant has left something behind, and each that was killed is tried alone.
        """
        read, write = os.pipe()
        pid = os.fork()
        if not pid:
            self._child(batch, items, write)
        os.close(write)
        with os.fdopen(read, encoding="utf-8") as pipe:
            found = [Verdict(*json.loads(line)) for line in pipe]
        status = os.waitpid(pid, 0)[1]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # what the tests may have started
        shutil.rmtree(self.scratch, ignore_errors=True)
        assert status != READY << 8, f"{batch[len(found)].name} was not taken"
        if os.WIFSIGNALED(status) and len(found) < len(batch):
            number = os.WTERMSIG(status)
            late = number in {signal.SIGPROF, signal.SIGALRM}
            found.append(Verdict("timeout" if late else "killed", f"signal {number}", 0))
        elif status and len(batch) > 1:
            found = [
                self._batch([mutant], items)[0] if verdict.verdict in KILLED else verdict
                for mutant, verdict in zip(batch, found, strict=True)
            ]
        for mutant, verdict in zip(batch, found, strict=False):
            self._learn(mutant, verdict.by)
        return found

    def _learn(self, mutant: Mutant, by: str) -> None:
        for place in places(mutant) if by in self.spent else ():
            if by in self.killers[place]:
                self.killers[place].remove(by)
            self.killers[place].append(by)

    def _child(self, batch: Sequence[Mutant], items: dict[str, pytest.Item], pipe: int) -> None:
        """Be one mutant after the other, each until a test fails; never return."""
        code = READY
        try:
            os.setpgid(0, 0)
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            self.scratch.mkdir(parents=True)
            factory = next(iter(items.values())).config._tmp_path_factory  # type: ignore[attr-defined]
            factory._basetemp = self.scratch
            killers = {}
            for mutant in batch:
                verdict = self._try(mutant, items)
                self._learn(mutant, verdict.by)
                killers[verdict.by] = None
                os.write(pipe, json.dumps(verdict).encode() + b"\n")
            forget()
            code = int(any(self._fails([items[name]]) for name in killers if name in items))
        finally:
            os._exit(code)

    def _try(self, mutant: Mutant, items: dict[str, pytest.Item]) -> Verdict:
        tests = self._tests(mutant)
        if not tests:
            return Verdict("no test", "", 0)
        most = 5 + 5 * sum(self.spent[test] for test in tests)
        function = target(mutant)
        was = function.__code__, function.__defaults__, function.__kwdefaults__
        forget()
        take(mutant)
        signal.setitimer(signal.ITIMER_PROF, most)
        signal.alarm(int(60 + 20 * most))
        try:
            by = self._fails([items[test] for test in tests])
        except BaseException as fault:  # noqa: BLE001 - what ends the session ends the mutant
            by = repr(fault)[:200]
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        function.__code__, function.__defaults__, function.__kwdefaults__ = was
        return Verdict("killed" if by else "survived", by, len(tests))

    def _fails(self, items: Sequence[pytest.Item]) -> str:
        """Run tests until one fails, and return its name."""
        for item, following in zip(items, [*items[1:], None], strict=True):
            self.failed = False
            # What lasts for the session is left standing.
            coming = following or item.session
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=coming)
            if self.failed:
                self._leave(item)
                return item.nodeid
        return ""

    @staticmethod
    def _leave(item: pytest.Item) -> None:
        """Tear down what was left standing for the test that would have come next."""
        item.session._setupstate.teardown_exact(item.session)  # type: ignore[arg-type]


@cache
def results() -> dict[str, dict[str, Any]]:
    """Return the last row of each mutant; once killed by some test, it is killed."""
    found: dict[str, dict[str, Any]] = {}
    for text in RESULTS.read_text("utf-8").splitlines() if RESULTS.exists() else ():
        row = json.loads(text)
        last = found.get(row["mutant"], {})
        if last.get("change") != row["change"] or last.get("verdict") not in KILLED:
            found[row["mutant"]] = row
    return found


def known(mutant: Mutant) -> str:
    """Return the last verdict of a mutant, or nothing; a name may now be that of another change."""
    found = results().get(mutant.name, {})
    return str(found["verdict"]) if found.get("change") == mutant.change else ""


COLUMNS = ("killed", "timeout", "survived", "no test")


def report() -> None:
    """Print a table of the modules: of how many mutants, how many were tried, what became of them.

    A mutant that takes for ever, and one that no test reaches, is in a column of its own.
    """
    print(row("module", "mutants", "tried", *COLUMNS, "killed %"))  # noqa: T201
    print(row("---", *["--:"] * 7))  # noqa: T201
    total, number = Counter[str](), 0
    for path in modules():
        made = mutants(path)
        count = Counter(verdict for one in made if (verdict := known(one)))
        total, number = total + count, number + len(made)
        print(line(path, len(made), count))  # noqa: T201
    print(line("all", number, total))  # noqa: T201


def row(*cells: object) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(map(str, cells))} |"


def line(name: str, number: int, count: Counter[str]) -> str:
    """Return the row of a module."""
    dead, tried = sum(count[word] for word in KILLED), count.total()
    share = f"{100 * dead / tried:.1f}" if tried else ""
    return row(name, number, tried, *(count[word] for word in COLUMNS), share)


def asked() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description="Mutation testing of the trust modules.")
    parser.add_argument("files", nargs="*", default=["*"])
    parser.add_argument("--only", default="*", help="a pattern of mutants' names")
    parser.add_argument("--seconds", type=float, default=1e9, help="tests of a mutant, at most")
    parser.add_argument("--share", type=int, default=100, help="so many of a hundred mutants")
    parser.add_argument("--again", help="only those with this last verdict")
    parser.add_argument("--new", action="store_true", help="only those without a verdict")
    parser.add_argument("--mixed", action="store_true", help="in no order: a stop leaves a sample")
    parser.add_argument("--tests", nargs="*", help="other tests than pyproject.toml says")
    parser.add_argument("--report", action="store_true", help="print the table and try nothing")
    return parser.parse_args()


def wanted(mutant: Mutant, options: argparse.Namespace) -> bool:
    """Tell whether a mutant is asked for; a share is always the same mutants."""
    verdict = known(mutant)
    return (
        fnmatch.fnmatch(mutant.name, options.only)
        and options.again in {None, verdict}
        and not (options.new and verdict)
        and int(sha256(mutant.name.encode()).hexdigest(), 16) % 100 < options.share
    )


def main() -> int:
    """Choose mutants and try them."""
    options = asked()
    if options.report:
        report()
        return 0
    files = [path for one in options.files for path in modules([one])]
    found = (mutant for path in files for mutant in mutants(path))
    chosen = [mutant for mutant in found if wanted(mutant, options)]
    if options.mixed:
        chosen.sort(key=lambda mutant: sha256(mutant.name.encode()).digest())
    quick = settings(phases=[Phase.explicit, Phase.generate], database=None, deadline=None)
    settings.register_profile("mutants", quick)
    settings.load_profile("mutants")
    shared = Path("/dev/shm")  # noqa: S108 - faster than a disk
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        campaign = Campaign(chosen, options.seconds, Path(folder) / "mutant")
        words = ["-q", "-s", "--tb=native", "--assert=plain", f"--rootdir={ROOT}"]
        words += [f"--basetemp={folder}/tests", *CONFIG["pytest_add_cli_args"]]
        words += options.tests or CONFIG["pytest_add_cli_args_test_selection"]
        return int(pytest.main(words, plugins=[campaign]))


if __name__ == "__main__":
    sys.exit(main())
