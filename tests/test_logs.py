"""The log as the operator or a program reads it."""

import json
import logging
import sys

from bot.logs import Discreet


def _record(message: str, level: int = logging.INFO, **extra: object) -> logging.LogRecord:
    return logging.getLogger("adapters.telegram").makeRecord("torikeshi", level, "x", 1, message, (), None, extra=extra)


def test_a_line_tells_when_in_which_zone_how_grave_and_what() -> None:
    line = Discreet([]).format(_record("the store fails", logging.ERROR, why="disk full"))
    assert line[:4].isdigit()
    assert "Z [error    ] the store fails" in line
    assert "why='disk full'" in line


def test_a_program_reads_one_object_a_line() -> None:
    told = json.loads(Discreet([], as_json=True).format(_record("店は戻りました", chats=3)))
    assert told["event"] == "店は戻りました"
    assert (told["level"], told["chats"], told["logger"]) == ("info", 3, "torikeshi")
    assert told["timestamp"].endswith("Z")


def test_a_secret_is_left_out_also_of_a_trace_and_of_json() -> None:
    for as_json in (False, True):
        line = ""
        try:
            int("42:s3cret")
        except ValueError:
            record = _record("asking 42:s3cret", logging.ERROR, address="https://x/bot42:s3cret/y")
            record.exc_info = sys.exc_info()
            line = Discreet(["42:s3cret"], as_json=as_json).format(record)
        assert "s3cret" not in line
        assert "ValueError" in line
