"""Where events are answered: reads one, asks the dialog, and shows the pages where only the buyer looks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from secrets import token_hex
from weakref import WeakValueDictionary
from zlib import crc32

import discord

from adapters import Service
from adapters.discord import servers
from adapters.discord.callbacks import FORM, SUGGESTIONS, Answer, Callbacks
from adapters.discord.channels import Channels
from adapters.discord.commands import MANAGE_GUILD
from adapters.discord.incoming import Action, Form, Invited, Setup, Typing, said, spoken, to_meaning, written
from adapters.discord.interaction import Interaction, Raw, read
from adapters.discord.outgoing import Painter, note
from adapters.traces import where
from conversations import Attachment, Event, Language, Sent, Started

log = logging.getLogger(__name__)
MOST_REMEMBERED = 10_000
"""Last events that are remembered, so that one that is delivered twice is answered once."""
MOST_CALLS = 1_000
"""Last calls in channels whose words are held, in memory only, until their author wants the answer in private."""
DRAIN = 4.0
"""Seconds that what is under way gets at the end."""


class Desk:
    """Handles events. All that lasts is in the store; what is remembered here only spares the buyer repetitions."""

    def __init__(self, service: Service, callbacks: Callbacks, client: discord.Client) -> None:
        """Answer in the name of a client that is logged in."""
        self._service = service
        self._words = service.words
        self._callbacks = callbacks
        self._channels = Channels(client)
        self._me = client.user.id if client.user is not None else 0
        self._painter = Painter(service.words)
        self._rows: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._seen: dict[str, None] = {}
        self._calls: dict[int, tuple[int, Event]] = {}
        self._busy: set[asyncio.Task[None]] = set()

    def hear(self, raw: Raw) -> None:
        """Answer an interaction, in the order in which its user's others came."""
        interaction = read(raw)
        if self._is_new(f"i{interaction.id}"):
            self._begin(self._interact(interaction))

    async def on_message(self, message: discord.Message) -> None:
        """Answer a direct message, or somebody who calls us in a channel."""
        event = said(message, self._me)
        if event is None or not self._is_new(f"m{message.id}"):
            return
        if isinstance(message.channel, discord.DMChannel):
            language = written(message.content) or Language.JA
            self._begin(self._reply(message.author.id, message.channel.id, event, f"m{message.id}", language))
        elif any(one.id == self._me for one in message.mentions):
            self._begin(self._invite(message, event))

    async def on_raw_message_edit(self, change: discord.RawMessageUpdateEvent) -> None:
        """Say that what was answered stays answered, where somebody rewrote a direct message."""
        author, edited = change.data["author"], change.data.get("edited_timestamp")
        once = f"e{change.message_id}.{crc32(str(edited).encode()):x}"
        if change.guild_id is None and edited and not author.get("bot") and self._is_new(once):
            user, event = int(author["id"]), Sent(Attachment.EDIT)
            self._begin(self._reply(user, change.channel_id, event, once, Language.JA))

    async def drain(self) -> None:
        """Let what is under way finish; the rest is let go."""
        if self._busy:
            await asyncio.wait(self._busy, timeout=DRAIN)
        for task in self._busy:
            task.cancel()

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    # Interactions.

    async def _interact(self, interaction: Interaction) -> None:
        user, answer = interaction.user, Answer(self._callbacks, interaction)
        try:
            match to_meaning(interaction, self._service.topics, self._service.typed):
                case Typing(text):
                    await answer.only(SUGGESTIONS, {"choices": self._suggestions(text, self._language(interaction))})
                case Form(step):
                    form = self._painter.form(step, self._language(interaction), interaction.revision)
                    await answer.only(FORM, form)
                case Action() as action:
                    async with self._row(user):
                        await answer.show(await self._pages(interaction, action))
                case Invited() as invited:
                    async with self._row(user):
                        await self._receive(interaction, invited, answer)
                case Setup() as setup:
                    async with self._row(user):
                        await answer.show([self._set_up(interaction, setup)])
                case _:
                    pass
        except Exception as error:  # noqa: BLE001  # the one error path
            await self._apologise(answer.say, self._language(interaction), error)
        finally:
            answer.close()

    async def _pages(self, interaction: Interaction, action: Action) -> list[Raw]:
        chat, language = _chat(interaction.user), self._locale(interaction)
        response = await self._service.respond(chat, action.event, event_id=action.event_id, language=language)
        return self._painter.messages(response, interaction.revision, action.label)

    async def _receive(self, interaction: Interaction, invited: Invited, answer: Answer) -> None:
        """Answer in private who called us in a channel; who only saw it begins where they stand."""
        author, event = self._calls.get(invited.message_id, (0, Started()))
        mine = author == interaction.user
        pages = await self._pages(interaction, Action(event if mine else Started(), f"m{invited.message_id}"))
        if not invited.direct:
            await answer.show(pages)
            return
        language = self._language(interaction)
        if await self._channels.send_to(interaction.user, pages, f"{interaction.id}"):
            await answer.show([note(self._words("discord:sent", language))])
        else:
            await answer.show([note(self._words("discord:closed", language)), *pages])

    def _set_up(self, interaction: Interaction, setup: Setup) -> Raw:
        """Show a server's settings, to those who may manage it, and change what they choose."""
        language, server = self._language(interaction), interaction.server
        if server is None or not interaction.permissions & MANAGE_GUILD:
            return note(self._words("discord:managers_only", language))
        settings = servers.load(self._service, server)
        if setup.setting:
            settings = settings.with_setting(setup.setting, setup.values)
            servers.save(self._service, server, settings)
            log.info("discord: a server set %s", setup.setting)
        return servers.settings_page(settings, self._words, language)

    def _suggestions(self, text: str, language: Language) -> list[Raw]:
        return [{"name": title[:100], "value": topic} for topic, title in self._service.suggest(text, language)[:25]]

    # Messages.

    async def _reply(self, user: int, channel: int, event: Event, once: str, language: Language) -> None:
        """Answer in a buyer's own channel with us; in ``language`` where they have not chosen one."""
        try:
            async with self._row(user):
                response = await self._service.respond(_chat(user), event, event_id=once, language=language)
                await self._channels.send(channel, self._painter.messages(response, once), once)
        except discord.Forbidden:
            log.info("discord: a buyer takes no direct messages any more")
        except Exception as error:  # noqa: BLE001  # the one error path
            say = self._saying(channel, once)
            await self._apologise(say, self._service.spoken(_chat(user)) or language, error)

    async def _invite(self, message: discord.Message, event: Event) -> None:
        """Ask who called us into private: others must not read about an order."""
        server, channel, user = message.guild, message.channel, message.author.id
        if server is None:
            return
        settings = servers.load(self._service, server.id)
        if not settings.answers_in(channel.id, getattr(channel, "parent_id", None)):
            return
        self._calls[message.id] = (user, event)
        if len(self._calls) > MOST_CALLS:
            del self._calls[next(iter(self._calls))]
        language = self._service.spoken(_chat(user)) or written(getattr(event, "text", ""))
        language = language or self._of_server(server.id, server.preferred_locale)
        try:
            invitation = self._painter.invitation(user, language, f"{message.id:x}")
            await self._channels.send(channel.id, [invitation], f"m{message.id}")
        except discord.Forbidden:
            log.info("discord: called in a channel in which we may not write")
        except Exception as error:  # noqa: BLE001  # nothing was promised to anybody
            log.error("discord: a call was not answered\n%s", where(error))  # noqa: TRY400

    def _saying(self, channel: int, once: str) -> Callable[[Raw], Awaitable[None]]:
        async def say(message: Raw) -> None:
            await self._channels.send(channel, [message], f"{once}!")

        return say

    # What both need.

    async def _apologise(self, say: Callable[[Raw], Awaitable[None]], language: Language, error: Exception) -> None:
        """Tell the buyer, and the log under the same number: where it went wrong, without anybody's words."""
        number = token_hex(3)
        log.error("error %s\n%s", number, where(error))
        try:
            await say(note(self._words("service:failed", language).format(id=number)))
        except Exception as again:  # noqa: BLE001  # the way out itself is broken
            log.error("error %s could not be told\n%s", number, where(again))  # noqa: TRY400

    def _language(self, interaction: Interaction) -> Language:
        """Return the language to speak: what the buyer chose, or what Discord tells."""
        return self._service.spoken(_chat(interaction.user)) or self._locale(interaction)

    def _locale(self, interaction: Interaction) -> Language:
        """Return the language for who has not chosen one: their app's, or that of the server."""
        return spoken(interaction.locale) or self._of_server(interaction.server, interaction.server_locale)

    def _of_server(self, server: int | None, locale: object) -> Language:
        chosen = servers.load(self._service, server).language if server is not None else None
        return chosen or spoken(locale) or Language.JA

    def _row(self, user: int) -> asyncio.Lock:
        """Return what lets a buyer's events pass one by one, in the order in which they came."""
        return self._rows.setdefault(user, asyncio.Lock())

    def _is_new(self, event: str) -> bool:
        if event in self._seen:
            return False
        self._seen[event] = None
        if len(self._seen) > MOST_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return True


def _chat(user: int) -> str:
    """Return the name under which a buyer's chat is kept."""
    return f"discord:{user}"
