"""Presses a second on Discord, beside bare discord.py bots; prints rates, processor time and ratios.

    .venv/bin/python benchmarks/discord.py [--presses 2000] [--turns 9]     rates, ours beside the bare ones
    .venv/bin/python benchmarks/discord.py --memory [--presses 20000]      memory of ours while pages go by

A Discord of canned answers runs in one process, each bot alone in another. Of 64 buyers each presses what stands on
the page that was shown last. Ours leads them through the dialog and keeps every answer in an SQLite file. The bare
bots answer each press with one fixed page as large as ours are (400 letters, a list of eleven, three buttons):
``view`` as discord.py's documentation writes it, with a persistent view; ``raw`` in ``on_interaction``, the cheapest
way that the library has. The processor time
of an answer counts the bot's process only, and is the steadier figure where other work runs beside.
"""

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any, Self

sys.path[0] = str(Path(__file__).parent.parent)  # not this folder: ``import discord`` would find this file
BUYERS = 64
ROUND = (
    *("status:awaiting_shipment", "payment:paypal", "coupon:no", "verdict:money", "back", "verdict:phone"),
    *("home", "restart", "menu:check"),
)
"""What a buyer presses: to a verdict, its money and steps, and all over again."""
TOKEN = "a.b.c"  # noqa: S105  # of the form of a token, and no secret
APP = "420000000000004242"
ME = {"id": APP, "username": "b", "discriminator": "0", "avatar": None, "bot": True, "global_name": None}
MESSAGE: dict[str, Any] = {
    "id": "5", "channel_id": "901", "author": ME, "type": 0, "content": "", "flags": 1 << 15 | 1 << 6, "tts": False,
    "timestamp": "2026-11-24T00:00:00+00:00", "edited_timestamp": None, "mentions": [], "mention_roles": [],
    "attachments": [], "embeds": [], "pinned": False, "mention_everyone": False, "components": [],
}  # fmt: skip
GUILD = {
    "id": "900", "name": "s", "owner_id": "1", "roles": [], "emojis": [], "stickers": [], "features": [],
    "members": [], "threads": [], "channels": [], "large": False, "member_count": 1,
}  # fmt: skip


