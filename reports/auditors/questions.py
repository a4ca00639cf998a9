"""Questions to a ledger in Beancount's query language, held to reading.

The shell that Fava takes from beanquery writes files (`.output`), opens any path (`CREATE TABLE …
USING`), keeps settings and answers of one visitor for the next. Here only what reads the entries is
left, one question at a time, with an end to its time and its size.
"""

import io
import re
import shlex
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

from beanquery import CompilationError, Cursor, ParseError, connect
from beanquery.shell import BQLShell
from fava.beans.str import to_string
from fava.core.query_shell import FavaBQLShell, FavaShellError, QueryShell

COMMANDS = frozenset({"help", "run", "tables", "describe", "explain"})
BARE = frozenset({"help", "run"})  # what Fava's page sends without the leading full stop
STATEMENTS = frozenset({"Select", "Balances", "Journal", "Print"})
LONGEST = 4000
MOST_ROWS = 20_000
SECONDS = 8.0
STARS = 3
COLUMN, INDENT = 61, 2
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
UNBOUNDED = re.compile(r"[*+]|\{\d*,\}")
REPEATED_GROUP = re.compile(r"\)(?:[*+?]|\{)")

READ_ONLY = "审计台只供查阅：这条命令会写文件、打开文件或改动设置，不能执行。"
TOO_LONG = f"查询语句超过 {LONGEST} 个字符，请分成几次查询。"
TOO_MANY = f"查询结果超过 {MOST_ROWS} 行，请加上日期、科目等条件，或用 LIMIT 限制行数。"
TOO_SLOW = f"查询超过 {SECONDS:.0f} 秒仍未完成，已停止。请缩小查询范围。"
WRONG = "查询语句有误：{}"
FAILED = "查询无法执行：{}（{}）"
TOO_WILD = "匹配式过于复杂（括号后再重复，或重复超过三处），可能长时间占用服务器。请写得简单些。"


class OutOfTime(BaseException):
    """A question has used up its time."""


class Timed(list[Any]):
    """Entries that are no longer given out when a question's time is over.

    The question ends itself, row by row, in its own thread: an exception thrown into a thread from
    outside can leave the interpreter of the whole server spinning.
    """

    def __init__(self, entries: Sequence[Any], seconds: float) -> None:
        super().__init__(entries)
        self.end = time.monotonic() + seconds

    def __iter__(self) -> Iterator[Any]:
        """Give out the entries, one by one, while there is time.

        Raises:
            OutOfTime: the time is over.
        """
        for entry in super().__iter__():
            if time.monotonic() > self.end:
                raise OutOfTime
            yield entry


def is_wild(text: str) -> bool:
    """Tell whether a text between quotation marks may be a pattern without end.

    A match holds the interpreter, so no clock can stop it: it must not begin.
    """
    pieces = QUOTED.findall(text) or [text]
    return any(REPEATED_GROUP.search(p) or len(UNBOUNDED.findall(p)) > STARS for p in pieces)


def _refuse(_shell: object, _arg: object = None) -> Any:  # noqa: ANN401 - in place of any method
    raise FavaShellError(READ_ONLY)


