"""The product as tests of a platform run it: they see what it heard, and can make it break or be slow."""

import asyncio
from collections import defaultdict
from datetime import date

from typing_extensions import override

from adapters import Response
from bot.content import Content
from bot.keeping.memory import MemoryStore
from bot.keeping.store import Store
from bot.support import Support
from conversations import Chose, Event, Language, Wrote
from tests.buyer import TODAY


class Watched(Support):
    """The product, with its responses by chat (``heard``, newest last) and its events in order.

    Words and tokens in ``breaks`` raise; a chat in ``slow`` waits so many seconds for each answer.
    """

    def __init__(self, content: Content, store: Store | None = None) -> None:
        self.store = store or MemoryStore()
        super().__init__(content, self.store, lambda: self.today)
        self.today = TODAY
        self.heard: defaultdict[str, list[Response]] = defaultdict(list)
        self.asked: list[str] = []
        self.events: list[Event] = []
        self.breaks: set[str] = set()
        self.slow: dict[str, float] = {}

    @override
    async def respond(
        self,
        chat: str,
        event: Event,
        *,
        event_id: str | None = None,
        today: date | None = None,
        language: Language | None = None,
        route: str | None = None,
    ) -> Response:
        self.asked.append(chat)
        await asyncio.sleep(self.slow.get(chat, 0))
        self.events.append(event)
        said = event.text if isinstance(event, Wrote) else event.token if isinstance(event, Chose) else ""
        if said in self.breaks:
            message = f"{said} is a secret of the buyer"
            raise ValueError(message)
        response = await super().respond(chat, event, event_id=event_id, today=today, language=language, route=route)
        self.heard[chat].append(response)
        return response
