"""A buyer's events one after the other, each once, and one way out for whatever goes wrong."""

import asyncio
import logging

import pytest

from adapters.inbox import Inbox


async def test_one_buyers_work_is_done_in_order_and_others_do_not_wait() -> None:
    inbox, gate, done = Inbox(), asyncio.Event(), list[str]()

    async def work(name: str, waits: asyncio.Event | None = None) -> None:
        if waits is not None:
            await waits.wait()
        done.append(name)

    first = inbox.begin("hanako", work("first", gate))
    second = inbox.begin("hanako", work("second"))
    await inbox.begin("taro", work("taro"))
    assert done == ["taro"]
    gate.set()
    await asyncio.wait({first, second})
    assert done == ["taro", "first", "second"]


def test_an_event_comes_first_once_unless_it_is_forgotten() -> None:
    inbox = Inbox()
    assert [inbox.comes_first("a") for _ in range(2)] == [True, False]
    inbox.forget("a")
    assert inbox.comes_first("a")


async def test_the_buyer_and_the_log_hear_the_same_number_and_the_log_no_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[str] = []

    async def breaks() -> None:
        message = "the buyer's words"
        raise ValueError(message)

    async def apologise(number: str) -> None:
        told.append(number)

    await Inbox().begin("hanako", breaks(), apologise)
    (number,) = told
    assert f"error {number}" in caplog.text
    assert "ValueError" in caplog.text
    assert "the buyer's words" not in caplog.text


async def test_an_apology_that_fails_too_is_logged_and_the_next_event_is_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def breaks(_: str = "") -> None:
        raise OSError

    inbox, answered = Inbox(), asyncio.Event()

    async def works() -> None:
        answered.set()

    with caplog.at_level(logging.ERROR):
        inbox.begin("hanako", breaks(), breaks)
        await inbox.begin("hanako", works())
    assert answered.is_set()
    assert "could not be told" in caplog.text


async def test_at_the_end_what_is_under_way_finishes_and_what_takes_too_long_is_let_go() -> None:
    inbox, finished = Inbox(), list[str]()

    async def quick() -> None:
        finished.append("quick")

    inbox.begin("hanako", quick())
    inbox.begin("taro", asyncio.Event().wait())  # type: ignore[arg-type]  # never happens
    after = inbox.begin("taro", quick())
    await inbox.drain(0.05)
    assert finished == ["quick"]
    assert after.cancelled()
