"""Words a reply: the one place where ids become sentences, in the buyer's language, from the templates.

Templates write CommonMark. What a buyer typed reaches them only as a value, never as template source, and
shows as a code span, so that it can neither format nor address anything on any platform.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from conversations import Handbook, Language, Notice, Order, Reply, Role
from conversations.policy.rows import AnsweredBy
from messages.wording import Lexicon, in_code, period_words, say_day

LONGEST_DRAFT = {"form": 100, "chat": 350}
"""Characters: the box on AliExpress's form, and a chat message that is still read."""
_DROPPED = (("item",), ("item", "ordered", "wanted"), ("item", "ordered", "wanted", "order_number"))
"""What is left out, step by step, of a message to the seller that is too long."""


HOLD = "debit_hold"
"""The caution that takes the place of a method's usual days: they do not hold while a payment is verified."""


@dataclass(frozen=True, slots=True)
class Button:
    """A choice with its label in the buyer's language (20 characters at most)."""

    token: str
    label: str
    role: Role = Role.ANSWER


@dataclass(frozen=True, slots=True)
class Draft:
    """A message for the buyer to send: the English, to be copied whole, and what it means."""

    id: str
    send: str
    meaning: str


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Message:
    """One message to show: CommonMark text, buttons, a draft, and the numbers of the facts that it states.

    ``days`` are the days that the text names, by the words for them, for platforms that show days in their own way.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    draft: Draft | None = None
    cites: tuple[str, ...] = ()
    days: tuple[tuple[str, date], ...] = ()


class Catalog:
    """All words of the product. ``templates`` maps a path below ``messages`` to its source."""

    def __init__(self, templates: Mapping[str, str], lexicons: Mapping[Language, Lexicon], handbook: Handbook) -> None:
        """Prepare the templates; each is compiled when it is first used."""
        self.handbook = handbook
        self.lexicons = lexicons
        self._environments = {language: self._environment(templates, language) for language in Language}
        self._cached = lru_cache(maxsize=4096)(self._word)

    def message(self, reply: Reply, language: Language) -> Message:
        """Word one reply: its notices, and below them its screen.

        Screens are cached, but for those with words of the buyer: they are not kept in memory for others.
        """
        bare = replace(reply, notices=()) if reply.notices else reply
        screen = (
            self._word(bare, language) if reply.order.tells_any(self.handbook.details) else self._cached(bare, language)
        )
        if not reply.notices:
            return screen
        lines = [self._notice(notice, language) for notice in reply.notices]
        return replace(screen, text="\n\n".join((*lines, screen.text)))

    def label(self, name: str, language: Language) -> str:
        """Return a button's label by its name."""
        return self.lexicons[language].labels[name]

    def template(self, path: str, language: Language) -> Template:
        """Return a template by its path below ``messages``."""
        return self._environments[language].get_template(path)

    def _environment(self, templates: Mapping[str, str], language: Language) -> ImmutableSandboxedEnvironment:
        environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(dict(templates)), undefined=StrictUndefined, autoescape=False, auto_reload=False
        )
        lexicon = self.lexicons[language]
        environment.filters["period"] = lambda period: period_words(period, lexicon)
        environment.filters["day"] = _day
        environment.globals.update(
            figures=self.handbook.figures,
            methods=self.handbook.method,
            statuses=self.handbook.statuses,
            label=lambda group, value: lexicon.labels[f"{group}:{value}"],
            certainty=lexicon.certainty,
        )
        return environment

    def _notice(self, notice: Notice, language: Language) -> str:
        template = self.template(f"{language}/notices/{notice.name}.j2", language)
        facts = [self._fact(*fact, language) for fact in notice.facts]
        return template.render(heard=in_code(notice.heard), english=in_code(notice.english), facts=facts).strip()

    def _fact(self, name: str, value: str, language: Language) -> str:
        """Return a fact as it was understood: the label of its value, or the day that it names."""
        fact = self.handbook.fact[name]
        if fact.answered_by is AnsweredBy.DAY:
            day = date.fromisoformat(value)
            return f"{self.label(f'change:{name}', language)} {say_day(day, language, day)}"
        label = self.label(f"{name}:{value}", language)
        return f"{self.label(f'change:{name}', language)}: {label}" if fact.bare else label

    def _word(self, reply: Reply, language: Language) -> Message:
        page = _Page(self, reply, language)
        draft = page.draft() if reply.draft is not None else None
        text = page.text()
        buttons = tuple(Button(one.token, self.label(one.label, language), one.role) for one in reply.choices)
        return Message(text, buttons, draft, tuple(sorted(page.cites, key=_fact_order)), tuple(page.days.items()))


