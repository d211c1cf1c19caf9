"""``torikeshi run discord``, ``discord invite`` and ``discord sync`` as the operator types them: real processes."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest

from bot.settings import read_accounts
from tests.discord_fake import TOKEN, FakeDiscord, Person

ROOT = Path(__file__).parent.parent


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as server:
        yield server
    assert server.problems == []


async def _started(folder: Path, fake: FakeDiscord, *arguments: str, token: str = TOKEN, code: str = "") -> Process:
    """Start ``torikeshi`` in a folder whose .env holds the settings; ``code`` runs before it."""
    settings = {
        "TOKEN": token,
        "API_URL": fake.url,
        "GATEWAY_URL": fake.gateway,
    }
    lines = [f"TORIKESHI_DISCORD_{name}={value}" for name, value in settings.items()]
    (folder / ".env").write_text("\n".join([*lines, "TORIKESHI_STORE=chats.db"]), encoding="utf-8")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TORIKESHI_")}
    start = f"{code}\nimport sys\nfrom bot.__main__ import main\nsys.exit(main({[*arguments]!r}))"
    environment = {**clean, "PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", start, cwd=folder, env=environment, stdout=PIPE, stderr=PIPE
    )


async def _ended(process: Process) -> tuple[int | None, str]:
    out, log = await asyncio.wait_for(process.communicate(), 20)
    return process.returncode, out.decode() + log.decode()


async def test_it_answers_and_ends_within_five_seconds_of_sigterm(tmp_path: Path, fake: FakeDiscord) -> None:
    process, hanako = await _started(tmp_path, fake, "run"), Person(fake)
    await fake.connects()
    await hanako.uses("check")
    fake.delay = 0.5
    hanako.presses(*hanako.find("status:shipped"), 3)
    await asyncio.sleep(0.2)
    since = monotonic()
    process.send_signal(signal.SIGTERM)
    code, log = await _ended(process)
    assert (code, monotonic() - since < 5) == (0, True)
    assert "movement:moving" in hanako.tokens
    assert TOKEN not in log
    assert "Traceback" not in log


async def test_a_kill_at_any_moment_loses_no_press_and_counts_none_twice(tmp_path: Path, fake: FakeDiscord) -> None:
    people = [Person(fake, number) for number in range(1, 9)]
    process = await _started(tmp_path, fake, "run")
    await fake.connects()
    for person in people:
        person.types("check")
    await fake.settles()
    for round_, token in enumerate(("status:shipped", "back", "status:awaiting_shipment")):
        ways = [person.find(token) for person in people]
        for person, (custom_id, message, values) in zip(people, ways, strict=True):
            person.presses(custom_id, message, values, 2 if values is None else 3)
        await asyncio.sleep(0.01 * round_)
        process.kill()
        await process.wait()
        fake.sessions.clear()
        for one in fake.interactions.values():  # Discord tells the buyer that it failed …
            one.settled = True
        process = await _started(tmp_path, fake, "run")
        await fake.connects()
        for person, (custom_id, message, values) in zip(people, ways, strict=True):  # … who presses again
            person.presses(custom_id, message, values, 2 if values is None else 3)
        await fake.settles()
    process.terminate()
    await _ended(process)
    assert [("payment:paypal" in person.tokens, len(person.messages)) for person in people] == [(True, 1)] * 8


@pytest.mark.parametrize(
    ("token", "says"),
    [("wrong.token", "refuses TORIKESHI_DISCORD_TOKEN"), ("", "is not set"), ("not a token", "characters")],
)
@pytest.mark.parametrize("command", [("run", "discord"), ("discord", "invite")], ids=" ".join)
async def test_a_token_that_is_none_ends_with_one_sentence_and_two(
    tmp_path: Path, fake: FakeDiscord, command: tuple[str, ...], token: str, says: str
) -> None:
    code, log = await _ended(await _started(tmp_path, fake, *command, token=token))
    assert code == 2
    assert says in log
    assert "https://discord.com/developers/applications" in log
    assert len([line for line in log.splitlines() if "[info " not in line]) == 1


async def test_a_lost_gateway_ends_with_one_and_the_reason(tmp_path: Path, fake: FakeDiscord) -> None:
    impatient = "import adapters.discord.running as d\nd.run.__kwdefaults__['patience'] = 1.0"
    process = await _started(tmp_path, fake, "run", code=impatient)
    await fake.connects()
    fake.up = False
    await fake.drops()
    code, log = await _ended(process)
    assert code == 1
    assert "could not be reached for 1 seconds" in log.splitlines()[-1]


async def test_the_links_are_printed_with_what_they_permit(tmp_path: Path, fake: FakeDiscord) -> None:
    code, out = await _ended(await _started(tmp_path, fake, "discord", "invite"))
    assert code == 0
    assert "permissions=274877910016" in out
    assert "integration_type=1" in out
    assert "Administrator" in out


async def test_the_commands_are_registered_when_they_changed(tmp_path: Path, fake: FakeDiscord) -> None:
    for arguments, times in (((), 1), ((), 1), (("--force",), 2)):
        code, _ = await _ended(await _started(tmp_path, fake, "discord", "sync", *arguments))
        assert (code, len(fake.named("commands"))) == (0, times)


def test_all_addresses_are_read() -> None:
    environment = {
        "TORIKESHI_DISCORD_TOKEN": "a.b.c",
        "TORIKESHI_DISCORD_API_URL": "http://h:1",
        "TORIKESHI_DISCORD_GATEWAY_URL": "ws://h:2",
    }
    (account,) = read_accounts(environment, []).values()
    assert account == {"token": "a.b.c", "shards": "", "api_url": "http://h:1", "gateway_url": "ws://h:2"}
