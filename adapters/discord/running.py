"""Discord from the login to the last answer, and the errands that need no talking: invitations and commands."""

import asyncio
import logging
from contextlib import suppress

import discord

from adapters import RefusedError, Service
from adapters.discord.callbacks import Callbacks
from adapters.discord.chats import Chats
from adapters.discord.commands import sync
from adapters.discord.gateway import PATIENCE, Gateway
from adapters.platform import Account, Host
from adapters.traces import where

log = logging.getLogger(__name__)
PERMISSIONS = discord.Permissions(view_channel=True, send_messages=True, send_messages_in_threads=True)
"""What we ask of a server, for answering who calls us by name. Everything else needs no permission at all."""
REPAIR_AFTER = 20.0
"""Seconds after which a reply that Discord has not taken is shown again."""
DRAIN, CLOSE_WITHIN = 4.0, 0.8
"""Seconds that what is under way gets at the end, and the goodbye."""


async def run(service: Service, account: Account, host: Host, *, patience: float = PATIENCE) -> None:
    """See ``Platform``. ``patience`` is for how many seconds the gateway may be silent."""
    gateway = Gateway(account, host, patience)
    tasks = {asyncio.create_task(one) for one in (_talk(service, gateway, host), gateway.watch(), _until(host.stop))}
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def invitations(account: Account) -> tuple[str, str]:
    """Return the addresses at which the bot is added to a server, and to one's own account. Raises ``RefusedError``."""
    client = await Gateway(account, Host()).login()
    try:
        number = client.application_id or 0
        server = discord.utils.oauth_url(number, permissions=PERMISSIONS, scopes=("bot", "applications.commands"))
        person = discord.utils.oauth_url(number, scopes=("applications.commands",))
        return f"{server}&integration_type=0", f"{person}&integration_type=1"
    finally:
        await client.close()


async def register(service: Service, account: Account, *, force: bool) -> bool:
    """Tell Discord the commands, if they changed; return whether it was told. Raises ``RefusedError``."""
    client = await Gateway(account, Host()).login()
    try:
        return await sync(client, service, force=force)
    except discord.HTTPException as error:
        message = f"Discord does not take the commands now ({error.status}, code {error.code}). Try again later."
        raise RefusedError(message) from None
    finally:
        await client.close()


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()


async def _talk(service: Service, gateway: Gateway, host: Host) -> None:
    """Talk until cancelled, then finish what is under way."""
    client = await gateway.login()
    async with Callbacks(client.http.user_agent, host.inbox.counts) as callbacks:
        chats = Chats(service, callbacks, host.inbox, client)
        client.event(chats.on_message)
        client.event(chats.on_raw_message_edit)
        beside = [asyncio.create_task(one) for one in (_tell(client, service), _repair(chats))]
        try:
            await gateway.listen(client, chats.hear)
        finally:
            for task in beside:
                task.cancel()
            await host.inbox.drain(DRAIN)
            with suppress(TimeoutError):
                await asyncio.wait_for(client.close(), CLOSE_WITHIN)


async def _repair(chats: Chats) -> None:
    """Show from time to time what got lost on the way, and what a process before us could not show."""
    while True:
        await chats.repair(REPAIR_AFTER)
        await asyncio.sleep(REPAIR_AFTER / 2)


async def _tell(client: discord.Client, service: Service) -> None:
    """Register the commands where they changed. Where Discord does not take them now, the next start tries again."""
    try:
        await sync(client, service)
    except Exception as error:  # noqa: BLE001  # talking matters more
        log.warning("discord: the commands were not registered\n%s", where(error))
