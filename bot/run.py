"""The command ``run``: every chat platform that is set up, in one process, until it is told to stop."""

import asyncio
import logging
import os
import signal
from collections.abc import Mapping
from contextlib import aclosing

from dotenv import dotenv_values

from adapters import LostError, RefusedError, Service
from adapters.inbox import Inbox
from adapters.platform import Account, Host, platform
from bot.app import settle
from bot.clock import today_in_japan
from bot.content import Content, load_content
from bot.errors import MendableError
from bot.hosting import Address, read_hosting
from bot.keeping.opening import open_store
from bot.keeping.store import Store
from bot.logs import write_log
from bot.settings import SettingsError, read_accounts, read_settings, secrets_of
from bot.support import Support

log = logging.getLogger("torikeshi")
LOST = 1
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""What tells us to stop; the last comes when a terminal is closed."""


class RefusedPlatformError(MendableError):
    """A platform does not let us in: the operator must mend the token, or stop another process."""


def run(names: list[str], more: Mapping[str, str] | None = None) -> int:
    """Talk on the platforms; all that are set up if none is named. Raises ``MendableError``.

    ``more`` are settings that count more than the environment's. Returns 1 where a platform was lost for so long
    that a supervisor should start anew.
    """
    environment = {**read_environment(), **(more or {})}
    accounts = read_accounts(environment, names)
    hosting = read_hosting(environment, is_reached=any(account.get("webhook") for account in accounts.values()))
    write_log(secrets_of(accounts), as_json=hosting.log_as_json, level=hosting.log_level)
    settings = read_settings(environment)
    hosts = {name: Host(inbox=Inbox(hosting.fairness)) for name in accounts}
    content = load_content()
    content.catalog.hosted_by(settings.operator)
    store = open_store(settings, content.handbook.details)
    settle()
    try:
        asyncio.run(_run(content, store, accounts, hosts, hosting.listen))
    except LostError as error:
        log.error("%s", error)  # noqa: TRY400  # the sentence says it all
        return LOST
    return 0


def read_environment() -> dict[str, str]:
    """Return the environment, with what ``.env`` adds to it. Raises ``SettingsError`` if that is no text."""
    try:
        added = dotenv_values(".env")
    except UnicodeDecodeError:
        message = "The file .env is not UTF-8 text; save it as UTF-8."
        raise SettingsError(message) from None
    return {**{key: value or "" for key, value in added.items()}, **os.environ}


async def _talk(service: Service, accounts: Mapping[str, Account], hosts: Mapping[str, Host]) -> None:
    """Talk until we are told to stop, or until a platform is lost. One that refuses us leaves the others alone.

    Raises ``RefusedPlatformError`` at the end if one did, ``LostError``.
    """
    loop = asyncio.get_running_loop()
    for one in ENDING:
        loop.add_signal_handler(one, _stop, hosts)
    refused: list[RefusedError] = []
    talks = {asyncio.create_task(platform(name).run(service, accounts[name], hosts[name])) for name in accounts}
    left = talks
    try:
        while left:
            done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
            for talk in done:
                try:
                    talk.result()
                except RefusedError as error:
                    refused.append(error)
                    if left:
                        log.error("%s", error)  # noqa: TRY400  # the sentence says it all
    finally:
        _stop(hosts)
        await asyncio.gather(*talks, return_exceptions=True)
    if refused:
        raise RefusedPlatformError(str(refused[0])) from None


def _stop(hosts: Mapping[str, Host]) -> None:
    for host in hosts.values():
        host.stop.set()


async def _run(
    content: Content, store: Store, accounts: Mapping[str, Account], hosts: Mapping[str, Host], listen: Address | None
) -> None:
    """Talk, and meanwhile be reached by HTTP where that is wanted."""
    if listen is None:
        async with aclosing(Support(content, store, today_in_japan)) as service:
            await service.open()
            await _talk(service, accounts, hosts)
        return
    from bot.metrics import KIND, Metered, Metrics  # what nobody wants costs nothing
    from bot.web import Counted, application, serving

    metrics = Metrics(hosts)
    async with aclosing(Metered(content, store, today_in_japan, metrics)) as service:
        await service.open()
        app = application(hosts, lambda: service.keeps, Counted(KIND, metrics.numbers))
        async with serving(app, listen) as port:
            log.info("listening", extra={"port": port})
            await _talk(service, accounts, hosts)
