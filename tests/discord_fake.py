"""A Discord of our own on localhost, REST and gateway, and people who use it. The real discord.py logs in to it.

Each request is checked against Discord's limits (``discord_limits``). Faults are injected by the kind of request:
``fake.fails("callback", "reset", times=3)``. The kinds: ``callback``, ``followup``, ``edit`` (of an answer),
``send`` (to a channel), ``open`` (a direct channel), ``commands``, ``me``, ``gateway``.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.discord_limits import (
    EPHEMERAL,
    Fields,
    against_spec,
    command_problems,
    form_problems,
    message_problems,
    nested,
)
from tests.waiting import HANGS_AFTER

TOKEN = "NDI0Mg.test.token-of_nobody"  # noqa: S105  # nobody's
APP = 420_000_000_000_004_242
BOT = {"id": str(APP), "username": "torikeshi", "discriminator": "0", "avatar": None, "bot": True, "global_name": None}
GUILD, CHANNEL, OTHER_CHANNEL = 900, 901, 902
FIRST_ANSWER_WITHIN = 3.0
NEW, LATER_NEW, LATER_SAME, SAME, SUGGESTIONS, FORM = 4, 5, 6, 7, 8, 9


class ApiError(Exception):
    """Discord says no."""

    def __init__(self, status: int, code: int = 0, **more: object) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.body = status, {"message": "no", "code": code, **more}


@dataclass
class Fault:
    """What goes wrong, how often still, and for how many seconds."""

    kind: str
    left: int
    seconds: float = 0.0


@dataclass
class Session:
    """What one shard's session was sent, so that it can be sent again."""

    shard: int = 0
    sent: list[Fields] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None


@dataclass
class Interaction:
    """An interaction, and what became of it."""

    id: int
    person: "Person"
    kind: int
    place: "Place"
    pressed: Fields | None
    born: float = field(default_factory=monotonic)
    answers: list[int] = field(default_factory=list)
    original: Fields | None = None
    data: Fields = field(default_factory=dict)
    followups: int = 0
    settled: bool = False


@dataclass(frozen=True)
class Place:
    """Where somebody is: a direct message with the bot, a channel of a server, or anywhere else."""

    channel: int
    guild: int | None = None
    context: int = 1