class _Page:
    """One reply being worded: its templates' context, and the facts cited on the way."""

    def __init__(self, catalog: Catalog, reply: Reply, language: Language) -> None:
        self.catalog = catalog
        self.reply = reply
        self.language = language
        self.cites: set[str] = set()
        self.left_out: list[str] = []
        self.days: dict[str, date] = {}
        verdict = reply.verdict
        if verdict is not None:
            self.cites.update(verdict.cites)
        window = verdict.window if verdict is not None else None
        self.context: dict[str, Any] = {
            "cite": self._cite,
            "say_day": self._say_day,
            "order": _order_values(reply.order, catalog.handbook),
            "today": reply.today,
            "subject": reply.subject,
            "explained": reply.explained,
            "verdict": verdict,
            "window": window,
            **self._reason(),
        }

    def text(self) -> str:
        """Return the text of the screen."""
        return tidy(_SCREENS.get(self.reply.screen, _Page._dialog)(self))

    def draft(self) -> Draft:
        """Return the message to the seller, with as many of the details as its length allows.

        That it fits without any is a matter of the text, and ``check`` sees to it.
        """
        path = f"seller/{self.reply.draft}.j2"
        kind = "form" if self.reply.form else "chat"
        whole, values = self._filled(path, kind, ())
        send = whole
        shorter = iter(_DROPPED)
        while len(send) > LONGEST_DRAFT[kind] and (dropped := next(shorter, None)):
            send, values = self._filled(path, kind, dropped)
            given = {detail: self.reply.order.fact(detail) for detail in dropped}
            self.left_out = [f"change:{detail}" for detail, value in given.items() if value and value in whole]
        meaning = {"chat": "ja", "form": "form_ja"}[kind] if self.language is Language.JA else "en"
        meant = sentences(self.block(path, meaning, **values))
        return Draft(f"{self.reply.draft}_form" if self.reply.form else str(self.reply.draft), send, meant)

    def _filled(self, path: str, kind: str, dropped: tuple[str, ...]) -> tuple[str, dict[str, object]]:
        """Return a message to the seller without some details, and the values that it was filled with."""
        order = self.reply.order
        details = {name: order.fact(name) or "" for name in self.catalog.handbook.details}
        values = {**details, **dict.fromkeys(dropped, ""), "part": order.is_part}
        return sentences(self.block(path, kind, **values)), values

    def block(self, path: str, block: str, **values: object) -> str:
        """Render one block of a template."""
        template = self.catalog.template(path, self.language)
        context = template.new_context({**self.context, **values})
        return "".join(template.blocks[block](context)).strip()

    def _render(self, path: str, **values: object) -> str:
        return self.catalog.template(path, self.language).render({**self.context, **values}).strip()

    def _cite(self, *facts: str) -> str:
        """Note the facts that a sentence rests on; prints nothing."""
        self.cites.update(facts)
        return ""

    def _say_day(self, day: date) -> str:
        """Return a day in words, and note that the text names it."""
        words = say_day(day, self.language, self.reply.today)
        self.days[words] = day
        return words

    def _reason(self) -> dict[str, Any]:
        reason = self.catalog.handbook.reason.get(self.reply.order.reason or "")
        if reason is None:
            return {"form_choice": None, "also_seen": ()}
        return {
            "form_choice": self.catalog.handbook.form_choice[reason.form_choice],
            "also_seen": reason.also_seen,
        }

    # The screens that are put together from several templates.

    def _dialog(self) -> str:
        return self._render(f"{self.language}/dialog/{self.reply.screen}.j2")

    def _topic(self) -> str:
        return self.block(f"{self.language}/topics/{self.reply.subject}.j2", "answer")

    def _theme(self) -> str:
        return self.block(f"{self.language}/themes/{self.reply.subject}.j2", "answer")

    def _steps(self) -> str:
        return self._render(f"{self.language}/steps/{self.reply.subject}.j2")

    def _verdict(self) -> str:
        path = f"{self.language}/verdicts/{self.reply.subject}.j2"
        parts = {name: self.block(path, name) for name in ("headline", "why", "steps", "money")}
        cautions = self._cautions(self.reply.cautions)
        return self._render(f"{self.language}/dialog/verdict.j2", **parts, cautions=cautions)

    def _other_cautions(self) -> str:
        return self._render(f"{self.language}/dialog/cautions.j2", cautions=self._cautions(self.reply.cautions))

    def _money(self) -> str:
        path = f"{self.language}/money/{self.reply.order.payment}.j2"
        parts = {name: self.block(path, name) for name in ("how_long", "where", "worry")}
        held = self.reply.verdict is not None and HOLD in self.reply.verdict.cautions
        parts["hold"] = "".join(self._cautions([HOLD] if held else []))
        return self._render(f"{self.language}/dialog/money.j2", **parts)

    def _seller_reply(self) -> str:
        path = f"{self.language}/replies/{self.reply.subject}.j2"
        parts = {name: self.block(path, name) for name in ("title", "sample", "meaning", "advice", "trap")}
        return self._render(f"{self.language}/dialog/reply.j2", **parts)

    def _draft_frame(self) -> str:
        path = f"seller/{self.reply.draft}.j2"
        when = self.block(path, f"when_{self.language}", part=self.reply.order.is_part)
        paired = "form" in self.catalog.template(path, self.language).blocks
        left_out = [self.catalog.label(name, self.language) for name in self.left_out]
        values = {"when": when, "form": self.reply.form, "paired": paired, "left_out": left_out}
        return self._render(f"{self.language}/dialog/draft.j2", **values)

    def _cautions(self, names: Iterable[str]) -> list[str]:
        return [self.block(f"{self.language}/cautions.j2", name) for name in names]


