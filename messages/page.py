"""Puts one page together: the screen's templates, the message to the seller, and what was cited on the way."""

from calendar import month_name
from collections.abc import Iterable
from datetime import date
from types import SimpleNamespace
from typing import Any

from conversations import Handbook, Order, Reply
from conversations.policy.rows import AnsweredBy
from messages.message import Draft
from messages.templates import Templates
from messages.wording import Lexicon, in_code, say_day, sentences, tidy

LONGEST_DRAFT = {"form": 100, "chat": 350}
"""Characters: the box on AliExpress's form, and a chat message that is still read."""
_DROPPED = (("item",), ("item", "ordered", "wanted"), ("item", "ordered", "wanted", "order_number", "own_reason"))
"""What is left out, step by step, of a message to the seller that is too long."""
HOLD = "debit_hold"
"""The caution that takes the place of a method's usual days: they do not hold while a payment is verified."""


class Page:
    """One reply being worded: its templates' context, and the facts cited and the days named on the way."""

    def __init__(self, reply: Reply, templates: Templates, lexicon: Lexicon, handbook: Handbook) -> None:
        """Begin an empty page."""
        self.reply = reply
        self.templates = templates
        self.lexicon = lexicon
        self.handbook = handbook
        self.language = lexicon.language
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
            "order": _order_values(reply.order, handbook),
            "today": reply.today,
            "subject": reply.subject,
            "explained": reply.explained,
            "again": reply.again,
            "assumed": reply.assumed,
            "stage": reply.stage,
            "stage_open": reply.stage_open,
            "number": reply.number,
            "early": reply.stage in {None, "before_shipping"},
            "verdict": verdict,
            "window": window,
            **self._reason(),
        }

    def text(self) -> str:
        """Return the text of the screen."""
        return tidy(self._screen())

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
        own = f"form_{self.language}" if self.reply.form else str(self.language)
        meaning = own if self.templates.has_block(path, own) else str(self.language)
        meant = sentences(self.block(path, meaning, **values))
        return Draft(f"{self.reply.draft}_form" if self.reply.form else str(self.reply.draft), send, meant)

    def _filled(self, path: str, kind: str, dropped: tuple[str, ...]) -> tuple[str, dict[str, object]]:
        """Return a message to the seller without some details, and the values that it was filled with."""
        order = self.reply.order
        details = {name: order.fact(name) or "" for name in self.handbook.details}
        values = {**details, **dict.fromkeys(dropped, ""), "part": order.is_part, "asked_on": english_day(order)}
        return sentences(self.block(path, kind, **values)), values

    def block(self, path: str, block: str, **values: object) -> str:
        """Render one block of a template."""
        return self.templates.block(path, block, {**self.context, **values})

    def _render(self, path: str, **values: object) -> str:
        return self.templates.get(path).render({**self.context, **values}).strip()

    def _cite(self, *facts: str) -> str:
        """Note the facts that a sentence rests on; prints nothing."""
        self.cites.update(facts)
        return ""

    def _say_day(self, day: date) -> str:
        """Return a day in words, and note that the text names it."""
        words = say_day(day, self.lexicon, self.reply.today)
        self.days[words] = day
        return words

    def _reason(self) -> dict[str, Any]:
        reason = self.handbook.reason.get(self.reply.order.reason or "")
        if reason is None:
            return {"form_choice": None, "also_seen": ()}
        return {
            "form_choice": self.handbook.form_choice[reason.form_choice],
            "also_seen": reason.also_seen,
        }

    def _screen(self) -> str:
        put_together = {
            "topic": self._answer,
            "theme": self._answer,
            "steps": self._steps,
            "verdict": self._verdict,
            "cautions": self._other_cautions,
            "money": self._money,
            "reply": self._seller_reply,
            "draft": self._draft_frame,
        }
        return put_together.get(self.reply.screen, self._dialog)()

    def _dialog(self) -> str:
        return self._render(f"{self.language}/dialog/{self.reply.screen}.j2")

    def _answer(self) -> str:
        return self.block(f"{self.language}/{self.reply.screen}s/{self.reply.subject}.j2", "answer")

    def _steps(self) -> str:
        return self._render(f"{self.language}/steps/{self.reply.subject}.j2")

    # The screens that are put together from several templates.

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
        parts = {name: self.block(path, name) for name in ("title", "sample", "meaning")}
        parts["trap"] = self.block(path, "trap") if self._is_trap() else ""
        return self._render(
            f"{self.language}/dialog/reply.j2", **parts, advice=self._advice(path), pasted=self.reply.pasted
        )

    def _is_trap(self) -> bool:
        """Tell whether a seller's message could cost the buyer at this stage of the order."""
        kind = self.handbook.reply_kind[str(self.reply.subject)]
        return self.reply.stage not in kind.at or (kind.unsafe and bool(self.reply.drafts))

    def _advice(self, path: str) -> str:
        """Return what to do about a seller's message: at this stage, if the kind says other things there."""
        kind, stage = self.handbook.reply_kind[str(self.reply.subject)], self.reply.stage
        if stage not in kind.at:
            return self.block(path, "advice")
        if self.templates.has_block(path, f"advice_{stage}"):
            return self.block(path, f"advice_{stage}")
        answer = "answer" if self.reply.drafts else "no_answer"
        return self.block(f"{self.language}/stages.j2", f"{stage}_{answer}")

    def _draft_frame(self) -> str:
        path = f"seller/{self.reply.draft}.j2"
        when = self.block(path, f"when_{self.language}", part=self.reply.order.is_part)
        paired = self.templates.has_block(path, "form")
        left_out = [self.lexicon.labels[name] for name in self.left_out]
        values = {"when": when, "form": self.reply.form, "paired": paired, "left_out": left_out}
        return self._render(f"{self.language}/dialog/draft.j2", **values)

    def _cautions(self, names: Iterable[str]) -> list[str]:
        return [self.block(f"{self.language}/cautions.j2", name) for name in names]


def english_day(order: Order) -> str:
    """Return the day of the buyer's request as a seller reads it ("November 20"); nothing where it is not known."""
    day = order.day("requested_on")
    return "" if day is None else f"{month_name[day.month]} {day.day}"


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
