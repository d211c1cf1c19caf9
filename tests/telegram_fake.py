"""A Bot API of our own on localhost, and people who use it. The bot talks to it over HTTP as it would to Telegram.

Each request is checked against Telegram's limits, and against the published Bot API where that is at hand.
Faults are injected by method: ``fake.fails("sendMessage", "reset", times=3)``.
"""

import asyncio
import json
import os
from collections import Counter, deque
from collections.abc import Sized
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from time import monotonic
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.waiting import HANGS_AFTER

TOKEN = "4242:test-token_of-nobody"  # noqa: S105  # nobody's
BOT = {"id": 4242, "is_bot": True, "first_name": "Torikeshi", "username": "torikeshi_bot", "can_join_groups": True}
_PUBLISHED = Path(os.environ.get("TORIKESHI_SPECS", "../shared/specs")) / "telegram_bot_api.json"
SPEC = json.loads(_PUBLISHED.read_text(encoding="utf-8")) if _PUBLISHED.is_file() else None
"""The published Bot API; the tests work without it, and look less closely."""
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
Fields = dict[str, Any]


class ApiError(Exception):
    """Telegram says no."""

    def __init__(self, code: int, description: str, **parameters: object) -> None:
        super().__init__(description)
        self.code, self.parameters = code, parameters


@dataclass
class Fault:
    """What goes wrong, how often still, and in which chat (any if None)."""

    kind: str
    left: int
    chat: int | None = None
    seconds: float = 0.0
    released: asyncio.Event = field(default_factory=asyncio.Event)
    """For what is held: set when it may go on."""