@dataclass
class FakeDiscord:
    """The server."""

    messages: dict[int, list[Fields]] = field(default_factory=dict)
    hidden: dict[int, list[Fields]] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    commands: list[Fields] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    injected: Counter[str] = field(default_factory=Counter)
    calls: list[tuple[str, Fields, float]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    sessions: dict[str, Session] = field(default_factory=dict)
    logins: list[Fields] = field(default_factory=list)
    resumes: int = 0
    closed: set[int] = field(default_factory=set)
    denied: set[int] = field(default_factory=set)
    shards: int = 1
    up: bool = True
    delay: float = 0.0
    closes_with: int = 0
    """The code with which it turns every bot away."""
    refuses_next: int = 0
    """How many of the next first answers it finds fault with."""
    url: str = ""
    gateway: str = ""

    def __post_init__(self) -> None:
        self._ids = count(1_400_000_000_000_000_000, 1 << 22)
        self._runner: web.AppRunner | None = None
        self._moves = 0
        self._under_way = 0
        self._owed: Counter[int] = Counter()
        self._nonces: set[str] = set()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_route("*", "/api/v10/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url, self.gateway = f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}/gateway/"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self.drops()
        await self._runner.cleanup()

    def snowflake(self) -> int:
        return next(self._ids)

    # What the tests arrange and look at.

    def fails(self, route: str, kind: str, times: int = 1, *, seconds: float = 0.0) -> None:
        self.faults.setdefault(route, []).append(Fault(kind, times, seconds))

    def named(self, route: str) -> list[Fields]:
        return [body for name, body, _ in self.calls if name == route]

    async def settles(self, seconds: float = HANGS_AFTER) -> None:
        """Wait until everybody was answered and nothing moves any more."""
        until, calm = monotonic() + seconds, 0
        while calm < 7:  # looks, not seconds: where other work stops us all, nobody has been given the time to answer
            moves = self._moves
            await asyncio.sleep(0.0015)
            calm = calm + 1 if self._is_calm() and self._moves == moves else 0
            waiting = [one.id for one in self.interactions.values() if not one.settled]
            assert monotonic() < until, f"unanswered: interactions {waiting}, messages {+self._owed}"

    def _is_calm(self) -> bool:
        idle = not self._under_way and not +self._owed
        return idle and all(one.settled for one in self.interactions.values())

    async def connects(self, seconds: float = HANGS_AFTER) -> None:
        """Wait until the bot is on the line."""
        until = monotonic() + seconds
        while not any(one.socket for one in self.sessions.values()):
            assert monotonic() < until, "the bot does not come"
            await asyncio.sleep(0.005)

    async def drops(self, code: int = 1006) -> None:
        """Break the line; with a code, say so first."""
        for session in self.sessions.values():
            socket, session.socket = session.socket, None
            if socket is not None and code == 1006:
                assert socket._req is not None
                assert socket._req.transport is not None
                socket._req.transport.abort()
            elif socket is not None:
                with suppress(ConnectionError):
                    await socket.close(code=code)

    async def says(self, op: int, data: Any = None) -> None:  # noqa: ANN401  # any JSON
        """Say something about the line itself: 7 is "come again", 9 "this session is no more"."""
        for name, session in [*self.sessions.items()]:
            socket = session.socket
            if op == 9:
                del self.sessions[name]
            if socket is not None:
                await socket.send_json({"op": op, "d": data})

    def happens(self, event: str, data: Fields, guild: int | None = None) -> None:
        """Tell every session that should know, now or when it is back."""
        self._moves += 1
        for session in self.sessions.values():
            if (guild is None and session.shard == 0) or (
                guild is not None and (guild >> 22) % self.shards == session.shard
            ):
                frame = {"op": 0, "t": event, "s": len(session.sent) + 1, "d": data}
                session.sent.append(frame)
                if session.socket is not None:
                    self._push(session.socket, frame)

    def _push(self, socket: web.WebSocketResponse, frame: Fields) -> None:
        task = asyncio.ensure_future(socket.send_json(frame))
        task.add_done_callback(lambda done: done.exception())

    # The gateway.

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        if not self.up:
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}})
        session: Session | None = None
        async for raw in socket:
            if raw.type is not WSMsgType.TEXT:
                break
            said = json.loads(raw.data)
            match said["op"]:
                case 1:
                    await socket.send_json({"op": 11})
                case 2:
                    session = await self._identify(socket, said["d"])
                case 6:
                    session = await self._resume(socket, said["d"])
                case _:
                    self.problems.append(f"gateway: {said}")
        if session is not None and session.socket is socket:
            session.socket = None
        return socket

    async def _identify(self, socket: web.WebSocketResponse, data: Fields) -> Session | None:
        self.logins.append(data)
        if self.closes_with:
            await socket.close(code=self.closes_with)
            return None
        if data["token"] != TOKEN:
            await socket.close(code=4004)
            return None
        if data["intents"] & (1 << 1 | 1 << 8 | 1 << 15):
            self.problems.append("a privileged intent")
        shard = data.get("shard", [0, 1])[0]
        for name in [name for name, one in self.sessions.items() if one.shard == shard]:
            del self.sessions[name]
        name = f"session{len(self.logins)}"
        session = self.sessions[name] = Session(shard, socket=socket)
        ready = {
            "v": 10,
            "user": BOT,
            "guilds": [{"id": str(GUILD), "unavailable": True}],
            "session_id": name,
            "resume_gateway_url": self.gateway,
            "application": {"id": str(APP), "flags": 0},
            "shard": [shard, self.shards],
        }
        self.happens_to(session, "READY", ready)
        self.happens_to(session, "GUILD_CREATE", _guild())
        return session

    def happens_to(self, session: Session, event: str, data: Fields) -> None:
        frame = {"op": 0, "t": event, "s": len(session.sent) + 1, "d": data}
        session.sent.append(frame)
        assert session.socket is not None
        self._push(session.socket, frame)

    async def _resume(self, socket: web.WebSocketResponse, data: Fields) -> Session | None:
        session = self.sessions.get(data["session_id"])
        if session is None:
            await socket.send_json({"op": 9, "d": False})
            return None
        self.resumes += 1
        session.socket = socket
        for frame in session.sent[data["seq"] :]:
            await socket.send_json(frame)
        await socket.send_json({"op": 0, "t": "RESUMED", "s": len(session.sent), "d": {}})
        return session

    # REST.

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path, text = request.match_info["path"], await request.text()
        body = json.loads(text) if text else {}
        route, parts = _route(request.method, path)
        self.calls.append((route, body, monotonic()))
        self._under_way += 1
        try:
            await asyncio.sleep(self.delay)
            return await self._answer(request, route, parts, body)
        except ApiError as error:
            self.refused[int(str(error.body["code"]))] += 1
            return _json(error.body, error.status)
        finally:
            self._under_way -= 1
            self._moves += 1

    async def _answer(
        self, request: web.Request, route: str, parts: tuple[str, ...], body: Fields
    ) -> web.StreamResponse:
        fault = self._fault(route)
        kind = fault.kind if fault else ""
        if kind == "reset":
            return _cut(request)
        if kind == "lost":  # never arrives
            await asyncio.sleep(fault.seconds if fault else 0)
            return _cut(request)
        if kind.startswith("429"):
            return _limited(kind.partition(" ")[2], fault.seconds if fault else 0.1)
        if kind:
            status, _, code = kind.partition(" ")
            if kind.startswith("403") and route == "send":
                self._owed.subtract([int(parts[0])])
            raise ApiError(int(status), int(code or 0))
        if route not in {"callback", "followup", "edit"} and request.headers.get("Authorization") != f"Bot {TOKEN}":
            raise ApiError(401)
        self.problems += against_spec(route, body)
        result = getattr(self, f"_{route}")(parts, body, request)
        if (fault := self._fault(f"{route} after")) is not None:  # arrived, but the answer does not come back
            await asyncio.sleep(fault.seconds)
            return _cut(request)
        return _json(result) if result is not None else web.Response(status=204)

    def _fault(self, route: str) -> Fault | None:
        for fault in self.faults.get(route, []):
            if fault.left:
                fault.left -= 1
                self.injected[f"{route} {fault.kind}"] += 1
                return fault
        return None

    def _me(self, *_: object) -> Fields:
        return BOT

    def _application(self, *_: object) -> Fields:
        names = {"name": "t", "icon": None, "description": "", "verify_key": ""}
        return {"id": str(APP), "flags": 0, "owner": BOT, "bot_public": True, "bot_require_code_grant": False, **names}

    def _gateway_bot(self, *_: object) -> Fields:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": self.shards}
        return {"url": self.gateway, "shards": self.shards, "session_start_limit": limit}

    def _commands(self, _: tuple[str, ...], body: list[Fields], __: object) -> list[Fields]:
        self.problems += command_problems(body)
        self.commands = body
        return [{**one, "id": str(self.snowflake()), "application_id": str(APP), "version": "1"} for one in body]

    def _open(self, _: tuple[str, ...], body: Fields, __: object) -> Fields:
        return {"id": str(direct(int(body["recipient_id"]))), "type": 1, "recipients": []}

    def _send(self, parts: tuple[str, ...], body: Fields, _: object) -> Fields:
        channel = int(parts[0])
        self._owed.subtract([channel] if self._owed[channel] > 0 else [])
        if channel - 5_000_000 in self.closed:
            raise ApiError(403, 50007)
        if channel in self.denied:
            raise ApiError(403, 50013)
        if not body.pop("enforce_nonce", False) or len(body["nonce"]) > 25:
            self.problems.append("send: a message without a nonce")
        said = {name: value for name, value in body.items() if name != "nonce"}
        if body["nonce"] in self._nonces:
            return self.messages[channel][-1]
        self._nonces.add(body["nonce"])
        return self._shown(said, self.messages.setdefault(channel, []), channel)

    def _callback(self, parts: tuple[str, ...], body: Fields, _: object) -> None:
        one = self.interactions.get(parts[1])
        if one is None or one.id != int(parts[0]) or monotonic() - one.born > FIRST_ANSWER_WITHIN:
            raise ApiError(404, 10062)
        if one.answers:
            raise ApiError(400, 40060)
        kind, data = body["type"], body.get("data", {})
        if self.refuses_next:
            self.refuses_next -= 1
            raise ApiError(400, 50035)
        if kind not in _TAKEN[one.kind] or (kind in {LATER_SAME, SAME} and one.pressed is None):
            self.problems.append(f"callback: an answer {kind} to an interaction {one.kind}")
        one.answers.append(kind)
        match kind:
            case 4:
                one.original = self._shown(data, self._view(one, data), one.place.channel)
            case 5:
                one.data = data
            case 6:
                one.original = one.pressed
            case 7:
                assert one.pressed is not None
                self._change(one.pressed, data)
                one.original = one.pressed
            case 8 | 9:
                one.data = data
                self.problems += form_problems(data) if kind == FORM else _choice_problems(data)
            case _:
                self.problems.append(f"callback: {kind}")
        one.settled = kind not in {LATER_NEW, LATER_SAME}

    def _followup(self, parts: tuple[str, ...], body: Fields, request: web.Request) -> Fields:
        one = self._answered(parts, request)
        one.followups += 1
        if one.followups > 5 and one.place.context == 2:
            raise ApiError(400, 40094)
        one.settled = True
        return self._shown(body, self._view(one, body), one.place.channel)

    def _edit(self, parts: tuple[str, ...], body: Fields, request: web.Request) -> Fields:
        one = self._answered(parts, request)
        one.settled = True
        if one.original is None:
            body = {**body, "flags": body.get("flags", 0) | one.data.get("flags", 0)}
            one.original = self._shown(body, self._view(one, body), one.place.channel)
        else:
            self._change(one.original, body)
        return one.original

    def _answered(self, parts: tuple[str, ...], request: web.Request) -> Interaction:
        one = self.interactions.get(parts[1])
        if one is None or not one.answers:
            raise ApiError(404, 10015)
        if request.query.get("with_components") != "true":
            self.problems.append("components would be ignored")
        return one

    def _view(self, one: Interaction, data: Fields) -> list[Fields]:
        """Return the messages among which the answer shows: those that only one person sees, or the channel's."""
        if data.get("flags", 0) & EPHEMERAL:
            return self.hidden.setdefault(one.person.number, [])
        if one.place.context != 1:
            self.problems.append("others can read an answer")
        return self.messages.setdefault(one.place.channel, [])

    def _shown(self, body: Fields, view: list[Fields], channel: int) -> Fields:
        _refuse_twice(body)
        self.problems += message_problems(body)
        message = {**_MESSAGE, **body, "id": str(self.snowflake()), "channel_id": str(channel), "author": BOT}
        view.append(message)
        return message

    def _change(self, message: Fields, body: Fields) -> None:
        if body.get("flags", 0) & EPHEMERAL:
            self.problems.append("who sees a message is settled when it is sent")
        _refuse_twice(body)
        self.problems += message_problems({"flags": message.get("flags", 0), **body})
        message.update({name: value for name, value in body.items() if name != "flags"})


