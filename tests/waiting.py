"""Waiting for what happens, so that no test depends on how fast the machine is."""

import asyncio
from collections.abc import Callable
from time import monotonic

HANGS_AFTER = 60.0
"""Seconds after which nothing will happen any more; reached only where something is broken."""


async def until(happened: Callable[[], object], seconds: float = HANGS_AFTER) -> None:
    """Wait until something is so, as soon as it is."""
    give_up = monotonic() + seconds
    while not happened():
        assert monotonic() < give_up, "what was waited for does not happen"
        await asyncio.sleep(0.003)