@dataclass
class FakeTelegram:
    """The server: chats by id, each with its messages by id."""

    updates: deque[Fields] = field(default_factory=deque)
    chats: dict[int, dict[int, Fields]] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    injected: Counter[str] = field(default_factory=Counter)
    calls: list[tuple[str, Fields, float]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    profile: dict[tuple[str, str], Any] = field(default_factory=dict)
    answered: Counter[str] = field(default_factory=Counter)
    queries: set[str] = field(default_factory=set)
    alerts: list[str] = field(default_factory=list)
    suggested: dict[str, list[Fields]] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)
    delay: float = 0.0
    says_no_wait: bool = False
    """Where it asks to wait, it does not say for how long."""
    webhook: Fields = field(default_factory=dict)
    """Where updates are brought instead of being fetched, and how."""
    ports: list[int] = field(default_factory=list)
    """The bots among which updates are shared, if there are several behind the address."""
    confirmed: int = 0
    now: int = 1_790_000_000
    """The time of what people send, in seconds since 1970."""
    busy: list[Sized] = field(default_factory=list)
    """What the bots have under way, where they run in this process."""
    url: str = ""

    def __post_init__(self) -> None:
        self._ids = count(1000)
        self._message_ids = count(1)
        self._news = asyncio.Event()
        self._poller: object = None
        self._asked = (-1, 0.0)
        self._under_way = 0
        self._runner: web.AppRunner | None = None
        self._bringing: asyncio.Task[None] | None = None
        self.brought: Counter[int] = Counter()
        """What came back when updates were brought to the bots, by status."""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        if self._bringing is not None:
            self._bringing.cancel()
        await self._runner.cleanup()

    # What people do.

    def happens(self, **update: Any) -> int:  # noqa: ANN401  # any JSON
        """Queue an update; return its number."""
        number = next(self._ids)
        self.updates.append({"update_id": number, **update})
        self._news.set()
        return number

    def raw(self, update: Fields) -> None:
        """Queue an update of any form."""
        self.updates.append({"update_id": next(self._ids), **update})
        self._news.set()

    def counts_on(self, past: int) -> None:
        """Let so many updates pass that concern others."""
        self._ids = count(next(self._ids) + past)

    def message_id(self) -> int:
        return next(self._message_ids)

    async def settles(self, seconds: float = HANGS_AFTER) -> None:
        """Wait until the bot has confirmed every update, shown every reply and got every answer."""
        until = monotonic() + seconds
        while self.updates or self._under_way or any(self.busy):
            assert monotonic() < until, f"{len(self.updates)} updates are still unconfirmed"
            await asyncio.sleep(0.002)

    async def hears(self, method: str, times: int = 1) -> None:
        """Wait for requests."""
        while len(self.named(method)) < times:  # noqa: ASYNC110  # each looks at what came, and when matters
            await asyncio.sleep(0.01)

    def fails(self, method: str, kind: str, times: int = 1, *, chat: int | None = None, seconds: float = 0.0) -> None:
        self.faults.setdefault(method, []).append(Fault(kind, times, chat, seconds))

    def holds(self, method: str) -> asyncio.Event:
        """Let the next request of a method wait until the event is set."""
        self.faults.setdefault(method, []).append(held := Fault("held", 1))
        return held.released

    def named(self, method: str) -> list[Fields]:
        return [fields for name, fields, _ in self.calls if name == method]

    # Requests.

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        fields: Fields = await request.json()
        self.calls.append((method, fields, monotonic()))
        counts = method != "getUpdates"
        self._under_way += counts
        try:
            return await self._answer(request, method, fields)
        finally:
            self._under_way -= counts

    async def _answer(self, request: web.Request, method: str, fields: Fields) -> web.StreamResponse:
        if self.delay:
            await asyncio.sleep(self.delay)
        fault = self._fault(method, fields)
        try:
            _check_token(request.match_info["token"])
            return await self._result(request, method, fields, fault)
        except ApiError as error:
            answer = {"ok": False, "error_code": error.code, "description": str(error)}
            if error.parameters:
                answer["parameters"] = error.parameters
            return web.json_response(answer, status=error.code)

    async def _result(
        self, request: web.Request, method: str, fields: Fields, fault: Fault | None
    ) -> web.StreamResponse:
        kind = fault.kind if fault else ""
        if fault is not None and kind == "held":
            await fault.released.wait()
        if kind == "reset":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if kind == "lost":  # never arrives
            await asyncio.sleep(fault.seconds if fault else 0)
            return web.Response()
        if kind == "html":
            return web.Response(text="<html>502</html>")
        if kind == "429":
            wait = {} if self.says_no_wait else {"retry_after": fault.seconds}  # type: ignore[union-attr]
            raise ApiError(429, "Too Many Requests", **wait)
        if kind.isdigit():
            raise ApiError(int(kind), _WORDS.get(kind, "Internal Server Error"))
        self.problems += check(method, fields)
        result = await getattr(self, f"_{_snake(method)}")(fields)
        if kind == "late":  # arrives, but the answer does not come back in time
            await asyncio.sleep(fault.seconds if fault else 0)
        return web.json_response({"ok": True, "result": result})

    def _fault(self, method: str, fields: Fields) -> Fault | None:
        for fault in self.faults.get(method, []):
            if fault.left and fault.chat in {None, fields.get("chat_id")}:
                fault.left -= 1
                self.injected[f"{method} {fault.kind}"] += 1
                return fault
        return None

    # Methods.

    async def _get_me(self, _: Fields) -> Fields:
        return BOT

    async def _get_updates(self, fields: Fields) -> list[Fields]:
        """Confirm what is before the offset; wait for news. A second poller ends the first.

        As Telegram's own server does, hand out one update only to who asks for the same offset within half a second.
        """
        me = self._poller = object()
        offset, limit = fields.get("offset", 0), fields.get("limit", 100)
        asked, self._asked = self._asked, (offset, monotonic())
        if offset == asked[0] and monotonic() < asked[1] + 0.5:
            limit = 1
        while self.updates and self.updates[0]["update_id"] < offset:
            self.confirmed = self.updates.popleft()["update_id"]
        until = monotonic() + fields.get("timeout", 0)
        while not self.updates and monotonic() < until:
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(0.2, max(0.0, until - monotonic())))
            if self._poller is not me:
                raise ApiError(409, "Conflict: terminated by other getUpdates request; make sure that only one bot")
        return [*self.updates][:limit]

    async def _delete_webhook(self, _: Fields) -> bool:
        self.webhook = {}
        return True

    async def _set_webhook(self, fields: Fields) -> bool:
        self.webhook = fields
        if self._bringing is None:
            self._bringing = asyncio.create_task(self._bring())
        return True

    async def _bring(self) -> None:
        """Bring updates to where the bots want them, several at once, each until it is taken."""
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as under_way:
            begun = set[int]()
            while True:
                for update in [one for one in self.updates if one["update_id"] not in begun]:
                    begun.add(update["update_id"])
                    under_way.create_task(self._bring_one(session, update))
                await asyncio.sleep(0.002)

    async def _bring_one(self, session: aiohttp.ClientSession, update: Fields) -> None:
        for port in cycle(self.ports or [None]):
            address = self.webhook["url"] if port is None else f"http://127.0.0.1:{port}/telegram"
            secret = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
            try:
                async with session.post(address, json=update, headers=secret) as answer:
                    status = answer.status
            except aiohttp.ClientError:
                status = 0
            self.brought[status] += 1
            if status == 200:
                self.updates.remove(update)
                return
            await asyncio.sleep(0.02)

    async def _send_message(self, fields: Fields) -> Fields:
        chat = fields["chat_id"]
        if chat in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        message = {
            "message_id": self.message_id(),
            "date": self.now,
            "chat": _chat(chat),
            "from": BOT,
            "text": fields["text"],
            "entities": fields.get("entities", []),
        }
        if fields.get("reply_markup"):
            message["reply_markup"] = fields["reply_markup"]
        self.chats.setdefault(chat, {})[message["message_id"]] = message
        return message

    async def _edit_message_text(self, fields: Fields) -> Fields:
        onward = {"text": fields["text"], "entities": fields.get("entities", [])}
        return self._edited(fields, onward)

    async def _edit_message_reply_markup(self, fields: Fields) -> Fields:
        return self._edited(fields, {})

    def _edited(self, fields: Fields, onward: Fields) -> Fields:
        if fields["chat_id"] in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        message = self.chats.get(fields["chat_id"], {}).get(fields["message_id"])
        if message is None or "from" not in message:
            raise ApiError(400, "Bad Request: message to edit not found")
        before = dict(message)
        message.update(onward)
        message.pop("reply_markup", None)
        if fields.get("reply_markup"):
            message["reply_markup"] = fields["reply_markup"]
        if message == before:
            raise ApiError(400, f"Bad Request: {NOT_MODIFIED}")
        return message

    async def _delete_message(self, fields: Fields) -> bool:
        if self.chats.get(fields["chat_id"], {}).pop(fields["message_id"], None) is None:
            raise ApiError(400, "Bad Request: message to delete not found")
        return True

    async def _answer_callback_query(self, fields: Fields) -> bool:
        query = fields["callback_query_id"]
        if query not in self.queries:
            raise ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.answered[query] += 1
        if fields.get("show_alert"):
            self.alerts.append(fields["text"])
        return True

    async def _answer_inline_query(self, fields: Fields) -> bool:
        self.suggested[fields["inline_query_id"]] = fields["results"]
        return True

    async def _get_my_commands(self, fields: Fields) -> Any:  # noqa: ANN401  # any JSON
        return self.profile.get(("commands", fields.get("language_code", "")), [])

    async def _set_my_commands(self, fields: Fields) -> bool:
        self.profile["commands", fields.get("language_code", "")] = fields["commands"]
        return True

    async def _get_my_description(self, fields: Fields) -> Fields:
        return {"description": self.profile.get(("description", fields.get("language_code", "")), "")}

    async def _set_my_description(self, fields: Fields) -> bool:
        self.profile["description", fields.get("language_code", "")] = fields["description"]
        return True

    async def _get_my_short_description(self, fields: Fields) -> Fields:
        return {"short_description": self.profile.get(("short", fields.get("language_code", "")), "")}

    async def _set_my_short_description(self, fields: Fields) -> bool:
        self.profile["short", fields.get("language_code", "")] = fields["short_description"]
        return True


