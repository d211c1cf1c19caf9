"""What the tests share: the content, and buyers who have just opened the chat."""

from collections.abc import Awaitable, Callable

import pytest

from bot.content import Content, load_content
from conversations import Handbook, Language, Readers
from tests.buyer import Buyer
from tests.editor import Editor
from tests.words import Words

NewBuyer = Callable[..., Awaitable[Buyer]]


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content()


@pytest.fixture(scope="session")
def handbook(content: Content) -> Handbook:
    return content.handbook


@pytest.fixture(scope="session")
def readers(content: Content) -> Readers:
    return content.readers


@pytest.fixture(scope="session")
def english(content: Content) -> Words:
    return Words(content, Language.EN)


@pytest.fixture(scope="session")
def japanese(content: Content) -> Words:
    return Words(content, Language.JA)


@pytest.fixture
async def buyer(content: Content) -> Buyer:
    """A Japanese buyer before the first screen."""
    someone = Buyer(content)
    await someone.opens()
    return someone


@pytest.fixture
async def english_buyer(content: Content) -> Buyer:
    """An English-speaking buyer before the first screen."""
    someone = Buyer(content, Language.EN)
    await someone.opens()
    return someone


@pytest.fixture
def editor(content: Content) -> Editor:
    return Editor(content.sources)
