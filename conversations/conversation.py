"""The engine: one event in, the conversation to keep and the replies to send out. Pure and deterministic."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from conversations.dates import read_day
from conversations.details import read_detail
from conversations.events import Asked, Attachment, Chose, Event, Language, Quoted, Started, Wrote
from conversations.handbook import Handbook
from conversations.place import HOME, RESTART, Answer, Place, is_valid, replay
from conversations.replies import Choice, Notice, Reply
from conversations.screens import screens
from conversations.steps import STEP_NAMES, STEPS, Kind, StepName
from conversations.typed import chosen, named, visible

LONGEST_TEXT = 1000
"""Characters of a typed text that are looked at; a longer one gets a notice and is not searched."""
LONGEST_HEARD = 80
"""Characters of the buyer's own words that a notice repeats."""
LEADS_AWAY = frozenset({"back", "home", "restart", "continue", "language", "help", "menu", "topic_group", "topic"})
"""What words may mean even where a text for the seller is asked: commands and questions, but no facts."""
MOST_ANSWERS = 100
"""Answers kept. Beyond it the oldest that count no more are dropped; ``back`` then reaches less far."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that is kept of a chat: the language and the answers, oldest first."""

    language: Language = Language.JA
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What one event led to: the conversation to keep, where it stands, and the replies to word and send."""

    conversation: Conversation
    place: Place
    replies: tuple[Reply, ...]
    forgets: bool = False
    """The buyer asked to delete all that is kept of the chat."""


def advance(conversation: Conversation, event: Event, handbook: Handbook, today: date) -> Turn:
    """Apply one event. Whatever a buyer does has a reply; nothing raises, nothing said before is lost."""
    return _Advance(conversation, handbook, today).apply(event)


def look(conversation: Conversation, handbook: Handbook, today: date) -> Turn:
    """Show where the conversation stands, changing nothing."""
    return _Advance(conversation, handbook, today).show()


class _Advance:
    """One turn: what the event does to the answers, and what the buyer then sees."""

    def __init__(self, conversation: Conversation, handbook: Handbook, today: date) -> None:
        self.conversation = conversation
        self.handbook = handbook
        self.today = today
        self.place = replay(conversation.answers, handbook, today)

    def apply(self, event: Event) -> Turn:
        match event:
            case Started(language):
                return self._start(language)
            case Chose(token):
                return self._choose(token)
            case Wrote(text) | Asked(text):
                return self._read(text)
            case Quoted():
                return self._choose("menu:reply")
            case _:
                return self.show(Notice(_UNREADABLE.get(event.attachment, "cannot_read_attachment")))

    # What the buyer sees.

    def show(self, notice: Notice | None = None) -> Turn:
        replies = screens(self.place, self.conversation.language, self.handbook, self.today, notice)
        return Turn(self.conversation, self.place, replies)

    def _offered(self) -> tuple[Choice, ...]:
        return tuple(choice for reply in self.show().replies for choice in reply.choices)

    def _start(self, language: Language | None) -> Turn:
        if language is not None:
            self.conversation = replace(self.conversation, language=language)
        resumed = self.place.step is not StepName.MENU or self.place.reading is not None
        return self.show(Notice("welcome_back") if resumed else None)

    # Buttons.

    def _choose(self, token: str) -> Turn:
        return self._press(token) or self.show(Notice("old_button"))

    def _press(self, token: str) -> Turn | None:
        """Do what a token says; None if it says nothing that holds today."""
        match token.partition(":"):
            case (("back" | "continue" | "home" | "restart" | "forget") as command, "", ""):
                return self._command(command)
            case ("language", ":", code) if code in set(Language):
                self.conversation = replace(self.conversation, language=Language(code))
                return self.show()
            case (step, ":", value) if step in STEP_NAMES:
                answer = Answer(StepName(step), value)
                if is_valid(answer, self.handbook, self.today) and value not in {HOME, RESTART}:
                    return self._answer(answer)
            case _:
                pass
        return None

    def _command(self, command: str) -> Turn:
        match command:
            case "back":
                return self._back()
            case "continue":
                return self._set(_without_readings(self.conversation.answers))
            case "home":
                return self._add(Answer(StepName.MENU, HOME))
            case "forget":
                self._set(())
                return replace(self.show(Notice("forgotten")), forgets=True)
            case _:
                return self._restart()

    def _restart(self) -> Turn:
        """Begin anew; one step back is enough, so what was said before an earlier restart is dropped.

        So is what was typed for a message: that is kept for an open draft only.
        """
        answers = self.conversation.answers
        restart = Answer(StepName.MENU, RESTART)
        if not answers or answers[-1] == restart:
            return self.show()
        earlier = max((age + 1 for age, one in enumerate(answers) if one == restart), default=0)
        kept = (one for one in answers[earlier:] if STEPS[one.step].kind is not Kind.DETAIL)
        return self._set((*kept, restart))

    def _answer(self, answer: Answer) -> Turn | None:
        """Add an answer, wherever the dialog stands: an old button first leads to where it belongs."""
        verdict = self.place.verdict
        if answer.step is StepName.VERDICT and verdict is not None and answer.value not in verdict.ways:
            return None
        if self._in_reach(answer):
            return self._add(answer)
        if answer.step in {StepName.DRAFT, StepName.MONEY}:
            return None
        return self._add(*self._way_to(answer), answer)

    def _in_reach(self, answer: Answer) -> bool:
        """Tell whether the answer counts where the dialog stands now."""
        return (
            STEPS[answer.step].kind is Kind.READING
            or answer.step in {self.place.step, *self.place.route}
            or (STEPS[answer.step].kind is not Kind.SCREEN and StepName.VERDICT in self.place.route)
        )

    def _way_to(self, answer: Answer) -> tuple[Answer, ...]:
        """Return the answers that lead to a step's screen from the menu."""
        group = next((row.id for row in self.handbook.reply_groups if answer.value in row.kinds), "")
        tokens = (token.replace("*", group) for token in STEPS[answer.step].reached_by)
        pairs = (token.split(":") for token in tokens)
        return tuple(Answer(StepName(step), value) for step, value in pairs)

    def _back(self) -> Turn:
        """Undo the newest answer that counts: one that leads nowhere (any more) is no step to undo."""
        before = self.place
        while self.conversation.answers:
            self._set(self.conversation.answers[:-1])
            if self.place != before:
                break
        return self.show()

    def _add(self, *answers: Answer, notice: Notice | None = None) -> Turn:
        """Add answers, unless they lead nowhere else: a double tap is one answer."""
        added = _shortened((*self.conversation.answers, *answers))
        place = replay(added, self.handbook, self.today)
        if place != self.place:
            self.conversation = replace(self.conversation, answers=added)
            self.place = place
        return self.show(notice)

    def _set(self, answers: tuple[Answer, ...]) -> Turn:
        self.conversation = replace(self.conversation, answers=answers)
        self.place = replay(answers, self.handbook, self.today)
        return self.show()

    # Typed words.

    def _read(self, text: str) -> Turn:
        plain = visible(text[:LONGEST_TEXT])
        if not plain:
            return self.show(Notice("empty"))
        kind = STEPS[self.place.step].kind
        token = chosen(plain, self._offered(), self.handbook, numbers=kind is not Kind.DETAIL)
        if token is not None:
            return self._choose(token)
        if len(text) > LONGEST_TEXT:
            return self.show(Notice("too_long", plain[:LONGEST_HEARD]))
        if kind is Kind.DETAIL:
            return self._by_name(plain, LEADS_AWAY) or self._read_detail(plain)
        if kind is Kind.DATE:
            return self._read_date(plain)
        return self._by_name(plain) or self.show(Notice("unclear", plain[:LONGEST_HEARD]))

    def _by_name(self, plain: str, among: frozenset[str] | None = None) -> Turn | None:
        """Do what the words name anywhere in the dialog, if it is among the steps and commands that may be meant."""
        token = named(plain, self.handbook)
        if token is None or (among is not None and token.partition(":")[0] not in among):
            return None
        return self._press(token)

    def _read_date(self, plain: str) -> Turn:
        day = read_day(plain, self.today)
        if day is None:
            return self._by_name(plain) or self.show(Notice("no_date", plain[:LONGEST_HEARD]))
        if day > self.today:
            return self.show(Notice("future_date", plain[:LONGEST_HEARD]))
        return self._add(Answer(self.place.step, day.isoformat()))

    def _read_detail(self, plain: str) -> Turn:
        step = self.place.step
        detail = read_detail(step, plain, self.handbook.glossary)
        if detail.value is None:
            turn = self.show(Notice(f"detail_{detail.problem}", plain[:LONGEST_HEARD]))
            if detail.english is None:
                return turn
            use = Choice(f"{step}:{detail.english}", "use_english")
            first = turn.replies[0]
            heard = Notice("detail_translated", plain[:LONGEST_HEARD], detail.english)
            return replace(turn, replies=(replace(first, notices=(heard,), choices=(use, *first.choices)),))
        notice = Notice("shortened", detail.value) if detail.shortened else None
        return self._add(Answer(step, detail.value), notice=notice)


_UNREADABLE = {Attachment.PHOTO: "cannot_read_photo", Attachment.EDIT: "cannot_read_edit"}
"""The notices for what cannot be read, where there is a special one."""


def _without_readings(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Drop the readings at the end: what was looked at beside the dialog is put away."""
    end = len(answers)
    while end and STEPS[answers[end - 1].step].kind is Kind.READING:
        end -= 1
    return answers[:end]


def _shortened(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """Keep the list bounded: drop the oldest answers that count no more, never one that still does."""
    if len(answers) <= MOST_ANSWERS:
        return tuple(answers)
    newest = {one.step: index for index, one in enumerate(answers)}
    half = len(answers) - MOST_ANSWERS // 2
    return tuple(one for index, one in enumerate(answers) if index >= half or newest[one.step] == index)
