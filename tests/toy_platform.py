"""A platform of one page, to show what a platform is: letters are put into a box, and letters come back."""

import asyncio
from collections.abc import Mapping, Sequence

from adapters import Response, Service, Words
from adapters.platform import Account, Host, Limits, Setting, Shown
from conversations import FIRST_LANGUAGE, Event

SETTINGS = (
    Setting("token", "the key to the box", "The post office gives you one", secret=True, needed=True),
    Setting("stamp", "what proves a letter to be ours", "The post office sells them", secret=True, needed=True),
    Setting("url", "another post office", example="http://localhost:25"),
)
LIMITS = Limits(letters=5000, label=20, token=64, buttons=13, messages=5)
WORDS: Mapping[str, str] = {"toy": ".{1,10}"}
BOX: asyncio.Queue[tuple[str, Event]] = asyncio.Queue()
SENT: asyncio.Queue[Response] = asyncio.Queue()


async def run(service: Service, account: Account, host: Host) -> None:
    """See ``Platform``."""
    stopping = asyncio.create_task(host.stop.wait())
    while not host.stop.is_set():
        waiting = asyncio.create_task(BOX.get())
        await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            who, event = waiting.result()
            host.inbox.begin(who, _answer(service, f"{account['stamp']}:{who}", event))
        else:
            waiting.cancel()
    await host.inbox.drain(1)


async def _answer(service: Service, chat: str, event: Event) -> None:
    await SENT.put(await service.respond(chat, event, language=FIRST_LANGUAGE))


def shown(response: Response, words: Words) -> Sequence[Shown]:
    """See ``Platform``: every text and every English text is a letter of its own."""
    letters: list[Shown] = []
    for message in response.messages:
        letters.append(Shown(message.text, [(button.label, button.token) for button in message.buttons]))
        if message.draft is not None:
            meaning = words("terminal:meaning", response.turn.conversation.language)
            letters += [Shown(message.draft.send), Shown(f"{meaning}\n{message.draft.meaning}")]
    return letters
