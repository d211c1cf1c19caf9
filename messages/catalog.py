"""Words a reply: the one place where ids become sentences, in the buyer's language.

What a buyer typed reaches a template only as a value, never as source, and shows as a code span, so that it can
neither format nor address anything on any platform.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache

from conversations import Handbook, Language, Notice, Reply
from conversations.policy.rows import AnsweredBy
from messages.message import Button, Message
from messages.page import Page
from messages.templates import Operator, Templates
from messages.wording import Lexicon, in_code, say_day


class Catalog:
    """All words of the product. ``templates`` maps a path below ``messages`` to its source."""

    def __init__(self, templates: Mapping[str, str], lexicons: Mapping[Language, Lexicon], handbook: Handbook) -> None:
        """Prepare the templates; each is compiled when it is first used."""
        self.handbook = handbook
        self.lexicons = lexicons
        self.templates = {language: Templates(templates, lexicons[language], handbook) for language in Language}
        self._cached = lru_cache(maxsize=4096)(self._word)

    def hosted_by(self, operator: Operator) -> None:
        """Tell from now on who runs the bot."""
        for templates in self.templates.values():
            templates.hosted_by(operator)
        self._cached.cache_clear()

    def message(self, reply: Reply, language: Language) -> Message:
        """Word one reply: its notices, and below them its screen.

        Screens are cached, but for those with words of the buyer: they are not kept in memory for others.
        """
        bare = replace(reply, notices=()) if reply.notices else reply
        word = self._word if reply.order.tells_any(self.handbook.details) else self._cached
        screen = word(bare, language)
        if not reply.notices:
            return screen
        lines = [self._notice(notice, language) for notice in reply.notices]
        return replace(screen, text="\n\n".join((*lines, screen.text)))

    def label(self, name: str, language: Language) -> str:
        """Return a button's label by its name."""
        return self.lexicons[language].labels[name]

    def _notice(self, notice: Notice, language: Language) -> str:
        template = self.templates[language].get(f"{language}/notices/{notice.name}.j2")
        facts = [self._fact(*fact, language) for fact in notice.facts]
        return template.render(heard=in_code(notice.heard), english=in_code(notice.english), facts=facts).strip()

    def _fact(self, name: str, value: str, language: Language) -> str:
        """Return a fact as it was understood: the label of its value, or the day that it names."""
        fact = self.handbook.fact[name]
        if fact.answered_by is AnsweredBy.DAY:
            day = date.fromisoformat(value)
            return f"{self.label(f'change:{name}', language)} {say_day(day, self.lexicons[language], day)}"
        label = self.label(f"{name}:{value}", language)
        return f"{self.label(f'change:{name}', language)}: {label}" if fact.bare else label

    def _word(self, reply: Reply, language: Language) -> Message:
        page = Page(reply, self.templates[language], self.lexicons[language], self.handbook)
        draft = page.draft() if reply.draft is not None else None
        text = page.text()
        buttons = tuple(Button(one.token, self.label(one.label, language), one.role) for one in reply.choices)
        return Message(text, buttons, draft, tuple(sorted(page.cites, key=_fact_order)), tuple(page.days.items()))


def _fact_order(fact: str) -> tuple[str, int]:
    return fact[0], int(fact[1:])