def _refuse_twice(body: Fields) -> None:
    """Refuse what Discord refuses: the same option or the same button twice on a message."""
    parts = [*_components(body.get("components", ()))]
    ids = [part["custom_id"] for part in parts if "custom_id" in part]
    options = [[option["value"] for option in part["options"]] for part in parts if "options" in part]
    if any(len(values) != len({*values}) for values in (ids, *options)):
        raise ApiError(400, 50035)


def _components(components: Iterable[Fields]) -> Iterator[Fields]:
    for part in components:
        yield part
        yield from _components(part.get("components", ()))


_TAKEN = {2: {NEW, LATER_NEW, FORM}, 3: {NEW, LATER_NEW, LATER_SAME, SAME, FORM}, 4: {SUGGESTIONS}, 5: {NEW, LATER_NEW}}
_TAKEN[5] |= {LATER_SAME, SAME}
_MESSAGE: Fields = {
    "type": 0,
    "tts": False,
    "mention_everyone": False,
    "pinned": False,
    "content": "",
    "flags": 0,
    "timestamp": "2026-11-24T00:00:00+00:00",
    "edited_timestamp": None,
    **{name: [] for name in ("mentions", "mention_roles", "attachments", "embeds", "components")},
}
_ROUTES = (
    ("POST", r"interactions/(\d+)/([^/]+)/callback", "callback"),
    ("POST", r"webhooks/(\d+)/([^/]+)", "followup"),
    ("PATCH", r"webhooks/(\d+)/([^/]+)/messages/@original", "edit"),
    ("POST", r"channels/(\d+)/messages", "send"),
    ("POST", r"users/@me/channels", "open"),
    ("PUT", r"applications/(\d+)/commands", "commands"),
    ("GET", r"users/@me", "me"),
    ("GET", r"oauth2/applications/@me", "application"),
    ("GET", r"gateway/bot", "gateway_bot"),
)


