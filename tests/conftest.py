"""What the tests share: the content, and buyers who have just opened the chat."""

import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.content import Content, load_content
from conversations import Handbook, Language, Readers
from tests import postgres
from tests.buyer import Buyer
from tests.editor import Editor
from tests.postgres import Postgres, PostgresServer
from tests.words import Words


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let all tests that walk in one language run in one process: the walk is done once there."""
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("walks") and hasattr(item, "callspec"):
            item.add_marker(pytest.mark.xdist_group(f"walk {item.callspec.params['language']}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Count no lines in a test marked ``walks``: it runs the same ones a hundred thousand times, and would take thrice.

    ``no_cover`` of pytest-cov would say the same, but does nothing where tests run beside one another.
    """
    counter = sys.gettrace()
    if item.get_closest_marker("walks"):
        sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(counter)


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server; it takes a second to start."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # run by root, the server is another user, who has to reach its data
        with postgres.running(Path(folder) / "data") as server:
            yield server


@pytest.fixture(name="postgres")
def own_database(postgres_server: PostgresServer) -> Postgres:
    """A database that nobody else uses."""
    return postgres.new_database(postgres_server)


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