_WORDS = {
    "401": "Unauthorized",
    "403": "Forbidden: bot was blocked by the user",
    "409": "Conflict: terminated by other getUpdates request",
    "502": "Bad Gateway",
}


def _check_token(token: str) -> None:
    if token != TOKEN:
        raise ApiError(401, "Unauthorized")


def _snake(method: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in method)


def _chat(chat: int) -> Fields:
    return {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "A group"}


# What Telegram takes.


def check(method: str, fields: Fields) -> list[str]:
    """Return what is wrong with a request."""
    found = [*_against_spec(method, fields)]
    if method in {"sendMessage", "editMessageText"}:
        found += text_problems(str(fields.get("text", "")), fields.get("entities", []))
        if fields.get("parse_mode"):
            found.append("a parse mode")
        if fields.get("link_preview_options") != {"is_disabled": True}:
            found.append("link previews are on")
    if isinstance(fields.get("reply_markup"), dict):
        found += keyboard_problems(fields["reply_markup"])
    if method == "answerCallbackQuery" and len(str(fields.get("text", ""))) > 200:
        found.append("an answer of more than 200 characters")
    if method == "answerInlineQuery":
        found += [problem for result in fields["results"] for problem in _article_problems(result)]
        found += ["more than 50 answers"] if len(fields["results"]) > 50 else []
    if method == "setMyCommands" and any(not 1 <= len(one["description"]) <= 256 for one in fields["commands"]):
        found.append("a command's description")
    if len(str(fields.get("description", ""))) > 512 or len(str(fields.get("short_description", ""))) > 120:
        found.append("a description that is too long")
    return [f"{method}: {problem}" for problem in found]