def _route(method: str, path: str) -> tuple[str, tuple[str, ...]]:
    for verb, pattern, name in _ROUTES:
        if verb == method and (match := re.fullmatch(pattern, path)):
            return name, match.groups()
    return "unknown", (method, path)


def _json(body: Any, status: int = 200) -> web.Response:  # noqa: ANN401  # any JSON
    kind = {"Content-Type": "application/json"}  # no charset: the library compares it as it is
    return web.Response(body=json.dumps(body).encode(), status=status, headers=kind)


def _cut(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def _limited(scope: str, seconds: float) -> web.Response:
    headers = {"Content-Type": "application/json", "Via": "1.1 test", "X-RateLimit-Scope": scope or "user"}
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": scope == "global"}
    return web.Response(body=json.dumps(body).encode(), status=429, headers=headers)


def _choice_problems(data: Fields) -> Iterator[str]:
    if len(data["choices"]) > 25:
        yield f"{len(data['choices'])} suggestions"
    yield from (f"suggestion {one}" for one in data["choices"] if not 1 <= len(one["name"]) <= 100 >= len(one["value"]))


def direct(person: int) -> int:
    """Return the channel in which the bot and a person are alone."""
    return 5_000_000 + person


def _guild() -> Fields:
    channels = [
        {"id": str(one), "type": 0, "name": "c", "position": 0, "permission_overwrites": [], "nsfw": False}
        for one in (CHANNEL, OTHER_CHANNEL)
    ]
    lists: Fields = {name: [] for name in ("roles", "emojis", "stickers", "features", "members", "threads")}
    return {
        "id": str(GUILD),
        "name": "A server",
        "owner_id": "1",
        "unavailable": False,
        "large": False,
        "member_count": 3,
        "preferred_locale": "en-US",
        "channels": channels,
        **lists,
    }


class Person:
    """Somebody with Discord open: types commands, presses, chooses, fills windows, writes, looks."""

    def __init__(
        self, fake: FakeDiscord, number: int = 77, locale: str = "ja", *, place: Place | None = None, rights: int = 0
    ) -> None:
        """Be in direct messages with the bot, unless another place is given. Nothing is done yet."""
        self.fake, self.number, self.locale, self.rights = fake, number, locale, rights
        self.place = place or Place(direct(number))
        self.user = {**BOT, "id": str(number), "username": "花子_*[]", "bot": False}

    # What is seen.

    @property
    def messages(self) -> list[Fields]:
        """The bot's messages that this person can see here, oldest first."""
        channel = self.place.channel
        hidden = [one for one in self.fake.hidden.get(self.number, []) if one["channel_id"] == str(channel)]
        return sorted([*self.fake.messages.get(channel, []), *hidden], key=lambda one: int(one["id"]))

    @property
    def text(self) -> str:
        """All texts of the newest page."""
        return page_text(self.messages[-1])

    @property
    def tokens(self) -> list[str]:
        """What can be pressed or chosen on the newest message."""
        return [token for token, _, _ in ways(self.messages[-1])]

    @property
    def codes(self) -> list[str]:
        """What a phone copies of each message that is only English."""
        return [one["content"].removeprefix("```\n").removesuffix("\n```") for one in self.messages if one["content"]]

    # What is done, without waiting.

    def interacts(self, kind: int, data: Fields, pressed: Fields | None = None) -> Interaction:
        """Send an interaction."""
        number = self.fake.snowflake()
        one = Interaction(number, self, kind, self.place, pressed)
        self.fake.interactions[f"token{number}"] = one
        self.fake.happens("INTERACTION_CREATE", self.payload(one, data), self.place.guild)
        return one

    def again(self, one: Interaction, data: Fields) -> None:
        """Let Discord deliver an interaction once more."""
        self.fake.happens("INTERACTION_CREATE", self.payload(one, data), self.place.guild)

    def payload(self, one: Interaction, data: Fields) -> Fields:
        """Return an interaction as Discord sends it."""
        guild = self.place.guild
        sent: Fields = {
            "id": str(one.id),
            "application_id": str(APP),
            "type": one.kind,
            "token": f"token{one.id}",
            "version": 1,
            "data": data,
            "locale": self.locale,
            "entitlements": [],
            "app_permissions": "0",
            "context": self.place.context,
            "attachment_size_limit": 1,
            "authorizing_integration_owners": {},
            "channel": {"id": str(self.place.channel), "type": 0 if guild else 1, "name": "c", "position": 0},
            "channel_id": str(self.place.channel),
        }
        if guild is None:
            sent["user"] = self.user
        else:
            member = {"user": self.user, "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False}
            sent["member"] = {**member, "mute": False, "flags": 0, "permissions": str(self.rights)}
            sent |= {"guild_id": str(guild), "guild_locale": "en-US", "guild": {"id": str(guild), "features": []}}
        if one.pressed is not None:
            sent["message"] = json.loads(json.dumps(one.pressed))
        return sent

    def types(self, name: str, **options: str) -> Interaction:
        """Type a slash command."""
        given = [{"name": option, "type": 3, "value": value} for option, value in options.items()]
        return self.interacts(2, {"id": "1", "name": name, "type": 1, "options": given})

    def explains(self, content: str, **more: Any) -> Interaction:  # noqa: ANN401  # any JSON
        """Use the command on somebody's message."""
        message = {**_MESSAGE, "id": "5", "channel_id": "6", "author": self.user, "content": content, **more}
        data = {"id": "2", "name": "Explain this reply", "type": 3, "target_id": "5"}
        return self.interacts(2, {**data, "resolved": {"messages": {"5": message}}})

    def presses(
        self, custom_id: str, message: Fields | None, values: list[str] | None = None, kind: int = 2
    ) -> Interaction:
        """Press a button, or choose in a list."""
        data: Fields = {"custom_id": custom_id, "component_type": kind}
        return self.interacts(3, data | ({"values": values} if values is not None else {}), message)

    def writes(self, text: str, *, channel: int | None = None, **more: Any) -> int:  # noqa: ANN401  # any JSON
        """Write a message here, or in another channel."""
        number, where = self.fake.snowflake(), channel or self.place.channel
        message = {
            **_MESSAGE,
            "id": str(number),
            "channel_id": str(where),
            "author": self.user,
            "content": text,
            **more,
        }
        if where == direct(self.number):
            self.fake._owed[where] += 1
        else:
            message |= {"guild_id": str(GUILD), "member": {"roles": [], "joined_at": "2026-01-01T00:00:00+00:00"}}
        self.fake.happens("MESSAGE_CREATE", message, GUILD if "guild_id" in message else None)
        return number

    def calls(self, text: str, channel: int = CHANNEL, *, answered: bool = True) -> None:
        """Write to the bot by name, in a channel."""
        self.fake._owed[channel] += answered
        self.writes(f"<@{APP}> {text}", channel=channel, mentions=[BOT])

    def rewrites(self, number: int, text: str) -> None:
        """Change a direct message."""
        self.fake._owed[self.place.channel] += 1
        message = {**_MESSAGE, "id": str(number), "channel_id": str(self.place.channel), "author": self.user}
        self.fake.happens(
            "MESSAGE_UPDATE", {**message, "content": text, "edited_timestamp": "2026-11-24T01:00:00+00:00"}
        )

    def find(self, token: str) -> tuple[str, Fields, list[str] | None]:
        """Return a visible button or option: its custom id, its message, the chosen values. The newest first."""
        for message in reversed(self.messages):
            for one, custom_id, is_option in ways(message):
                if one == token:
                    return custom_id, message, [one] if is_option else None
        missing = f"{token} is not among {self.tokens}"
        raise AssertionError(missing)

    # What is done, and waited for.

    async def uses(self, name: str, **options: str) -> Interaction:
        """Type a slash command and wait for the answer."""
        one = self.types(name, **options)
        await self.fake.settles()
        return one

    async def taps(self, *tokens: str) -> None:
        """Press or choose what is visible, one after the other."""
        for token in tokens:
            custom_id, message, values = self.find(token)
            self.presses(custom_id, message, values, 2 if values is None else 3)
            await self.fake.settles()

    async def says(self, text: str) -> None:
        """Write a direct message and wait for the answer."""
        self.writes(text)
        await self.fake.settles()

    async def fills(self, text: str) -> None:
        """Press the button for typing, fill the window and send it."""
        token = next(one for one in self.tokens if one.startswith(("!type", "!words", "!quoted")))
        custom_id, message, _ = self.find(token)
        form = self.presses(custom_id, message)
        await self.fake.settles()
        assert form.answers == [FORM]
        field = {"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "text", "value": text}}
        self.interacts(5, {"custom_id": form.data["custom_id"], "components": [field]}, message)
        await self.fake.settles()

    async def suggested(self, text: str, command: str = "ask", option: str = "question") -> list[Fields]:
        """Type into a command's option; return what is suggested."""
        given = [{"name": option, "type": 3, "value": text, "focused": True}]
        one = self.interacts(4, {"id": "1", "name": command, "type": 1, "options": given})
        await self.fake.settles()
        return [*one.data["choices"]]


def ways(message: Fields) -> Iterator[tuple[str, str, bool]]:
    """Yield what can be pressed or chosen: its token, its custom id, and whether it is an option of a list."""
    for one in nested(message["components"]):
        if one["type"] == 2:
            yield one["custom_id"].rpartition("#")[0] or one["custom_id"], one["custom_id"], False
        for option in one.get("options", []):
            yield option["value"], one["custom_id"], True


def page_text(message: Fields) -> str:
    """Return all texts of a message."""
    return "\n".join(
        [message["content"], *(one["content"] for one in nested(message["components"]) if one["type"] == 10)]
    )
