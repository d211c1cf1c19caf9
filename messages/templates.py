"""The templates of a language, in CommonMark, with what all of them can use: figures, labels, periods and days."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from jinja2 import BytecodeCache, DictLoader, StrictUndefined, Template, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from typing_extensions import override

from conversations import Handbook
from messages.wording import Lexicon, period_words


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs the bot, how they are reached (empty where they do not say), and for how many days they keep a chat."""

    name: str = ""
    contact: str = ""
    days: int = 30


class _Compiled(BytecodeCache):
    """Keeps what was compiled in memory: the languages share the messages to the seller."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], bytes] = {}

    @override
    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._code.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    @override
    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class Templates:
    """The templates by their path below ``messages``; each is compiled when it is first used."""

    def __init__(self, sources: Mapping[str, str], lexicon: Lexicon, handbook: Handbook) -> None:
        """Prepare the templates. ``opened`` may be set, to be told of each that is used."""
        self.opened: Callable[[str], None] | None = None
        self._environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(dict(sources)),
            undefined=StrictUndefined,
            autoescape=False,
            auto_reload=False,
            bytecode_cache=_COMPILED,
        )
        self._environment.filters["period"] = lambda period: period_words(period, lexicon)
        self._environment.filters["day"] = _day
        self._environment.globals.update(
            figures=handbook.figures,
            methods=handbook.method,
            statuses=handbook.statuses,
            label=lambda group, value: lexicon.labels[f"{group}:{value}"],
            certainty=lexicon.certainty,
            operator=Operator(),
        )

    def hosted_by(self, operator: Operator) -> None:
        """Tell from now on who runs the bot."""
        self._environment.globals["operator"] = operator

    def get(self, path: str) -> Template:
        """Return a template by its path below ``messages``."""
        if self.opened is not None:
            self.opened(path)
        return self._environment.get_template(path)

    def block(self, path: str, block: str, values: Mapping[str, object]) -> str:
        """Render one block of a template."""
        template = self.get(path)
        try:
            return "".join(template.blocks[block](template.new_context(dict(values)))).strip()
        except Exception:  # noqa: BLE001  # whatever it is, it is raised anew
            self._environment.handle_exception()  # raises it anew, with the template's own lines

    def has_block(self, path: str, block: str) -> bool:
        """Tell whether a template has a block."""
        return block in self.get(path).blocks


@pass_context
def _day(context: Context, day: date) -> str:
    words: str = context["say_day"](day)
    return words
