"""``torikeshi run`` as the operator starts and stops it: a real process against a Bot API of our own."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import SettingsError, read_accounts
from tests.telegram_fake import TOKEN, FakeTelegram, Person
from tests.waiting import HANGS_AFTER, until

ROOT = Path(__file__).parent.parent


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server
    assert server.problems == []


async def _started(folder: Path, fake: FakeTelegram, token: str = TOKEN, *names: str) -> Process:
    """Start ``torikeshi run`` in a folder whose .env holds the settings."""
    lines = (f"TORIKESHI_TELEGRAM_TOKEN={token}", f"TORIKESHI_TELEGRAM_API_URL={fake.url}", "TORIKESHI_STORE=chats.db")
    (folder / ".env").write_text("\n".join(lines), encoding="utf-8")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TORIKESHI_")}
    arguments = ("-m", "bot", "run", *names)
    environment = {**clean, "PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=folder, env=environment, stderr=PIPE)


async def _ended(process: Process) -> tuple[int | None, str]:
    _, log = await asyncio.wait_for(process.communicate(), HANGS_AFTER)
    return process.returncode, log.decode()


async def _all_see(people: list[Person], token: str) -> None:
    """Wait until everybody has a button."""
    await until(lambda: all(token in person.tokens for person in people))


async def test_it_answers_and_ends_after_what_is_under_way_at_sigterm(tmp_path: Path, fake: FakeTelegram) -> None:
    process, hanako = await _started(tmp_path, fake), Person(fake)
    hanako.sends("/start")
    await until(lambda: "menu:check" in hanako.tokens)
    hanako.presses(*hanako.find("menu:check"))
    await until(lambda: "status:shipped" in hanako.tokens)
    fake.delay = 0.5
    hanako.presses(*hanako.find("status:shipped"))
    await until(lambda: len(fake.named("answerCallbackQuery")) == 2)
    process.send_signal(signal.SIGTERM)
    code, log = await _ended(process)
    assert code == 0
    assert "movement:moving" in hanako.tokens
    assert TOKEN not in log


@pytest.mark.parametrize(
    ("fault", "token", "says"),
    [("401", TOKEN, "refuses TORIKESHI_TELEGRAM_TOKEN"), ("", "", "is not set"), ("", "not a token", "characters")],
)
async def test_a_token_that_is_none_ends_with_one_sentence_and_two(
    tmp_path: Path, fake: FakeTelegram, fault: str, token: str, says: str
) -> None:
    if fault:
        fake.fails("getMe", fault, times=9)
    code, log = await _ended(await _started(tmp_path, fake, token, "telegram"))
    assert code == 2
    assert says in log
    assert len([line for line in log.splitlines() if "[info " not in line]) == 1
    assert "not a token" not in log


async def test_a_second_instance_ends_with_one_sentence_and_two(tmp_path: Path, fake: FakeTelegram) -> None:
    fake.fails("getUpdates", "409")
    code, log = await _ended(await _started(tmp_path, fake))
    assert code == 2
    assert "another program receives this bot's messages" in log


async def test_a_kill_at_any_moment_loses_no_tap_and_counts_none_twice(tmp_path: Path, fake: FakeTelegram) -> None:
    people = [Person(fake, number) for number in range(1, 13)]
    process = await _started(tmp_path, fake)
    for person in people:
        person.sends("/check")
    await _all_see(people, "status:shipped")
    fake.delay = 0.03
    steps = (
        ("status:shipped", "movement:moving"),
        ("back", "status:shipped"),
        ("status:awaiting_shipment", "payment:paypal"),
    )
    for round_, (token, next_) in enumerate(steps):
        for person in people:
            person.presses(*person.find(token))
        await asyncio.sleep(0.05 + 0.04 * round_)
        process.kill()
        await process.wait()
        process = await _started(tmp_path, fake)
        await _all_see(people, next_)
    process.terminate()
    await _ended(process)
    assert [("payment:paypal" in person.tokens, len(person.messages)) for person in people] == [(True, 1)] * 12


async def test_a_kill_while_words_are_answered_loses_none_and_counts_none_twice(
    tmp_path: Path, fake: FakeTelegram
) -> None:
    people = [Person(fake, number) for number in range(1, 13)]
    process = await _started(tmp_path, fake)
    for person in people:
        person.sends("/check")
    await _all_see(people, "status:shipped")
    fake.delay = 0.03
    steps = ("発送済み", "movement:moving"), ("/back", "status:shipped"), ("発送待ち", "payment:paypal")
    for round_, (words, next_) in enumerate(steps):
        for person in people:
            person.sends(words)
        await asyncio.sleep(0.05 + 0.03 * round_)
        process.kill()
        await process.wait()
        process = await _started(tmp_path, fake)
        await _all_see(people, next_)
    process.terminate()
    await _ended(process)
    for person in people:
        assert "payment:paypal" in person.tokens
        replies = [message["text"].splitlines()[0] for message in person.messages]
        assert len({*replies}) == 3, "status, movement, status again, payment"
        assert 4 <= len(replies) <= 7, "a reply may come twice, but only where the process was killed"


def test_all_platforms_whose_token_is_set_are_started() -> None:
    accounts = read_accounts({"TORIKESHI_TELEGRAM_TOKEN": "1:a", "TORIKESHI_TELEGRAM_API_URL": "http://h:1"}, [])
    assert accounts == {"telegram": {"token": "1:a", "webhook": "", "api_url": "http://h:1"}}


@pytest.mark.parametrize(
    ("environment", "names", "says"),
    [
        ({}, [], "No chat platform is set up"),
        ({}, ["telegram"], "TORIKESHI_TELEGRAM_TOKEN is not set"),
        ({}, ["icq"], "there is no platform 'icq'"),
        ({"TORIKESHI_TELEGRAM_TOKEN": "1:a", "TORIKESHI_TELEGRAM_API_URL": "localhost"}, [], "must be an address"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(environment: dict[str, str], names: list[str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        read_accounts(environment, names)
