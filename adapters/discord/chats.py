"""Where pages go: in a server only the buyer sees them, alone with us they stand in the channel."""

import logging
from collections.abc import Awaitable, Callable
from zlib import crc32

import discord
from cachetools import LRUCache

from adapters import Service
from adapters.discord import servers
from adapters.discord.callbacks import FORM, SUGGESTIONS, Answer, Callbacks
from adapters.discord.channels import Channels
from adapters.discord.commands import MANAGE_GUILD
from adapters.discord.incoming import (
    Deed,
    Fields,
    Form,
    Invited,
    Panel,
    Setup,
    Typing,
    moves_the_dialog,
    said,
    to_meaning,
)
from adapters.discord.interaction import Interaction, read
from adapters.discord.outgoing import Drawing, note
from adapters.inbox import Apology, Inbox
from adapters.languages import by_code, by_letters
from adapters.wire import Raw
from conversations import FIRST_LANGUAGE, Attachment, Event, Language, Rewrote, Sent, Started, Wrote

log = logging.getLogger(__name__)
MOST_CALLS = 1_000
"""Last calls in channels whose words are held, in memory only, until their author wants the answer in private."""


class Chats:
    """Answers events. All that lasts is in the store; what is remembered here only spares the buyer repetitions."""

    def __init__(self, service: Service, callbacks: Callbacks, inbox: Inbox, client: discord.Client) -> None:
        """Answer in the name of a client that is logged in."""
        self._service = service
        self._words = service.words
        self._callbacks = callbacks
        self._inbox = inbox
        self._channels = Channels(client)
        self._me = client.user.id if client.user is not None else 0
        self._drawing = Drawing(service.words)
        self._calls: LRUCache[int, tuple[int, Event]] = LRUCache(MOST_CALLS)

    def hear(self, raw: Raw) -> None:
        """Answer an interaction, in the order in which its user's others came."""
        interaction = read(raw)
        if not self._inbox.comes_first(f"i{interaction.id}"):
            return
        answer = Answer(self._callbacks, interaction)
        who = interaction.user if moves_the_dialog(interaction) else object()  # what does not, waits for nothing
        apology = self._sorry(answer.say, lambda: self._language(interaction))
        task = self._inbox.begin(who, self._interact(interaction, answer), apology)
        task.add_done_callback(lambda _: answer.close())

    async def on_message(self, message: discord.Message) -> None:
        """Answer a direct message, or somebody who calls us in a channel."""
        event, once = said(message, self._me), f"m{message.id}"
        if event is None or not self._inbox.comes_first(once):
            return
        if isinstance(message.channel, discord.DMChannel):
            language = self._guessed(message.author.id, message.content)
            self._reply(message.author.id, message.channel.id, event, once, language)
        elif any(one.id == self._me for one in message.mentions):
            self._inbox.begin(message.author.id, self._invite(message, event))

    async def on_raw_message_edit(self, change: discord.RawMessageUpdateEvent) -> None:
        """Read a direct message again that somebody rewrote: what was understood of it is corrected by its words."""
        author, edited = change.data["author"], change.data.get("edited_timestamp")
        once = f"m{change.message_id}.{crc32(str(edited).encode()):x}"
        if change.guild_id is None and edited and not author.get("bot") and self._inbox.comes_first(once):
            words = str(change.data.get("content") or "")
            event = Rewrote(words, f"m{change.message_id}") if words.strip() else Sent(Attachment.EDIT)
            user = int(author["id"])
            self._reply(user, change.channel_id, event, once, self._guessed(user, words))

    # Interactions.

    async def _interact(self, interaction: Interaction, answer: Answer) -> None:
        match to_meaning(interaction, self._service.topics, self._service.typed):
            case Typing(text):
                await answer.only(SUGGESTIONS, {"choices": self._suggestions(text, self._language(interaction))})
            case Form(step):
                form = self._drawing.form(step, self._language(interaction), interaction.revision)
                await answer.only(FORM, form)
            case Fields(details) if set(details) <= set(self._service.typed):
                form = self._drawing.details_form(details, self._language(interaction), interaction.revision)
                await answer.only(FORM, form)
            case Deed() as deed:
                await answer.show(await self._pages(interaction, deed))
            case Invited() as invited:
                await self._receive(interaction, invited, answer)
            case Setup() as setup:
                await answer.show([self._set_up(interaction, setup)])
            case Panel():
                await self._put_up_panel(interaction, answer)
            case _:
                pass

    async def _pages(self, interaction: Interaction, deed: Deed) -> list[Raw]:
        chat, language = _chat(interaction.user), self._locale(interaction)
        response = await self._service.respond(chat, deed.event, event_id=deed.event_id, language=language)
        return self._drawing.messages(response, interaction.revision, deed.label)

    async def _receive(self, interaction: Interaction, invited: Invited, answer: Answer) -> None:
        """Answer in private who called us in a channel; who only saw it begins where they stand."""
        author, event = self._calls.get(invited.message_id, (0, Started()))
        mine = author == interaction.user
        pages = await self._pages(interaction, Deed(event if mine else Started(), f"m{invited.message_id}"))
        if not invited.direct:
            await answer.show(pages)
            return
        language = self._language(interaction)
        if await self._channels.send_to(interaction.user, pages, f"{interaction.id}"):
            await answer.show([note(self._words("discord:sent", language))])
        else:
            await answer.show([note(self._words("discord:closed", language)), *pages])

    async def _put_up_panel(self, interaction: Interaction, answer: Answer) -> None:
        """Put the buttons into the channel from which everybody may ask in private."""
        language = self._language(interaction)
        told = "discord:panel_up"
        if interaction.server is None or not interaction.permissions & MANAGE_GUILD:
            told = "discord:managers_only"
        else:
            panel = self._drawing.panel(self._of_server(interaction.server, interaction.server_locale))
            try:
                await self._channels.send(interaction.channel, [panel], f"i{interaction.id}")
            except discord.Forbidden:
                told = "discord:panel_denied"
        await answer.show([note(self._words(told, language))])

    def _set_up(self, interaction: Interaction, setup: Setup) -> Raw:
        """Show a server's settings, to those who may manage it, and change what they choose."""
        language, server = self._language(interaction), interaction.server
        if server is None or not interaction.permissions & MANAGE_GUILD:
            return note(self._words("discord:managers_only", language))
        settings = servers.load(self._service, server)
        if setup.setting:
            settings = settings.with_setting(setup.setting, setup.values)
            servers.save(self._service, server, settings)
            log.info("discord: server %s: member %s set %s", server, interaction.user, setup.setting)
        return servers.settings_page(settings, self._words, language, may_write=interaction.may_write)

    def _suggestions(self, text: str, language: Language) -> list[Raw]:
        return [{"name": title[:100], "value": topic} for topic, title in self._service.suggest(text, language)[:25]]

    # Messages.

    def _reply(self, user: int, channel: int, event: Event, once: str, language: Language) -> None:
        """Answer in a buyer's own channel with us; in ``language`` where they have not chosen one."""

        async def work() -> None:
            response = await self._service.respond(_chat(user), event, event_id=once, language=language)
            await self._send(channel, self._drawing.messages(response, once), once)

        async def say(message: Raw) -> None:
            await self._send(channel, [message], f"{once}!")

        self._inbox.begin(user, work(), self._sorry(say, lambda: self._service.spoken(_chat(user)) or language))

    async def _send(self, channel: int, messages: list[Raw], once: str) -> None:
        try:
            await self._channels.send(channel, messages, once)
        except discord.Forbidden:
            log.info("discord: we may not write there any more")

    async def _invite(self, message: discord.Message, event: Event) -> None:
        """Ask who called us into private: others must not read about an order."""
        server, channel, user = message.guild, message.channel, message.author.id
        if server is None:
            return
        settings = servers.load(self._service, server.id)
        if not settings.answers_in(channel.id, getattr(channel, "parent_id", None)):
            return
        self._calls[message.id] = (user, event)
        language = self._service.spoken(_chat(user)) or by_letters(getattr(event, "text", ""))
        language = language or self._of_server(server.id, server.preferred_locale)
        words = event.text if isinstance(event, Wrote) else ""
        answer = self._service.general_answer(words, language) if words else None
        invitation = self._drawing.invitation(user, language, f"{message.id:x}", answer)
        reference = {"message_id": str(message.id), "fail_if_not_exists": False}
        await self._send(channel.id, [{**invitation, "message_reference": reference}], f"m{message.id}")

    # What both need.

    def _guessed(self, user: int, text: str) -> Language:
        """Return the language for a direct message: the one spoken so far, else that of the buyer's own words."""
        known = self._service.spoken(_chat(user))
        own = by_letters("" if self._service.is_sellers(text) else text)
        return known or own or FIRST_LANGUAGE

    def _sorry(self, say: Callable[[Raw], Awaitable[None]], language: Callable[[], Language]) -> Apology:
        async def apologise(number: str) -> None:
            await say(note(self._words("service:failed", language()).format(id=number)))

        return apologise

    def _language(self, interaction: Interaction) -> Language:
        """Return the language to speak: what the buyer chose, or what Discord tells."""
        return self._service.spoken(_chat(interaction.user)) or self._locale(interaction)

    def _locale(self, interaction: Interaction) -> Language:
        """Return the language for who has not chosen one: their app's, or that of the server."""
        return by_code(interaction.locale) or self._of_server(interaction.server, interaction.server_locale)

    def _of_server(self, server: int | None, locale: object) -> Language:
        chosen = servers.load(self._service, server).language if server is not None else None
        return chosen or by_code(locale) or FIRST_LANGUAGE


def _chat(user: int) -> str:
    """Return the name under which a buyer's chat is kept."""
    return f"discord:{user}"
