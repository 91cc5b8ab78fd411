"""
Ask whether the tests notice: mutmut changes ledger and cards, one place at a time.

``mutate.py run`` makes the mutants and asks the tests about each, or about those that
are named; a run that was stopped goes on where it was.  ``show NAME`` prints one,
``report`` what lives, as Markdown.  All of this is mutmut's, save two things that make
a run of eleven thousand a matter of minutes: the tests are collected once, and every
mutant gets a fork of that session, in which it takes the place of its function; and a
test that has killed a mutant is asked first about the next one of that function.
"""

from __future__ import annotations

import gc
import importlib
import os
import re
import resource
import sys
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any, ClassVar

import mutmut.__main__ as mutmut
import pytest
from mutmut.configuration import config
from mutmut.mutation import trampoline
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.trampoline_templates import mangle_function_name
from mutmut.runners.harness import PytestRunner
from mutmut.state import state
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import change_cwd, walk_mutatable_files
from mutmut.utils.format_utils import mangled_name_from_mutant_name as function_of
from mutmut.workers.isolation import ForkServerRunner


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# A mutant that has lived so long, in CPU time, survives: the quick tests come first.
SECONDS = float(os.environ.get("MUTANT_SECONDS", "2"))
# What takes that many times as long, or more memory, is endless, and so it is noticed.
PATIENCE = 16
MEMORY = 3 << 30
# It has no mutant, so all tests have to pass.
UNCHANGED = "loyaltycore.x_unchanged__mutmut_0"
# Killed mutants, each with the test that failed.
KILLED = Path("mutants/killed.txt").absolute()
# mutmut leaves a file open, which would be a failure of the first test.
OPTIONS = ("-s", "-p", "no:unraisableexception")
UNSURE = 35

#: Every function that has mutants, and these, by its name.
functions: dict[str, tuple[Any, dict[str, Any]]] = {}


def keeping(mutants: dict[str, Any], is_classmethod: bool = False) -> Any:  # noqa: ARG001, FBT001, FBT002 - mutmut's own signature
    """Leave a function as it is, where mutmut would ask at each call which to call."""

    def keep(function: Any) -> Any:
        owner, _, name = function.__qualname__.rpartition(".")
        mangled = mangle_function_name(name=name, class_name=owner or None)
        functions[f"{function.__module__}.{mangled}"] = function, mutants
        return function

    return keep


def become(mutant_name: str) -> None:
    """
    Put a mutant into the place of its function, wherever that is known.

    Raises:
        ValueError: the mutant does not use what the function is closed over.
    """
    importlib.import_module(mutant_name.rpartition(".")[0])
    function, mutants = functions[function_of(mutant_name)]
    mutant = mutants[mutant_name.rpartition(".")[2]]
    mutant = getattr(mutant, "__func__", mutant)
    function.__code__ = mutant.__code__
    function.__defaults__ = mutant.__defaults__
    function.__kwdefaults__ = mutant.__kwdefaults__


class Watch:
    """Notes the test that fails, and when the time is over."""

    def __init__(self, mutant_name: str) -> None:
        self.mutant_name = mutant_name
        self.until = process_time() + SECONDS
        self.has_failed = False

    @property
    def is_over(self) -> bool:
        """Is the verdict there?"""
        return self.has_failed or process_time() > self.until

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write down which test it was, for the next mutant."""
        if report.failed:
            self.has_failed = True
            with KILLED.open("a") as file:
                file.write(f"{self.mutant_name}\t{report.nodeid}\n")


class CollectedTests(PytestRunner):
    """Runs tests of the session that was collected before the fork."""

    session: ClassVar[pytest.Session | None] = None

    def warm_up(self) -> None:
        """Nothing: the session is there."""

    def run_tests(self, *, mutant_name: str | None, tests: Iterable[str]) -> int:
        """Ask tests about a mutant: 1 where one fails."""
        session = self.session
        if session is None or mutant_name is None:
            return int(super().run_tests(mutant_name=mutant_name, tests=tests))
        if mutant_name != UNCHANGED:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            try:
                become(mutant_name)
            except ValueError:
                return UNSURE
        watch = Watch(mutant_name)
        session.config.pluginmanager.register(watch)
        by_id = {item.nodeid: item for item in session.items}
        items = [by_id[test] for test in in_order(mutant_name, tests)]
        for item, after in zip(items, [*items[1:], None], strict=True):
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if watch.is_over:
                break
        return int(watch.has_failed)


def in_order(mutant_name: str, tests: Iterable[str]) -> list[str]:
    """Tests that killed a mutant of the same function, and then the quick ones."""
    own, killers = f"{function_of(mutant_name)}__mutmut_", Counter[str]()
    for line in KILLED.read_text().splitlines() if KILLED.exists() else ():
        if line.startswith(own):
            killers[line.partition("\t")[2]] += 1
    seconds = state().duration_by_test
    return sorted(tests, key=lambda test: (-killers[test], seconds[test]))


class Serving:
    """Goes on from inside a session that has been collected."""

    def __init__(self, serve: Callable[[], None]) -> None:
        self.serve = serve

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Serve instead of running the tests."""
        CollectedTests.session = session
        gc.freeze()
        gc.disable()
        self.serve()
        return True