def _article_problems(result: Fields) -> list[str]:
    said = result["input_message_content"]
    found = text_problems(said["message_text"], said.get("entities", []))
    return found + ([] if 1 <= len(result["id"].encode()) <= 64 else ["an id of more than 64 bytes"])


def _against_spec(method: str, fields: Fields) -> list[str]:
    if SPEC is None:
        return []
    if method not in SPEC["methods"]:
        return ["there is no such method"]
    known = {one["name"]: one for one in SPEC["methods"][method].get("fields", [])}
    found = [f"unknown field {name}" for name in fields if name not in known]
    found += [f"{name} is missing" for name, one in known.items() if one["required"] and name not in fields]
    for name, value in fields.items():
        if name in known and not any(_fits(value, kind) for kind in known[name]["types"]):
            found.append(f"{name} is {value!r}, not {known[name]['types']}")
    return found


def _fits(value: object, kind: str) -> bool:
    if kind.startswith("Array of "):
        return isinstance(value, list) and all(_fits(one, kind.removeprefix("Array of ")) for one in value)
    if kind in _PLAIN:
        return isinstance(value, _PLAIN[kind]) or kind == "String"
    assert SPEC is not None
    if kinds := SPEC["types"][kind].get("subtypes"):
        return any(_fits(value, one) for one in kinds)
    known = {one["name"]: one for one in SPEC["types"][kind].get("fields", [])}
    if not isinstance(value, dict) or not value.keys() <= known.keys():
        return False
    if any(one["required"] and name not in value for name, one in known.items()):
        return False
    return all(any(_fits(one, wanted) for wanted in known[name]["types"]) for name, one in value.items())


_PLAIN: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "String": (str,),
    "Boolean": (bool,),
    "True": (bool,),
    "Float": (int, float),
}


def text_problems(text: str, entities: list[Fields]) -> list[str]:
    """Return what is wrong with a text and its entities, whose offsets count UTF-16 units."""
    found = [] if 1 <= len(text) <= 4096 else [f"a text of {len(text)} characters"]
    if text != text.strip() or "\x00" in text:
        found.append("white space around the text, or NUL in it")
    if len(entities) > 100:
        found.append(f"{len(entities)} entities")
    end = len(text.encode("utf-16-le")) // 2
    spans = [(one["offset"], one["offset"] + one["length"], one["type"]) for one in entities]
    found += [f"{kind} outside the text" for start, stop, kind in spans if not 0 <= start < stop <= end]
    for index, (start, stop, kind) in enumerate(spans):
        for other_start, other_stop, other in spans[index + 1 :]:
            overlaps = start < other_stop and other_start < stop
            inside = (other_start <= start and stop <= other_stop) or (start <= other_start and other_stop <= stop)
            if overlaps and not inside:
                found.append(f"{kind} and {other} overlap")
            if overlaps and (
                {kind, other} & {"pre"} or ({kind, other} & {"code"} and not {kind, other} & {"expandable_blockquote"})
            ):
                found.append(f"{kind} and {other} share letters")
            if overlaps and "quote" in kind and "quote" in other:
                found.append("a quote in a quote")
    return found


def keyboard_problems(markup: Fields) -> list[str]:
    """Return what is wrong with an inline keyboard."""
    rows = markup["inline_keyboard"]
    found = [f"{len(row)} buttons in a row" for row in rows if not 1 <= len(row) <= 8]
    for button in (button for row in rows for button in row):
        kinds = {"callback_data", "url", "copy_text"} & button.keys()
        if len(kinds) != 1 or not button["text"]:
            found.append(f"button {button}")
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
            found.append(f"data of {len(button['callback_data'].encode())} bytes")
        if "copy_text" in button and not 1 <= len(button["copy_text"]["text"]) <= 256:
            found.append("a copy button of more than 256 characters")
    return found


