"""The command ``run``: every chat platform that is set up, in one process, until it is told to stop."""

import asyncio
import logging
import os
import signal
from collections.abc import Mapping
from contextlib import closing

from dotenv import dotenv_values
from typing_extensions import override

from adapters import LostError, RefusedError, Service
from adapters.platform import Account, platform
from bot.app import make_support, settle
from bot.errors import MendableError
from bot.keeping.opening import open_store
from bot.settings import read_accounts, read_settings, secrets_of

log = logging.getLogger("torikeshi")
LOST = 1


class RefusedPlatformError(MendableError):
    """A platform does not let us in: the operator must mend the token, or stop another process."""


def run(names: list[str]) -> int:
    """Talk on the platforms; all that are set up if none is named. Raises ``MendableError``.

    Returns 1 where a platform was lost for so long that a supervisor should start anew.
    """
    environment = read_environment()
    accounts = read_accounts(environment, names)
    log_without(secrets_of(accounts))
    settings = read_settings(environment)
    with closing(open_store(settings)) as store:
        service = make_support(store)
        settle()
        try:
            asyncio.run(_talk(service, accounts))
        except LostError as error:
            log.error("%s", error)  # noqa: TRY400  # the sentence says it all
            return LOST
    return 0


def read_environment() -> dict[str, str]:
    """Return the environment, with what ``.env`` adds to it."""
    return {**{key: value or "" for key, value in dotenv_values(".env").items()}, **os.environ}


async def _talk(service: Service, accounts: Mapping[str, Account]) -> None:
    """Talk until SIGTERM or Ctrl-C, or until a platform refuses us; the others then stop too."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    talks = [asyncio.create_task(platform(name).run(service, account, stop)) for name, account in accounts.items()]
    try:
        await asyncio.wait(talks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        stop.set()
        results = await asyncio.gather(*talks, return_exceptions=True)
    for result in results:
        if isinstance(result, RefusedError):
            raise RefusedPlatformError(str(result)) from None
        if result is not None:
            raise result


def log_without(secrets: list[str]) -> None:
    """Write the log to stderr, each secret left out wherever it would stand."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet(secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


class Discreet(logging.Formatter):
    """Formats a record, traces included, without the secrets."""

    def __init__(self, secrets: list[str]) -> None:
        """Keep what must never be written."""
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = secrets

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return text