class Forks(ForkServerRunner):
    """Forks a collected session for each mutant."""

    def _forkserver_main(self, work_fd: int, result_fd: int) -> None:
        serve = super()._forkserver_main
        trampoline.wrap_in_trampoline = keeping
        sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - for good
        with change_cwd("mutants"):
            PytestRunner().execute_pytest(
                [*OPTIONS, *config().pytest_add_cli_args_test_selection],
                plugins=[Serving(lambda: serve(work_fd, result_fd))],
            )

    def startup(self) -> None:
        """Start, and see that all tests pass where nothing is changed."""
        super().startup()
        self.submit(UNCHANGED, list(state().duration_by_test), 0, 0)
        if self.wait_for_result().exit_code:
            sys.exit(
                f"Tests fail without a mutant; the last line of {KILLED} says which."
            )

    def submit(
        self,
        mutant_name: str,
        tests: list[str],
        cpu_time_limit: int,  # noqa: ARG002 - mutmut's, by what the tests take
        estimated_time: float,
    ) -> None:
        """Hand a mutant over, with a time that is the same for each."""
        limit = int(PATIENCE * (SECONDS + 3))
        super().submit(mutant_name, tests, limit, estimated_time)

    def run_clean_tests(self, tests: Iterable[str]) -> int:  # noqa: ARG002 - mutmut's
        """Nothing: ``startup`` has seen to it."""
        return 0


CAST = re.compile(r'(?<=cast\()(?:"[^"]*"|None)')
WORD = re.compile(r"""f?"(?:[^"\\]|\\.)*"|f?'(?:[^'\\]|\\.)*'|\w+|\S""")


def why_it_lives(diff: str) -> str:
    """Say in a word what a mutant changed, where that is why no test has to notice."""
    lines = [line for line in diff.splitlines() if line[:3] not in {"---", "+++"}]
    before, after = (
        " ".join(line[1:].strip() for line in lines if line[:1] == sign)
        for sign in "-+"
    )
    if "assert_never(" in before:
        return "closed"
    if "strict=True" in before and "strict=True" not in after:
        return "strict"
    if before != after and CAST.sub("", before) == CAST.sub("", after):
        return "cast"
    old, new = WORD.findall(before), WORD.findall(after)
    gone = [
        word
        for tag, start, end, _, _ in SequenceMatcher(None, old, new).get_opcodes()
        if tag != "equal"
        for word in old[start:end]
        if word != ","
    ]
    return "words" if gone and all(map(is_sentence, gone)) else "other"


def is_sentence(word: str) -> bool:
    """Is it said to people?  A name or a code has no space in it."""
    is_text = word.lstrip("f")[:1] in {'"', "'"}
    return (is_text and " " in word) or word in {"error", ".", "message", "why"}


def in_words(function: str) -> str:
    """Name a function as people do: ``cards.stamp.Stamp.settle``."""
    _, _, name = function.replace(".x_", ".").replace(".xǁ", ".").partition(".")
    return name.replace("ǁ", ".")


@mutmut.cli.command()
def report() -> None:
    """Print the totals by folder, and what lives by function, in Markdown."""
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    lives: dict[str, Counter[str]] = defaultdict(Counter)
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        for name, code in data.exit_code_by_key.items():
            status = status_by_exit_code[code]
            totals[path.parent.name][status] += 1
            if status == "survived":
                why = why_it_lives(get_diff_for_mutant(name, path=path))
                lives[in_words(function_of(name))][why] += 1
    for folder, found in sorted(totals.items()):
        print(f"| {folder} | {found.total()} | {dict(found)} |")
    for name, found in sorted(lives.items()):
        print(f"| `{name}` | {', '.join(f'{n} {why}' for why, n in found.items())} |")


if __name__ == "__main__":
    mutmut.get_mutant_runner = lambda most=1: Forks(most, CollectedTests, {})
    mutmut.cli()
