"""The engine: what buttons and commands do to the answers, and what is then seen. Pure and deterministic."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from conversations.dialog.replay import HOME, RESTART, Answer, Place, is_valid, replay
from conversations.dialog.replies import Choice, Notice, Reply
from conversations.dialog.screens import other_languages, screens
from conversations.dialog.steps import STEP_NAMES, STEPS, Kind, StepName
from conversations.events import Language
from conversations.policy.handbook import Handbook

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

    @property
    def languages(self) -> tuple[Choice, ...]:
        """The choices that go on in another language and are on none of the replies."""
        offered = {choice.token for reply in self.replies for choice in reply.choices}
        return tuple(one for one in other_languages(self.conversation.language) if one.token not in offered)


class Dialog:
    """One turn: what a button does to the answers, and what the buyer then sees."""

    def __init__(self, conversation: Conversation, handbook: Handbook, today: date) -> None:
        """Stand where the answers lead today."""
        self.conversation = conversation
        self.handbook = handbook
        self.today = today
        self.place = replay(conversation.answers, handbook, today)

    # What the buyer sees.

    def show(self, notice: Notice | None = None) -> Turn:
        """Return what the buyer sees at the place, below a notice if there is one."""
        replies = screens(self.place, self.conversation.language, self.handbook, self.today, notice)
        return Turn(self.conversation, self.place, replies)

    def offered(self) -> tuple[Choice, ...]:
        """Return all choices that are on the screen."""
        return tuple(choice for reply in self.show().replies for choice in reply.choices)

    def start(self, language: Language | None) -> Turn:
        """Open the conversation, for the first time or again."""
        if language is not None:
            self.conversation = replace(self.conversation, language=language)
        resumed = self.place.step is not StepName.MENU or self.place.reading is not None
        return self.show(Notice("welcome_back") if resumed else None)

    # Buttons.

    def choose(self, token: str) -> Turn:
        """Do what a button means; one that means nothing today leads to the current screen."""
        return self.press(token) or self.show(Notice("old_button"))

    def press(self, token: str) -> Turn | None:
        """Do what a token says; None if it says nothing that holds today."""
        match token.partition(":"):
            case (("back" | "undo" | "continue" | "home" | "restart" | "forget") as command, "", ""):
                return self._command(command)
            case (("helped" | "not_asked" | "none_of_these") as word, "", ""):
                return self._feedback(word)
            case ("undo", ":", value):
                return self._undo(value)
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
            case "back" | "undo":  # typed, so without the button that knows how much to take back
                return self._back()
            case "continue":
                return self.set(_without_readings(self.conversation.answers))
            case "home":
                return self.add(Answer(StepName.MENU, HOME))
            case "forget":
                self.set(())
                return replace(self.show(Notice("forgotten")), forgets=True)
            case _:
                return self._restart()

    def _feedback(self, word: str) -> Turn:
        """Put the answer away that was looked at; who did not find theirs is led to all questions."""
        self.set(_without_readings(self.conversation.answers))
        turn = self.show(Notice(word))
        questions = Choice("menu:questions", "menu:questions")
        first = turn.replies[0]
        if word == "helped" or questions in first.choices:
            return turn
        return replace(turn, replies=(replace(first, choices=(questions, *first.choices)), *turn.replies[1:]))

    def _undo(self, value: str) -> Turn | None:
        """Take back what the newest words were understood as, if nothing was said since."""
        kept, _, total = value.partition("-")
        if not (kept.isdecimal() and total == str(len(self.conversation.answers)) and int(kept) < int(total)):
            return None
        self.set(self.conversation.answers[: int(kept)])
        return self.show(Notice("undone"))

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
        return self.set((*kept, restart))

    def _answer(self, answer: Answer) -> Turn | None:
        """Add an answer, wherever the dialog stands: an old button first leads to where it belongs."""
        verdict = self.place.verdict
        if answer.step is StepName.VERDICT and verdict is not None and answer.value not in verdict.ways:
            return None
        if self._in_reach(answer):
            return self.add(answer)
        if answer.step in {StepName.DRAFT, StepName.MONEY}:
            return None
        return self.add(*self.way_to(answer), answer)

    def _in_reach(self, answer: Answer) -> bool:
        """Tell whether the answer counts where the dialog stands now."""
        return (
            STEPS[answer.step].kind is Kind.READING
            or answer.step in {self.place.step, *self.place.route}
            or (STEPS[answer.step].kind is not Kind.SCREEN and StepName.VERDICT in self.place.route)
        )

    def way_to(self, answer: Answer) -> tuple[Answer, ...]:
        """Return the answers that lead to a step's screen from the menu."""
        group = next((row.id for row in self.handbook.reply_groups if answer.value in row.kinds), "")
        tokens = (token.replace("*", group) for token in STEPS[answer.step].reached_by)
        pairs = (token.split(":") for token in tokens)
        return tuple(Answer(StepName(step), value) for step, value in pairs)

    def _back(self) -> Turn:
        """Undo the newest answer that counts: one that leads nowhere (any more) is no step to undo."""
        before = self.place
        while self.conversation.answers:
            self.set(self.conversation.answers[:-1])
            if self.place != before:
                break
        return self.show()

    def add(self, *answers: Answer, notice: Notice | None = None) -> Turn:
        """Add answers, unless they lead nowhere else: a double tap is one answer."""
        added = _shortened((*self.conversation.answers, *answers))
        place = replay(added, self.handbook, self.today)
        if place != self.place:
            self.conversation = replace(self.conversation, answers=added)
            self.place = place
        return self.show(notice)

    def set(self, answers: tuple[Answer, ...]) -> Turn:
        """Let the conversation consist of these answers."""
        self.conversation = replace(self.conversation, answers=answers)
        self.place = replay(answers, self.handbook, self.today)
        return self.show()


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