class Person:
    """Somebody with a phone: sends, taps what is on the screen, copies, edits, blocks."""

    def __init__(self, fake: FakeTelegram, number: int = 77, language: str | None = "ja") -> None:
        """Get an account. Nothing is sent yet."""
        self.fake, self.number = fake, number
        self.user: Fields = {"id": number, "is_bot": False, "first_name": "花子_*[]"}
        if language:
            self.user["language_code"] = language
        self._queries = count(1)

    # What is on the screen.

    @property
    def messages(self) -> list[Fields]:
        """The bot's messages, oldest first."""
        return [*self.fake.chats.get(self.number, {}).values()]

    @property
    def text(self) -> str:
        """The newest message's text."""
        return str(self.messages[-1]["text"])

    def buttons(self, message: Fields | None = None) -> list[Fields]:
        """All buttons on a message, or in the chat."""
        messages = self.messages if message is None else [message]
        return [
            button
            for one in messages
            for row in one.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
        ]

    @property
    def tokens(self) -> list[str]:
        """What the buttons that lead on mean."""
        return [one["callback_data"].partition("#")[0] for one in self.buttons() if "callback_data" in one]

    def copied(self) -> list[str]:
        """Tap each English text: what lands in the clipboard."""
        texts = []
        for message in self.messages:
            units = message["text"].encode("utf-16-le")
            for one in message["entities"]:
                start, end = 2 * one["offset"], 2 * (one["offset"] + one["length"])
                texts += [units[start:end].decode("utf-16-le")] if one["type"] == "pre" else []
        return texts

    # What is done.

    def sends(self, text: str, **more: Any) -> int:  # noqa: ANN401  # any JSON
        """Send words, without waiting."""
        return self.sends_other(text=text, **more)

    def sends_other(self, *, chat: int | None = None, **content: Any) -> int:  # noqa: ANN401  # any JSON
        """Send anything, without waiting."""
        number = self.fake.message_id()
        message = {"message_id": number, "date": self.fake.now, "chat": _chat(chat or self.number), "from": self.user}
        self.fake.happens(message={**message, **content})
        return number

    def edits(self, number: int, text: str = "", **content: Any) -> None:  # noqa: ANN401  # any JSON
        """Change an own message: its words, or whatever it holds."""
        message = {"message_id": number, "date": self.fake.now, "chat": _chat(self.number), "from": self.user}
        said = content or {"text": text}
        self.fake.happens(edited_message={**message, "edit_date": self.fake.now + 9, **said})

    def presses(self, data: str, message: Fields | None = None) -> str:
        """Press a button with this data, without waiting; return the press's id."""
        query = f"{self.number}-{next(self._queries)}"
        self.fake.queries.add(query)
        press = {"id": query, "from": self.user, "chat_instance": "1", "data": data}
        if message is not None:
            press["message"] = json.loads(json.dumps(message))
        self.fake.happens(callback_query=press)
        return query

    def find(self, token: str) -> tuple[str, Fields]:
        """Return a visible button's data and its message, the newest first."""
        for message in reversed(self.messages):
            for button in self.buttons(message):
                if button.get("callback_data", "").partition("#")[0] == token:
                    return button["callback_data"], message
        missing = f"{token} is not among {self.tokens}"
        raise AssertionError(missing)

    def looks_up(self, words: str) -> str:
        """Type words behind the bot's name somewhere, without waiting; return the query's id."""
        query = f"{self.number}-look-{next(self._queries)}"
        self.fake.happens(inline_query={"id": query, "from": self.user, "query": words, "offset": ""})
        return query

    async def says(self, text: str) -> None:
        """Send words and wait for the answer."""
        self.sends(text)
        await self.fake.settles()

    async def taps(self, *tokens: str) -> None:
        """Tap visible buttons, one after the other."""
        for token in tokens:
            self.presses(*self.find(token))
            await self.fake.settles()

    def blocks(self, *, blocked: bool = True) -> None:
        """Block the bot, or let it in again."""
        (self.fake.blocked.add if blocked else self.fake.blocked.discard)(self.number)
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        member = {"user": BOT, "until_date": 0}
        self.fake.happens(
            my_chat_member={
                "chat": _chat(self.number),
                "from": self.user,
                "date": self.fake.now,
                "old_chat_member": {**member, "status": old},
                "new_chat_member": {**member, "status": new},
            }
        )
