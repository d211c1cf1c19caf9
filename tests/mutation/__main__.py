"""Makes each mistake of ``mutants.toml`` in a copy of the project and runs the tests that should notice it.

    make mutants                                         all of them: some minutes
    .venv/bin/python -m tests.mutation refunds days      those in files whose path holds one of these words

Prints each mistake with "killed" (a test failed, or ran for ever) or "SURVIVED"; exits with 1 if fewer than nine of ten
are killed, and with 2 if the table does not fit the code or the tests fail without any mistake.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent.parent
TABLE = Path(__file__).parent / "mutants.toml"
WANTED = 0.9
"""The share of mistakes that must be noticed."""
LIMIT = 60
"""Seconds that a test may take; who goes beyond it loops for ever, which is noticed too."""
ALL_WITHIN = 1800
"""Seconds that all tests of a mistake may take: only against a process that hears nothing any more."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: in which file, the text that stands there, what replaces it, and the tests that should fail."""

    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        """Say what is changed, in one line."""
        return f"{self.file}: {' '.join(self.old.split())} → {' '.join(self.new.split()) or '(nothing)'}"

    def applied(self) -> str:
        """Return the file's text with the mistake in it."""
        return (ROOT / self.file).read_text(encoding="utf-8").replace(self.old, self.new)


def mutants(words: list[str]) -> list[Mutant]:
    """Read the table; with words only the mistakes in files whose path holds one of them."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["files"]
    every = [Mutant(row["file"], old, new, tuple(row["tests"])) for row in rows for old, new in row["mutants"]]
    return [one for one in every if not words or any(word in one.file for word in words)]


def problems(one: Mutant) -> Iterator[str]:
    """Yield what is wrong with a row: the code has changed meanwhile, or the mistake is none that Python can read."""
    found = (ROOT / one.file).read_text(encoding="utf-8").count(one.old) if (ROOT / one.file).is_file() else 0
    if found != 1:
        yield f"{one}: the text stands there {found} times; write it as it is now, once"
    try:
        compile(one.applied() if found else "", one.file, "exec")
    except SyntaxError as error:
        yield f"{one}: not Python any more ({error.msg}); another mistake is wanted"


def copied(folder: Path) -> Path:
    """Return a copy of the files that git knows or would take in."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def complaint(folder: Path, tests: tuple[str, ...]) -> str:
    """Run tests in a copy; return what they print if one fails or runs for ever, else nothing."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"--timeout={LIMIT}", *tests]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}  # a file that changed within a second is read anew
    try:
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=ALL_WITHIN)
    except subprocess.CalledProcessError as failed:
        return str(failed.stdout.decode() or failed)
    except subprocess.TimeoutExpired as endless:
        return str(endless)
    return ""


def killed(one: Mutant, folders: "Queue[Path]") -> bool:
    """Tell whether the tests notice a mistake; a copy of the project is taken for it and given back unharmed."""
    folder = folders.get()
    (folder / one.file).write_text(one.applied(), encoding="utf-8")
    try:
        return bool(complaint(folder, one.tests))
    finally:
        shutil.copy(ROOT / one.file, folder / one.file)
        folders.put(folder)


def main(words: list[str]) -> int:
    """Make every mistake, two copies at a time; return the exit code."""
    wanted = mutants(words)
    wrong = [problem for one in wanted for problem in problems(one)]
    if wrong or not wanted:
        print("\n".join(wrong) or f"no file's path holds any of {words}", file=sys.stderr)
        return 2
    with TemporaryDirectory() as one, TemporaryDirectory() as other, ThreadPoolExecutor(2) as pool:
        folders: Queue[Path] = Queue()
        for folder in (one, other):
            folders.put(copied(Path(folder)))
        tests = tuple(sorted({test for mutant in wanted for test in mutant.tests}))
        if failing := complaint(Path(one), tests):
            print(f"{failing}\nthe tests fail without any mistake; mend that first", file=sys.stderr)
            return 2
        results = []
        for mutant, noticed in zip(wanted, pool.map(lambda mutant: killed(mutant, folders), wanted), strict=True):
            print("killed  " if noticed else "SURVIVED", mutant, flush=True)
            results.append(noticed)
    print(f"{sum(results)} of {len(results)} killed")
    return 0 if sum(results) >= WANTED * len(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