_SCREENS: Mapping[str, Callable[[_Page], str]] = {
    "topic": _Page._topic,  # noqa: SLF001  # the table of the class above
    "theme": _Page._theme,  # noqa: SLF001
    "steps": _Page._steps,  # noqa: SLF001
    "verdict": _Page._verdict,  # noqa: SLF001
    "cautions": _Page._other_cautions,  # noqa: SLF001
    "money": _Page._money,  # noqa: SLF001
    "reply": _Page._seller_reply,  # noqa: SLF001
    "draft": _Page._draft_frame,  # noqa: SLF001
}


@pass_context
def _day(context: Context, day: date) -> str:
    words: str = context["say_day"](day)
    return words


def _order_values(order: Order, handbook: Handbook) -> SimpleNamespace:
    """Return the order as templates read it: days as dates, typed details as code spans."""
    values: dict[str, object] = {}
    for fact in handbook.order_facts:
        value = order.fact(fact.id)
        match fact.answered_by:
            case AnsweredBy.DAY:
                values[fact.id] = order.day(fact.id)
            case AnsweredBy.WORDS if value:
                values[fact.id] = in_code(value)
            case _:
                values[fact.id] = value
    return SimpleNamespace(**values)


def _fact_order(fact: str) -> tuple[str, int]:
    return fact[0], int(fact[1:])


def sentences(text: str) -> str:
    """Return a block's lines without indents and blank lines: one sentence a line."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


_GAP = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_LIST_GAP = re.compile(r"(?m)^((?:\d+\.|-) .*)\n\n+(?=(?:\d+\.|-) )")
_NUMBER = re.compile(r"(?m)^\d+(?=\. )")


def tidy(text: str) -> str:
    """Close the gaps that conditions leave in a text, and number its steps anew from one, list by list."""
    text = _GAP.sub("\n\n", text)
    text = _LIST_GAP.sub(r"\1\n", text)
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    numbered, count = [], 0
    for line in text.splitlines():
        if _NUMBER.match(line):
            count += 1
            numbered.append(_NUMBER.sub(str(count), line))
        else:
            count = 0 if line and not line.startswith((" ", "-")) else count
            numbered.append(line)
    return "\n".join(numbered)
