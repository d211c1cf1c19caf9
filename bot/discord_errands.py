"""The commands ``discord invite`` and ``discord sync``: how the bot gets into a server, and its commands to Discord."""

import asyncio
from collections.abc import Coroutine
from contextlib import aclosing
from typing import TypeVar

from adapters import RefusedError
from adapters.discord import running
from adapters.platform import Account
from bot.app import make_support
from bot.keeping.opening import open_store
from bot.logs import write_log
from bot.run import RefusedPlatformError, read_environment
from bot.settings import read_accounts, read_settings, secrets_of

_T = TypeVar("_T")
_INVITATION = """\
Add it to a server:
  {server}
    View Channels, Send Messages, Send Messages in Threads: for answering who calls it by name, with a button that
    leads into private. Without them everything else works all the same; change permissions=… to 0 if you like.

Add it to your own account, for every server and direct message that you are in:
  {person}
    No permission at all.

It asks for no Administrator and no privileged intent: it reads what is said to it and nothing else."""


def invite() -> int:
    """Print the links by which the bot is added. Raises ``MendableError``."""
    server, person = _run(running.invitations(_account()))
    print(_INVITATION.format(server=server, person=person))
    return 0


def sync(*, force: bool) -> int:
    """Register the commands if they changed. Raises ``MendableError``."""
    account = _account()
    told = _run(_register(account, force=force))
    print("Discord knows the commands now." if told else "Nothing changed since Discord was told.")
    return 0


async def _register(account: Account, *, force: bool) -> bool:
    async with aclosing(make_support(open_store(read_settings(read_environment())))) as service:
        await service.open()
        return await running.register(service, account, force=force)


def _account() -> Account:
    accounts = read_accounts(read_environment(), ["discord"])
    write_log(secrets_of(accounts))
    return accounts["discord"]


def _run(errand: Coroutine[None, None, _T]) -> _T:
    try:
        return asyncio.run(errand)
    except RefusedError as error:
        raise RefusedPlatformError(str(error)) from None
