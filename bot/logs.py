"""The log: one event a line, for people or as JSON, with the time in UTC; never a secret, never a buyer's words."""

import logging
from collections.abc import Sequence

import structlog
from structlog.typing import Processor
from typing_extensions import override

SECRET = "[secret]"  # noqa: S105  # what stands where one would
_KNOWN: Sequence[Processor] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.ExtraAdder(),
)
"""What each line tells besides its event: all that was logged as ``extra`` too."""


def write_log(secrets: Sequence[str], *, as_json: bool = False, level: str = "INFO") -> None:
    """Write the log to stderr, each secret left out wherever it would stand."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet(secrets, as_json=as_json))
    logging.basicConfig(level=level, handlers=[handler], force=True)


class Discreet(structlog.stdlib.ProcessorFormatter):
    """Formats a record, traces included, without the secrets."""

    def __init__(self, secrets: Sequence[str], *, as_json: bool = False) -> None:
        """Keep what must never be written."""
        render: Processor = structlog.dev.ConsoleRenderer(colors=False, sort_keys=False)
        if as_json:
            render = structlog.processors.JSONRenderer(ensure_ascii=False)
        tidy: Processor = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        trace: Sequence[Processor] = (structlog.processors.format_exc_info,) if as_json else ()
        super().__init__(foreign_pre_chain=_KNOWN, processors=[tidy, *trace, render])
        self._secrets = secrets

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, SECRET)
        return text
