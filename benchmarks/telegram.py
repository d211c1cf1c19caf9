"""Updates a second on Telegram, beside echo bots of python-telegram-bot and aiogram; prints rates and ratios.

    .venv/bin/python benchmarks/telegram.py [--peers PYTHON] [--updates 3000] [--runs 3]

A server of canned answers runs in one process, each bot alone in another; all get the same updates. Ours understands
words, keeps every answer in an SQLite file, sends a screen with buttons and takes the old buttons away (two requests
an update); the peers echo the text (one request). Telegram's own pace (30 a second) is lifted. ``--peers`` is a Python
that has aiogram, such as one in a throwaway venv; without it aiogram is left out.

At 50 ms the server delays all answers but those to ``getUpdates``; in the lines "all" those too. There who confirms
only what is answered, as we do, has at most 100 updates a 100 ms: Telegram hands out no more beyond the confirmed.
The peers confirm first, and lose what is under way when they are killed.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic
from urllib.parse import parse_qs

sys.path[0] = str(Path(__file__).parent.parent)  # not this folder: ``import telegram`` would find this file
USERS = 500
WORDS = ("/check", "発送済み", "動いている", "/back")
ME = {"id": 1, "is_bot": True, "first_name": "b", "username": "b_bot", "can_join_groups": True}
SENT = {"message_id": 1, "date": 1_790_000_000, "chat": {"id": 1, "type": "private"}, "text": "x", "from": ME}


class Server(asyncio.Protocol):
    """Hands out updates, takes messages, and notes when the last one came. One for each connection."""

    updates: list[str] = []  # noqa: RUF012  # shared by all connections
    delay = 0.0
    polls_wait = True
    first = 0.0
    asked = (-1, 0.0)
    sent = 0
    numbers = 0

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
            self.answer(head.split(b" ", 2)[1].rsplit(b"/", 1)[1].decode(), rest[:length])

    def answer(self, method: str, body: bytes) -> None:
        """Answer one request, after the delay."""
        wait = Server.delay
        match method.lower():
            case "getupdates":
                result, wait = self.batch(body), wait if Server.polls_wait else 0.0
            case "sendmessage":
                Server.sent += 1
                Server.numbers += 1
                result = json.dumps({**SENT, "message_id": Server.numbers})
                if Server.sent == len(Server.updates):
                    print(monotonic() - Server.first, flush=True)
            case "getme":
                result = json.dumps(ME)
            case "getmycommands":
                result = "[]"
            case "getmydescription" | "getmyshortdescription":
                result = '{"description": "", "short_description": ""}'
            case "editmessagereplymarkup" | "editmessagetext":
                result = json.dumps(SENT)
            case _:
                result = "true"
        payload = f'{{"ok":true,"result":{result}}}'.encode()
        whole = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(payload)
        if wait:
            asyncio.get_running_loop().call_later(wait, self.transport.write, whole + payload)
        else:
            self.transport.write(whole + payload)

    @staticmethod
    def batch(body: bytes) -> str:
        """Return the updates from the offset on, a hundred at most."""
        if not Server.first:
            Server.first = monotonic()
            print("first", flush=True)
        try:
            fields = json.loads(body)
        except ValueError:
            fields = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
            if b'name="offset"' in body:  # aiogram sends forms
                fields["offset"] = body.split(b'name="offset"', 1)[1].split(b"\r\n\r\n", 1)[1].split(b"\r\n", 1)[0]
        offset, now = int(fields.get("offset") or 0), monotonic()
        limit = 1 if offset == Server.asked[0] and now < Server.asked[1] + 0.5 else 100  # as Telegram's own server
        Server.asked = offset, now
        start = max(offset - 1, 0)
        return f"[{','.join(Server.updates[start : start + limit])}]"


async def serve(count: int, delay: float, *, polls_wait: bool) -> None:
    """Print the port, and the seconds it took when all is answered."""
    Server.delay, Server.polls_wait = delay, polls_wait
    for number in range(1, count + 1):
        user = number % USERS + 1
        message = {
            "message_id": number,
            "date": 1_790_000_000,
            "chat": {"id": user, "type": "private", "first_name": "A"},
            "from": {"id": user, "is_bot": False, "first_name": "A", "language_code": "ja"},
            "text": WORDS[number // USERS % len(WORDS)],
        }
        Server.updates.append(json.dumps({"update_id": number, "message": message}))
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def ours(url: str) -> None:
    """Torikeshi with its store."""
    from adapters import telegram
    from adapters.inbox import Fairness, Inbox
    from adapters.pace import Allowance, Pace
    from adapters.platform import Host
    from bot.app import make_support, settle
    from bot.clock import today_in_japan
    from bot.keeping.sql import SqlStore
    from bot.keeping.sqlite import SqliteDatabase

    free = Allowance(1e9, at_once=10**9)
    host = Host(inbox=Inbox(Fairness(waiting=10**9, a_minute=10**9)))
    with tempfile.TemporaryDirectory() as folder:
        service = make_support(SqlStore(SqliteDatabase(Path(folder) / "chats.sqlite3"), today_in_japan))
        settle()
        asyncio.run(telegram.run(service, {"token": "1:a", "api_url": url}, host, pace=Pace(free, free)))


def ptb(url: str, concurrent: int) -> None:
    """An echo bot of python-telegram-bot."""
    from telegram import Update
    from telegram.ext import Application, ContextTypes, MessageHandler, filters

    async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(update.message.text or "")

    builder = Application.builder().token("1:a").base_url(f"{url}/bot")
    if concurrent:
        builder = builder.concurrent_updates(concurrent)
    application = builder.build()
    application.add_handler(MessageHandler(filters.ALL, echo))
    application.run_polling()


def aiogram(url: str) -> None:
    """An echo bot of aiogram, as its documentation writes it."""
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import Message

    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(message.text or "")

    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    asyncio.run(dispatcher.start_polling(Bot("1:a", session=session)))


def cpu(process: int) -> float:
    """Return the seconds of processor time that a process has used; only Linux tells."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return float("nan")
    used = stat.read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def measure(bot: str, python: str, count: int, delay: float, *, polls_wait: bool) -> tuple[float, float]:
    """Return a bot's updates a second, and its processor time for one in milliseconds."""
    this = str(Path(__file__).resolve())
    serving = [sys.executable, this, "--serve", str(count), str(delay), str(int(polls_wait))]
    with subprocess.Popen(serving, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
        with subprocess.Popen([python, this, "--bot", bot, url], stderr=subprocess.DEVNULL, env=quiet) as client:
            server.stdout.readline()
            began = cpu(client.pid)
            seconds = float(server.stdout.readline())
            busy = cpu(client.pid) - began
            client.kill()
        server.kill()
    return count / seconds, 1000 * busy / count


def compare(peers: str | None, count: int, runs: int) -> None:
    """Print the table."""
    for name, delay, polls_wait in (("0 ms", 0.0, False), ("50 ms", 0.05, False), ("50 ms, all", 0.05, True)):
        bots = {"torikeshi": sys.executable, "ptb": sys.executable, "ptb256": sys.executable}
        bots |= {"aiogram": peers} if peers else {}
        rates = {}
        for bot, python in bots.items():
            if bot == "ptb" and delay:
                continue  # one by one: 19 a second
            took = [measure(bot, python, count, delay, polls_wait=polls_wait) for _ in range(runs)]
            rates[bot], busy = (statistics.median(one) for one in zip(*took, strict=True))
            print(f"{name:12} {bot:10} {rates[bot]:7.0f} updates/s {busy:6.2f} ms CPU", flush=True)
        for bot, rate in rates.items():
            if bot != "torikeshi":
                print(f"{name:12} torikeshi is {rates['torikeshi'] / rate:.2f} × {bot}", flush=True)


def main() -> None:
    """Run what the arguments say."""
    match sys.argv[1:]:
        case ["--serve", count, delay, polls_wait]:
            asyncio.run(serve(int(count), float(delay), polls_wait=polls_wait == "1"))
        case ["--bot", "torikeshi", url]:
            ours(url)
        case ["--bot", "aiogram", url]:
            aiogram(url)
        case ["--bot", bot, url]:
            ptb(url, 256 if bot == "ptb256" else 0)
        case _:
            parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
            parser.add_argument("--peers", metavar="PYTHON", help="a Python that has aiogram")
            parser.add_argument("--updates", type=int, default=3000)
            parser.add_argument("--runs", type=int, default=3)
            options = parser.parse_args()
            compare(options.peers, options.updates, options.runs)


if __name__ == "__main__":
    main()