class Shell(FavaBQLShell):
    """The query shell with nothing left in it but reading."""

    def add_help(self) -> None:
        """Attach the help on statements to this shell; Fava's prints into the shell made last."""
        for name, function in vars(BQLShell).items():
            if name.startswith("on_"):
                text = textwrap.dedent(function.__doc__ or "").strip()
                setattr(self, f"help_{name[3:].lower()}", self._teller(text))

    def _teller(self, text: str) -> Any:  # noqa: ANN401 - what cmd.Cmd calls
        return lambda: print(text, file=self.outfile)

    def run(self, entries: Sequence[Any], query: str) -> Cursor | str:
        """Answer one question: a table, or text.

        Raises:
            FavaShellError: the question is refused, wrong, too large or too slow.
        """
        self._weigh(query)
        self.outfile = self.stdout = io.StringIO()  # never what the last question left
        errors, options = self.ledger.errors, self.ledger.options
        try:
            timed = Timed(entries, SECONDS)
            self.context = connect("beancount:", entries=timed, errors=errors, options=options)
            answer = self.onecmd(query)
        except OutOfTime:
            raise FavaShellError(TOO_SLOW) from None
        except FavaShellError:
            raise
        except (ParseError, CompilationError) as fault:
            raise FavaShellError(WRONG.format(fault)) from fault
        except Exception as fault:
            raise FavaShellError(FAILED.format(type(fault).__name__, fault)) from fault
        return self._measured(answer)

    @staticmethod
    def _weigh(query: str) -> None:
        if len(query) > LONGEST:
            raise FavaShellError(TOO_LONG)
        if is_wild(query):
            raise FavaShellError(TOO_WILD)

    def _measured(self, answer: object) -> Cursor | str:
        if not isinstance(answer, Cursor):
            return str(self.outfile.getvalue().strip())
        if answer.rowcount > MOST_ROWS:
            raise FavaShellError(TOO_MANY)
        return answer

    def onecmd(self, line: str) -> Any:  # noqa: ANN401 - as beanquery has it
        """Carry out a command that reads, or a statement; refuse everything else."""
        command, arg, line = self.parseline(line)
        if not line:
            return None
        name = (command or "").lower()
        if line.startswith(".") or name in BARE:
            return getattr(self, f"do_{name}")(arg) if name in COMMANDS else _refuse(self)
        return _refuse(self) if hasattr(self, f"do_{name}") else self.execute(line)

    def execute(self, query: str, **kwargs: Any) -> Any:  # noqa: ANN401
        """Carry out a statement that reads."""
        statement = self.parse(query, **kwargs)
        name = type(statement).__name__
        return getattr(self, f"on_{name}")(statement) if name in STATEMENTS else _refuse(self)

    def do_help(self, arg: str) -> None:
        """List the commands, or explain one."""
        if arg:
            super().do_help(arg)
        else:
            print(
                "可用命令：", "　".join(f".{name}" for name in sorted(COMMANDS)), file=self.outfile
            )
            print("可用语句：SELECT　BALANCES　JOURNAL　PRINT", file=self.outfile)

    def do_explain(self, arg: str) -> None:
        """Explain a statement that reads; compiling any other would load its source."""
        if type(self.parse(arg)).__name__ not in STATEMENTS:
            _refuse(self)
        super().do_explain(arg)

    _refused: Any = _refuse

    def on_Print(self, statement: Any) -> None:  # noqa: ANN401, N802 - beanquery's name
        """Print entries as the books have them; Fava's own shell prints nothing."""
        for (entry,) in self.on_Select(statement):
            print(to_string(entry, COLUMN, INDENT), file=self.outfile)

    # Unreachable by `onecmd`; taken out of the class all the same.
    do_output = do_set = do_clear = do_history = do_format = do_errors = _refused
    do_parse = do_exit = do_quit = do_EOF = _refused  # noqa: N815 - beanquery's names
    on_CreateTable = on_Insert = on_Reload = _refused  # noqa: N815

    def do_reload(self, arg: object = None) -> None:
        """Load nothing: the shell starts by calling this."""


class Questions(QueryShell):
    """Fava's module of questions, one at a time on each ledger."""

    def __init__(self, ledger: Any) -> None:  # noqa: ANN401
        super().__init__(ledger)
        self.shell = Shell(ledger)
        self._turn = threading.Lock()

    def execute_query_serialised(self, entries: Sequence[Any], query: str) -> Any:  # noqa: ANN401
        """Answer a question for the page."""
        with self._turn:
            return super().execute_query_serialised(entries, query)

    def query_to_file(
        self, entries: Sequence[Any], query_string: str, result_format: str
    ) -> tuple[str, io.BytesIO]:
        """Answer a question as a file."""
        try:
            shlex.split(query_string)
        except ValueError as fault:
            raise FavaShellError(WRONG.format(fault)) from fault
        with self._turn:
            name, data = super().query_to_file(entries, query_string, result_format)
        return name, data