class Driver:
    """Buyers who press, one press at a time each, and note when the last answer came."""

    def __init__(self, presses: int) -> None:
        """Nothing is pressed yet."""
        self.presses, self.pressed, self.answered, self.first = presses, 0, 0, 0.0
        self.pages: list[list[dict[str, Any]]] = [[] for _ in range(BUYERS)]
        self.rounds = [0] * BUYERS
        self.ids = count(1_400_000_000_000_000_000, 1 << 22)
        self.frames = count(3)
        self.socket: Any = None
        self.done = asyncio.Event()

    def begin(self) -> None:
        """Let everybody type the command."""
        self.first = monotonic()
        for buyer in range(BUYERS):
            self.tell(buyer, 2, {"id": "1", "name": "check", "type": 1})

    def tell(self, buyer: int, kind: int, data: dict[str, Any], message: dict[str, Any] | None = None) -> None:
        """Send an interaction."""
        number = next(self.ids)
        self.pressed += 1
        user = {**ME, "id": str(buyer + 1), "username": "u", "bot": False}
        member = {"user": user, "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False}
        sent = {
            "id": str(number), "application_id": APP, "type": kind, "token": f"{buyer}.{number}", "version": 1,
            "data": data, "guild_id": "900", "guild": {"id": "900"}, "channel_id": "901", "entitlements": [],
            "channel": {"id": "901", "type": 0, "name": "c", "position": 0}, "locale": "ja", "guild_locale": "ja",
            "member": {**member, "flags": 0, "permissions": "0"}, "app_permissions": "0", "context": 0,
            "authorizing_integration_owners": {}, "attachment_size_limit": 1,
        }  # fmt: skip
        if message is not None:
            sent["message"] = message
        frame = json.dumps({"op": 0, "t": "INTERACTION_CREATE", "s": next(self.frames), "d": sent})
        asyncio.ensure_future(self.socket.send_str(frame))  # noqa: RUF006  # in order, and never cancelled

    def answer(self, buyer: int, body: dict[str, Any]) -> None:
        """Take an answer, and press what it shows."""
        self.answered += 1
        self.pages[buyer] = body["data"]["components"]
        if self.answered >= self.presses:
            self.done.set()
        elif self.pressed < self.presses:
            self.press(buyer)

    def press(self, buyer: int) -> None:
        """Press the next button of the round, or whatever there is."""
        wanted = ROUND[self.rounds[buyer] % len(ROUND)]
        self.rounds[buyer] += 1
        rows = [row["components"] for row in self.pages[buyer] if row["type"] == 1]
        data: dict[str, Any] = {}
        for one in (one for row in rows for one in row):
            if one["type"] == 3 and any(option["value"] == wanted for option in one["options"]):
                data = {"custom_id": one["custom_id"], "component_type": 3, "values": [wanted]}
            elif one["type"] == 2 and (not data or one["custom_id"].startswith(wanted)):
                data = {"custom_id": one["custom_id"], "component_type": 2}
        self.tell(buyer, 3, data, {**MESSAGE, "components": _numbered(self.pages[buyer])})


def _numbered(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return components as Discord sends them back: each with a number, separators with their defaults."""
    more = {"divider": True, "spacing": 1}
    return [
        {**one, "id": number, **(more if one["type"] == 14 else {})}
        | ({"components": _numbered(one["components"])} if "components" in one else {})
        for number, one in enumerate(components, start=1)
    ]


class Rest(asyncio.Protocol):
    """The REST side, as little as the bots need. One for each connection."""

    driver: Driver
    gateway = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.unread = transport, b""

    def data_received(self, data: bytes) -> None:
        """Read whole requests."""
        self.unread += data
        while b"\r\n\r\n" in self.unread:
            head, _, rest = self.unread.partition(b"\r\n\r\n")
            lower = head.lower()
            at = lower.find(b"content-length:")
            length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(rest) < length:
                return
            self.unread = rest[length:]
            self.serve(head.split(b" ", 2)[1].decode(), rest[:length])

    def serve(self, path: str, body: bytes) -> None:
        """Answer one request."""
        parts = path.partition("?")[0].split("/")
        if parts[-1] == "callback":
            self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            Rest.driver.answer(int(parts[-2].partition(".")[0]), json.loads(body))
            return
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        application = {
            "id": APP,
            "name": "t",
            "icon": None,
            "description": "",
            "flags": 0,
            "verify_key": "",
            "owner": ME,
        }
        answers: dict[str, Any] = {
            "bot": {"url": Rest.gateway, "shards": 1, "session_start_limit": limit},
            "commands": [],
            "@me": ME if parts[-2] == "users" else {**application, "bot_public": True, "bot_require_code_grant": False},
        }
        payload = json.dumps(answers.get(parts[-1], {})).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(payload)
        self.transport.write(head + payload)


async def serve(presses: int) -> None:
    """Print both ports; then, for what is read from stdin, press and print how long it took."""
    from aiohttp import web

    Rest.driver = driver = Driver(presses)

    async def gateway(request: web.Request) -> web.WebSocketResponse:
        socket = driver.socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}})
        async for raw in socket:
            match json.loads(raw.data)["op"]:
                case 1:
                    await socket.send_json({"op": 11})
                case 2:
                    ready = {"v": 10, "user": ME, "guilds": [], "session_id": "s", "resume_gateway_url": Rest.gateway}
                    ready["application"] = {"id": APP, "flags": 0}
                    await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": ready})
                    await socket.send_json({"op": 0, "t": "GUILD_CREATE", "s": 2, "d": GUILD})
                    await asyncio.sleep(0.3)
                    print("ready", flush=True)
        return socket

    app = web.Application()
    app.router.add_get("/gateway/", gateway)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    Rest.gateway = f"ws://127.0.0.1:{runner.addresses[0][1]}/gateway/"
    rest = await asyncio.get_running_loop().create_server(Rest, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{rest.sockets[0].getsockname()[1]} {Rest.gateway}", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        driver.presses, driver.pressed, driver.answered = int(line), 0, 0
        driver.done.clear()
        driver.begin()
        await driver.done.wait()
        print(monotonic() - driver.first, flush=True)


def ours(api: str, gateway: str) -> None:
    """Torikeshi with its store."""
    from adapters import discord
    from adapters.inbox import Fairness, Inbox
    from adapters.platform import Host
    from bot.app import make_support
    from bot.clock import today_in_japan
    from bot.keeping.sql import SqlStore
    from bot.keeping.sqlite import SqliteDatabase

    host = Host(inbox=Inbox(Fairness(waiting=10**9, a_minute=10**9)))
    with tempfile.TemporaryDirectory() as folder:
        service = make_support(SqlStore(SqliteDatabase(Path(folder) / "chats.sqlite3"), today_in_japan))
        asyncio.run(discord.run(service, {"token": TOKEN, "api_url": api, "gateway_url": gateway}, host))


def bare(api: str, gateway: str, *, view: bool) -> None:
    """Answer each press with one fixed page."""
    import discord
    from discord.gateway import DiscordWebSocket
    from discord.http import Route
    from yarl import URL

    class Press(discord.ui.Button["Page"]):
        async def callback(self, interaction: discord.Interaction) -> None:
            await interaction.response.edit_message(view=page)

    class Choose(discord.ui.Select["Page"]):
        async def callback(self, interaction: discord.Interaction) -> None:
            await interaction.response.edit_message(view=page)

    class Page(discord.ui.LayoutView):
        def __init__(self) -> None:
            super().__init__(timeout=None)
            self.add_item(discord.ui.TextDisplay("決まったページです。" * 40))
            options = [discord.SelectOption(label=f"選択肢その{n}", value=f"choice:number_{n}") for n in range(11)]
            self.add_item(discord.ui.ActionRow(Choose(custom_id="choose", options=options)))
            self.add_item(discord.ui.ActionRow(*(Press(label=f"ボタン{n}", custom_id=f"press:{n}") for n in range(3))))

    Route.BASE = f"{api}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway)

    async def main() -> None:
        nonlocal page
        page = Page()
        client = discord.Client(intents=discord.Intents(guilds=True), max_messages=None)
        if view:
            client.add_view(page)
        else:
            page.stop()

        @client.event
        async def on_interaction(interaction: discord.Interaction) -> None:
            if interaction.type is discord.InteractionType.application_command:
                await interaction.response.send_message(view=page, ephemeral=True)
            elif not view:
                await interaction.response.edit_message(view=page)

        await client.start(TOKEN)

    page: Any = None
    asyncio.run(main())


class Measured:
    """A bot in a process of its own, and the Discord that it talks to."""

    def __init__(self, bot: str) -> None:
        """Start both."""
        this = str(Path(__file__).resolve())
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.server = subprocess.Popen([sys.executable, this, "--serve"], **pipes)  # type: ignore[call-overload]
        addresses = self.server.stdout.readline().split()
        quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
        command = [sys.executable, this, "--bot", bot, *addresses]
        self.client = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=quiet)
        self.server.stdout.readline()

    def __enter__(self) -> Self:
        """Be ready."""
        return self

    def __exit__(self, *_: object) -> None:
        """End both."""
        for process in (self.client, self.server):
            process.kill()
            process.wait()

    def run(self, presses: int) -> tuple[float, float]:
        """Return presses a second, and milliseconds of processor time an answer."""
        before = self._spent()
        self.server.stdin.write(f"{presses}\n")
        self.server.stdin.flush()
        seconds = float(self.server.stdout.readline())
        return presses / seconds, (self._spent() - before) / presses * 1000

    def resident(self) -> float:
        """Return MiB of memory."""
        pages = int(Path(f"/proc/{self.client.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 2**20

    def _spent(self) -> float:
        fields = Path(f"/proc/{self.client.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def compare(presses: int, turns: int) -> None:
    """Print the table. The bots take turns, short ones, so that each sees the same weather."""
    with Measured("torikeshi") as ours, Measured("view") as view, Measured("raw") as raw:
        bots = {"torikeshi": ours, "view": view, "raw": raw}
        for bot in bots.values():
            bot.run(2000)  # warm
        found = [{name: bot.run(presses) for name, bot in bots.items()} for _ in range(turns)]
    for name in bots:
        rate, spent = (statistics.median(turn[name][one] for turn in found) for one in (0, 1))
        print(f"{name:10} {rate:6.0f} presses/s {spent:6.3f} ms of processor time an answer")
    for name in ("view", "raw"):
        faster = statistics.median(turn["torikeshi"][0] / turn[name][0] for turn in found)
        lighter = statistics.median(turn[name][1] / turn["torikeshi"][1] for turn in found)
        print(f"torikeshi is {faster:.2f} × {name} by presses a second, {lighter:.2f} × by processor time")


def memory(presses: int) -> None:
    """Print the memory while pages go by."""
    with Measured("torikeshi") as bot:
        bot.run(2000)
        print(f"after  2000 presses {bot.resident():6.1f} MiB", flush=True)
        for part in range(1, 5):
            bot.run(presses // 4)
            print(f"after {2000 + part * (presses // 4):5} presses {bot.resident():6.1f} MiB", flush=True)


def main() -> None:
    """Run what the arguments say."""
    match sys.argv[1:]:
        case ["--serve"]:
            asyncio.run(serve(0))
        case ["--bot", "torikeshi", api, gateway]:
            ours(api, gateway)
        case ["--bot", bot, api, gateway]:
            bare(api, gateway, view=bot == "view")
        case _:
            parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
            parser.add_argument("--presses", type=int)
            parser.add_argument("--turns", type=int, default=9)
            parser.add_argument("--memory", action="store_true")
            options = parser.parse_args()
            if options.memory:
                memory(options.presses or 20_000)
            else:
                compare(options.presses or 2000, options.turns)


if __name__ == "__main__":
    main()
