"""Where an error happened, as the log of a chat platform may hold it."""

import traceback
from collections.abc import Iterator


def where(error: BaseException) -> str:
    """Return a trace by places and kinds of errors only: messages of errors may hold what a buyer typed."""
    return "\n".join(_lines(error))


def _lines(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or error.__context__
    if before is not None:
        yield from _lines(before)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} {frame.name}"
    yield type(error).__name__
