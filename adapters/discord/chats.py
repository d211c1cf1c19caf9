"""Where pages go: in a server only the buyer sees them, alone with us they stand in the channel."""

import logging
from collections.abc import Awaitable, Callable
from zlib import crc32

import discord
from cachetools import LRUCache

from adapters import Response, Service, Undelivered
from adapters.buttons import screen_id
from adapters.discord import servers
from adapters.discord.callbacks import FORM, LATER_SAME, SUGGESTIONS, Answer, Callbacks, show_late
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
from adapters.discord.interaction import Interaction, made_on, read
from adapters.discord.outgoing import Drawing, note
from adapters.inbox import Admission, Apology, Inbox
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
        if (admission := self._inbox.admits(who)) is not Admission.TAKEN:
            self._inbox.begin(object(), self._refuse(interaction, answer, admission))
            return
        apology = self._sorry(answer.say, lambda: self._language(interaction))
        task = self._inbox.begin(who, self._interact(interaction, answer), apology)
        task.add_done_callback(lambda _: answer.close())

    async def on_message(self, message: discord.Message) -> None:
        """Answer a direct message, or somebody who calls us in a channel."""
        event, once = said(message, self._me), f"m{message.id}"
        if event is None or not self._inbox.comes_first(once):
            return
        if isinstance(message.channel, discord.DMChannel):
            self._reply(message.author.id, message.channel.id, event, once, message.content)
        elif any(one.id == self._me for one in message.mentions):
            self._inbox.begin(message.author.id, self._invite(message, event))

    async def on_raw_message_edit(self, change: discord.RawMessageUpdateEvent) -> None:
        """Read a direct message again that somebody rewrote: what was understood of it is corrected by its words."""
        author, edited = change.data["author"], change.data.get("edited_timestamp")
        once = f"m{change.message_id}.{crc32(str(edited).encode()):x}"
        if change.guild_id is None and edited and not author.get("bot") and self._inbox.comes_first(once):
            words = str(change.data.get("content") or "")
            event = Rewrote(words, f"m{change.message_id}") if words.strip() else Sent(Attachment.EDIT)
            self._reply(int(author["id"]), change.channel_id, event, once, words)

    async def repair(self, older_than: float) -> None:
        """Show the replies that did not reach their buyers in so many seconds: a crash, or a lost message."""
        for lost in await self._service.undelivered("discord", older_than):
            self._inbox.begin(int(lost.chat.partition(":")[2]), self._show_again(lost))

    # Interactions.

    async def _interact(self, interaction: Interaction, answer: Answer) -> None:
        match to_meaning(interaction, self._service.topics, self._service.typed):
            case Typing(text):
                await answer.only(SUGGESTIONS, {"choices": self._suggestions(text, await self._language(interaction))})
            case Form(step):
                form = self._drawing.form(step, await self._language(interaction), interaction.revision)
                await answer.only(FORM, form)
            case Fields(details) if set(details) <= set(self._service.typed):
                form = self._drawing.details_form(details, await self._language(interaction), interaction.revision)
                await answer.only(FORM, form)
            case Deed() as deed:
                response = await self._respond(interaction, deed)
                pages = self._drawing.messages(response, interaction.revision, deed.label)
                await self._deliver(interaction.user, response, answer.show(pages))
            case Invited() as invited:
                await self._receive(interaction, invited, answer)
            case Setup() as setup:
                await answer.show([await self._set_up(interaction, setup)])
            case Panel():
                await self._put_up_panel(interaction, answer)
            case _:
                pass

    async def _respond(self, interaction: Interaction, deed: Deed) -> Response:
        chat, language = _chat(interaction.user), await self._locale(interaction)
        today, route = made_on(interaction.id), f"{interaction.application}/{interaction.token}"
        return await self._service.respond(
            chat, deed.event, event_id=deed.event_id, today=today, language=language, route=route
        )

    async def _refuse(self, interaction: Interaction, answer: Answer, admission: Admission) -> None:
        """Tell who sends too much at once; a press that comes again is only taken note of."""
        try:
            if admission is Admission.TOLD and interaction.same:
                await answer.only(LATER_SAME, {})
            else:
                await answer.say(note(self._words("service:too_many", await self._language(interaction))))
        finally:
            answer.close()

    async def _receive(self, interaction: Interaction, invited: Invited, answer: Answer) -> None:
        """Answer in private who called us in a channel; who only saw it begins where they stand."""
        author, event = self._calls.get(invited.message_id, (0, Started()))
        mine = author == interaction.user
        response = await self._respond(interaction, Deed(event if mine else Started(), f"m{invited.message_id}"))
        pages = self._drawing.messages(response, interaction.revision)
        showing = self._show_directly(interaction, pages, answer) if invited.direct else answer.show(pages)
        await self._deliver(interaction.user, response, showing)

    async def _show_directly(self, interaction: Interaction, pages: list[Raw], answer: Answer) -> bool:
        """Answer by direct message, or where the buyer takes none, in the channel, to them alone."""
        language = await self._language(interaction)
        if await self._channels.send_to(interaction.user, pages, f"{interaction.id}"):
            await answer.show([note(self._words("discord:sent", language))])
            return True
        return await answer.show([note(self._words("discord:closed", language)), *pages])

    async def _deliver(self, user: int, reply: Response | Undelivered, showing: Awaitable[bool]) -> None:
        """Show a reply; tell the store whether it arrived: if not, it is shown again later."""
        arrived = False
        try:
            arrived = await showing
        finally:
            await (self._service.delivered(_chat(user), reply) if arrived else self._service.lost(_chat(user)))

    async def _put_up_panel(self, interaction: Interaction, answer: Answer) -> None:
        """Put the buttons into the channel from which everybody may ask in private."""
        language = await self._language(interaction)
        told = "discord:panel_up"
        if interaction.server is None or not interaction.permissions & MANAGE_GUILD:
            told = "discord:managers_only"
        else:
            panel = self._drawing.panel(await self._of_server(interaction.server, interaction.server_locale))
            try:
                await self._channels.send(interaction.channel, [panel], f"i{interaction.id}")
            except discord.Forbidden:
                told = "discord:panel_denied"
        await answer.show([note(self._words(told, language))])

    async def _set_up(self, interaction: Interaction, setup: Setup) -> Raw:
        """Show a server's settings, to those who may manage it, and change what they choose."""
        language, server = await self._language(interaction), interaction.server
        if server is None or not interaction.permissions & MANAGE_GUILD:
            return note(self._words("discord:managers_only", language))
        settings = await servers.load(self._service, server)
        if setup.setting:
            settings = settings.with_setting(setup.setting, setup.values)
            await servers.save(self._service, server, settings)
            log.info("discord: server %s: member %s set %s", server, interaction.user, setup.setting)
        return servers.settings_page(settings, self._words, language, may_write=interaction.may_write)

    def _suggestions(self, text: str, language: Language) -> list[Raw]:
        return [{"name": title[:100], "value": topic} for topic, title in self._service.suggest(text, language)[:25]]

    # Messages.

    def _reply(self, user: int, channel: int, event: Event, once: str, words: str) -> None:
        """Answer in a buyer's own channel with us; the words tell the language where they have not chosen one."""
        message, _, edition = once[1:].partition(".")
        today = None if edition else made_on(int(message))

        async def work() -> None:
            language = await self._guessed(user, words)
            response = await self._service.respond(
                _chat(user), event, event_id=once, today=today, language=language, route=f"#{channel}"
            )
            if not response.repeated:
                pages = self._drawing.messages(response, once)
                await self._deliver(user, response, self._send(channel, pages, once))

        async def say(message: Raw) -> None:
            await self._send(channel, [message], f"{once}!")

        async def too_much() -> None:
            await say(note(self._words("service:too_many", await self._guessed(user, words))))

        admission = self._inbox.admits(user)
        if admission is Admission.TAKEN:
            self._inbox.begin(user, work(), self._sorry(say, lambda: self._guessed(user, words)))
        elif admission is Admission.TO_BE_TOLD:
            self._inbox.begin(object(), too_much())

    async def _show_again(self, lost: Undelivered) -> None:
        """Show what did not arrive, in the channel or by the interaction that asked for it."""
        pages, once = self._drawing.pages(lost.messages, lost.language, screen_id()), f"again {lost.route}"
        channel = lost.route.removeprefix("#")
        showing = self._send(int(channel), pages, once) if channel != lost.route else self._show_late(lost.route, pages)
        await self._deliver(int(lost.chat.partition(":")[2]), lost, showing)

    async def _show_late(self, route: str, pages: list[Raw]) -> bool:
        """Show what is late; where its way is closed by now, the buyer's next press shows where they stand."""
        await show_late(self._callbacks, route, pages)
        return True

    async def _send(self, channel: int, messages: list[Raw], once: str) -> bool:
        """Send messages; True also where we may not write any more: trying on is no use."""
        try:
            await self._channels.send(channel, messages, once)
        except discord.Forbidden:
            log.info("discord: we may not write there any more")
        return True

    async def _invite(self, message: discord.Message, event: Event) -> None:
        """Ask who called us into private: others must not read about an order."""
        server, channel, user = message.guild, message.channel, message.author.id
        if server is None:
            return
        settings = await servers.load(self._service, server.id)
        if not settings.answers_in(channel.id, getattr(channel, "parent_id", None)):
            return
        self._calls[message.id] = (user, event)
        language = await self._service.spoken(_chat(user)) or by_letters(getattr(event, "text", ""))
        language = language or await self._of_server(server.id, server.preferred_locale)
        words = event.text if isinstance(event, Wrote) else ""
        answer = self._service.general_answer(words, language) if words else None
        invitation = self._drawing.invitation(user, language, f"{message.id:x}", answer)
        reference = {"message_id": str(message.id), "fail_if_not_exists": False}
        await self._send(channel.id, [{**invitation, "message_reference": reference}], f"m{message.id}")

    # What both need.

    async def _guessed(self, user: int, text: str) -> Language:
        """Return the language for a direct message: the one spoken so far, else that of the buyer's own words."""
        known = await self._service.spoken(_chat(user))
        own = by_letters("" if self._service.is_sellers(text) else text)
        return known or own or FIRST_LANGUAGE

    def _sorry(self, say: Callable[[Raw], Awaitable[None]], language: Callable[[], Awaitable[Language]]) -> Apology:
        async def apologise(number: str) -> None:
            await say(note(self._words("service:failed", await language()).format(id=number)))

        return apologise

    async def _language(self, interaction: Interaction) -> Language:
        """Return the language to speak: what the buyer chose, or what Discord tells."""
        return await self._service.spoken(_chat(interaction.user)) or await self._locale(interaction)

    async def _locale(self, interaction: Interaction) -> Language:
        """Return the language for who has not chosen one: their app's, or that of the server."""
        return by_code(interaction.locale) or await self._of_server(interaction.server, interaction.server_locale)

    async def _of_server(self, server: int | None, locale: object) -> Language:
        chosen = (await servers.load(self._service, server)).language if server is not None else None
        return chosen or by_code(locale) or FIRST_LANGUAGE


def _chat(user: int) -> str:
    """Return the name under which a buyer's chat is kept."""
    return f"discord:{user}"
