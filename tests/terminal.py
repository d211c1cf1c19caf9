"""A person at a terminal: a real pseudo-terminal with the product in it, read as text and typed into."""

import codecs
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parent.parent
PATIENCE = 30.0
"""Seconds until a screen must have come; a busy machine is slow to start."""
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[()][A-Z0-9]|[=>])")


def python(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, in a folder."""
    return subprocess.run(
        [sys.executable, *arguments], input="", capture_output=True, check=False, text=True, timeout=120, cwd=folder
    )


class Terminal:
    """A terminal in which ``torikeshi chat`` runs with these arguments."""

    def __init__(self, *arguments: str) -> None:
        self._keyboard, screen = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "chat", *arguments],
            stdin=screen,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
            cwd=ROOT,
            # This terminal does not answer when asked where the cursor is.
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "60", "PROMPT_TOOLKIT_NO_CPR": "1"},
        )
        os.close(screen)
        self._letters = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._unread = ""

    def __enter__(self) -> Self:
        """Sit down."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Switch the terminal off, whatever runs in it."""
        self._process.kill()
        self._process.wait()
        os.close(self._keyboard)

    def reads_until(self, text: str) -> str:
        """Return all that is shown up to a text, without colours."""
        end = time.monotonic() + PATIENCE
        while text not in self.unread:
            assert self._more(end), f"{text!r} did not come, but {self.unread!r}"
        shown, _, self._unread = self.unread.partition(text)
        return shown + text

    def types(self, keys: str) -> None:
        """Type keys; a line ends with Enter (a carriage return)."""
        os.write(self._keyboard, keys.encode())

    def leaves(self) -> tuple[str, int]:
        """Return all that is shown until the product ends, and its exit code."""
        end = time.monotonic() + PATIENCE
        while self._more(end):
            pass
        return self.unread, self._process.wait(timeout=PATIENCE)

    @property
    def unread(self) -> str:
        """What was shown since the last reading, without colours."""
        return _ESCAPES.sub("", self._unread).replace("\r\n", "\n")

    def _more(self, end: float) -> bool:
        """Wait for more to be shown; False at the end of the program or of patience."""
        ready, _, _ = select.select([self._keyboard], [], [], max(0.0, end - time.monotonic()))
        try:
            read = os.read(self._keyboard, 65536) if ready else b""
        except OSError:  # Linux: the program has closed the terminal
            read = b""
        self._unread += self._letters.decode(read)
        return bool(read)
