"""What the operator sees at a glance: how much is said, how fast, how it ends, and what goes wrong.

Numbers only: never a buyer's words, and never whose they are.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from time import perf_counter
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from adapters import Response
from adapters.platform import Host
from bot.content import Content
from bot.keeping.store import Store
from bot.support import Support
from conversations import Event

KIND = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
UNANSWERED = frozenset({"unclear", "not_asked", "reply_unclear", "theme", "did_you_mean"})
"""The notices and screens that say that words were not understood, or that they concern something else."""


class Metrics:
    """Counts turns."""

    def __init__(self, hosts: Mapping[str, Host]) -> None:
        """Begin at zero. The platforms count their own troubles."""
        self._registry = CollectorRegistry()
        self._turns = Counter("torikeshi_turns", "What buyers did, by platform", ["platform"], registry=self._registry)
        self._seconds = Histogram(
            "torikeshi_turn_seconds",
            "How long one took, without sending",
            ["platform"],
            registry=self._registry,
            buckets=SECONDS,
        )
        self._outcomes = Counter(
            "torikeshi_outcomes", "Verdicts that were reached", ["outcome"], registry=self._registry
        )
        self._unanswered = Counter(
            "torikeshi_unanswered", "Words that were not understood", ["platform"], registry=self._registry
        )

        self._registry.register(_Platforms(hosts))

    def count(self, platform: str, response: Response, seconds: float) -> None:
        """Count a turn and what it led to."""
        replies, verdict = response.turn.replies, response.turn.place.verdict
        self._turns.labels(platform).inc()
        self._seconds.labels(platform).observe(seconds)
        said = {name for reply in replies for name in (reply.screen, *(notice.name for notice in reply.notices))}
        if said & UNANSWERED:
            self._unanswered.labels(platform).inc()
        if verdict is not None and any(reply.screen == "verdict" for reply in replies):
            self._outcomes.labels(verdict.outcome).inc()

    def numbers(self) -> bytes:
        """Return all numbers in the form that Prometheus reads."""
        return generate_latest(self._registry)


class Metered(Support):
    """The product's front door, with every turn counted."""

    def __init__(self, content: Content, store: Store, today: Callable[[], date], metrics: Metrics) -> None:
        """Keep what every answer needs."""
        super().__init__(content, store, today)
        self._metrics = metrics

    @override
    async def respond(self, chat: str, event: Event, **more: Any) -> Response:
        began = perf_counter()
        response = await super().respond(chat, event, **more)
        self._metrics.count(chat.partition(":")[0], response, perf_counter() - began)
        return response


class _Platforms(Collector):
    def __init__(self, hosts: Mapping[str, Host]) -> None:
        self._hosts = hosts

    @override
    def collect(self) -> Iterable[Metric]:
        troubles = CounterMetricFamily("torikeshi_platform_troubles", "What went wrong", labels=["platform", "kind"])
        queued = GaugeMetricFamily("torikeshi_under_way", "What is being answered now", labels=["platform"])
        ready = GaugeMetricFamily("torikeshi_platform_ready", "Whether it is connected", labels=["platform"])
        for name, host in self._hosts.items():
            for kind, times in host.inbox.counts.items():
                troubles.add_metric([name, kind], times)
            queued.add_metric([name], len(host.inbox))
            ready.add_metric([name], float(host.ready))
        return troubles, queued, ready
