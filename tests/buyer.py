"""A simulated buyer: taps what is on the screen, types, reads. The tests talk through it and through nothing else."""

from dataclasses import dataclass
from datetime import date

from adapters import Response
from bot.content import Content
from bot.keeping.memory import MemoryStore
from bot.keeping.store import Store
from bot.support import Support
from conversations import Asked, Attachment, Chose, Event, Language, Quoted, Sent, Started, Wrote
from messages import Draft

TODAY = date(2026, 11, 24)
"""A Tuesday after a public holiday; the day on which buyers act unless a test says otherwise."""


USUAL = {"coupon": "no"}
"""How a buyer answers who was told nothing of the question; any other one gets its first choice."""


@dataclass(frozen=True)
class Screen:
    """What the buyer sees now, and where the conversation stands."""

    response: Response

    @property
    def step(self) -> str:
        """The step that is asked or shown."""
        return self.response.turn.place.step

    @property
    def outcome(self) -> str | None:
        """The verdict, where there is one."""
        verdict = self.response.turn.place.verdict
        return verdict.outcome if verdict else None

    @property
    def topic(self) -> str | None:
        """The question being read."""
        reading = self.response.turn.place.reading
        return reading.value if reading else None

    @property
    def reply_kind(self) -> str | None:
        """The kind of seller's reply being explained."""
        return self.response.turn.place.reply_kind

    @property
    def known(self) -> dict[str, str]:
        """The facts known of the order."""
        return dict(self.response.turn.place.order.known())

    @property
    def text(self) -> str:
        """All that is said, as CommonMark."""
        return "\n\n".join(message.text for message in self.response.messages)

    @property
    def tokens(self) -> list[str]:
        """The tokens of all buttons, in order."""
        return [button.token for message in self.response.messages for button in message.buttons]

    @property
    def labels(self) -> list[str]:
        """The labels of all buttons, in order."""
        return [button.label for message in self.response.messages for button in message.buttons]

    @property
    def drafts(self) -> list[Draft]:
        """The messages to the seller."""
        return [message.draft for message in self.response.messages if message.draft]

    @property
    def draft(self) -> Draft:
        """The last message to the seller (of a pair: the one for the chat)."""
        return self.drafts[-1]

    @property
    def screens(self) -> list[str]:
        """The names of the screens, in order."""
        return [reply.screen for reply in self.response.turn.replies]

    @property
    def theme(self) -> str | None:
        """The theme that is not for us, if the buyer asked about one."""
        return next((reply.subject for reply in self.response.turn.replies if reply.screen == "theme"), None)

    @property
    def notices(self) -> list[str]:
        """The names of the lines that say what just happened."""
        return [notice.name for reply in self.response.turn.replies for notice in reply.notices]

    @property
    def cites(self) -> tuple[str, ...]:
        """The numbers of the facts that are stated."""
        return self.response.cites


class Buyer:
    """One buyer in one chat. ``today`` may be moved."""

    sees: Screen

    def __init__(
        self, content: Content, language: Language = Language.JA, store: Store | None = None, chat: str = "buyer"
    ) -> None:
        """Sit down before a product that never saw this buyer."""
        self.store = store or MemoryStore()
        self.support = Support(content, self.store, lambda: self.today)
        self.language = language
        self.today = TODAY
        self.chat = chat

    async def opens(self) -> None:
        """Open the chat."""
        await self._does(Started(self.language))

    async def taps(self, *tokens: str) -> None:
        """Tap buttons that are on the screen, one after the other."""
        for token in tokens:
            assert token in self.sees.tokens, f"{token} is not among {self.sees.tokens}"
            await self._does(Chose(token))

    async def checks(self, **facts: str) -> None:
        """Check an order that one knows: see ``answers``."""
        await self.taps("menu:check")
        await self.answers(**facts)

    async def answers(self, **facts: str) -> None:
        """Answer whatever is still asked before the verdict: by these facts, else as usual."""
        asked: list[str] = []
        while self.sees.outcome is None:
            step = self.sees.step
            assert step not in asked, f"{step} is asked again"
            asked.append(step)
            await self.taps(self._answer(step, USUAL | facts))
        assert set(facts) <= set(asked), f"only {asked} were asked"

    def _answer(self, step: str, facts: dict[str, str]) -> str:
        choices = [token for token in self.sees.tokens if token.startswith(f"{step}:")]
        return f"{step}:{facts[step]}" if step in facts else choices[0]

    async def taps_old(self, token: str) -> None:
        """Tap a button further up, from an earlier screen, release or forgery."""
        await self._does(Chose(token))

    async def says(self, text: str) -> None:
        """Type or paste words."""
        await self._does(Wrote(text))

    async def asks(self, text: str) -> None:
        """Ask a question outright, behind a command."""
        await self._does(Asked(text))

    async def quotes(self, text: str) -> None:
        """Show what the seller wrote."""
        await self._does(Quoted(text))

    async def sends(self, attachment: Attachment) -> None:
        """Send something without words."""
        await self._does(Sent(attachment))

    async def _does(self, event: Event) -> None:
        self.sees = Screen(await self.support.respond(self.chat, event))
