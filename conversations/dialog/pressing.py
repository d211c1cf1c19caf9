"""The engine: what buttons and commands do to the answers, and what is then seen. Pure and deterministic."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from conversations.dialog.answers import Answer, answer_of, is_valid, way_to
from conversations.dialog.conversation import Conversation, Turn
from conversations.dialog.replay import Place, replay
from conversations.dialog.replies import FORGET, Choice, Notice, Reply
from conversations.dialog.screens import screens
from conversations.dialog.steps import HOME, READINGS, RESTART, SCREENS, STEPS, StepName
from conversations.events import Language
from conversations.policy.eligibility import examine
from conversations.policy.handbook import Handbook
from conversations.policy.rows import Part

MOST_ANSWERS = 100
"""Answers kept. Beyond it the oldest that count no more are dropped; ``back`` then reaches less far."""


class Dialog:
    """One turn: what a button does to the answers, and what the buyer then sees."""

    def __init__(self, conversation: Conversation, handbook: Handbook, today: date, place: Place | None = None) -> None:
        """Stand where the answers lead today: at ``place``, if that is known."""
        self.conversation = conversation
        self.handbook = handbook
        self.today = today
        self.place = place or replay(conversation.answers, handbook, today)
        self._drawn: tuple[Place, Language, tuple[Reply, ...]] | None = None

    # What the buyer sees.

    def show(self, notice: Notice | None = None) -> Turn:
        """Return what the buyer sees at the place, below a notice if there is one."""
        first, *others = self._screens()
        first = first if notice is None else replace(first, notices=(notice,))
        return Turn(self.conversation, self.place, (first, *others))

    def _screens(self) -> tuple[Reply, ...]:
        """Return the screens at the place, each drawn once a turn."""
        place, language = self.place, self.conversation.language
        if self._drawn is None or self._drawn[0] is not place or self._drawn[1] is not language:
            self._drawn = (place, language, screens(place, language, self.handbook, self.today))
        return self._drawn[2]

    def offered(self) -> tuple[Choice, ...]:
        """Return all choices that are on the screen."""
        return tuple(choice for reply in self._screens() for choice in reply.choices)

    def start(self, language: Language | None) -> Turn:
        """Open the conversation, for the first time or again."""
        if language is not None:
            self.conversation = replace(self.conversation, language=language)
        resumed = self.place.step != StepName.MENU or self.place.reading is not None
        return self.show(Notice("welcome_back") if resumed else None)

    # Buttons.

    def choose(self, token: str) -> Turn:
        """Do what a button means; one that means nothing today leads to the current screen."""
        return self.press(token) or self.show(Notice("old_button"))

    def press(self, token: str) -> Turn | None:
        """Do what a token says; None if it says nothing that holds today."""
        if len(token) > LONGEST_TOKEN:
            return None
        command, colon, value = token.partition(":")
        if not colon:
            return COMMANDS[command](self) if command in COMMANDS else None
        if command in WITH_VALUE:
            return WITH_VALUE[command](self, value)
        answer = answer_of(token)
        is_command = command == StepName.MENU and value in STEPS[command].beside
        return None if is_command or not is_valid(answer, self.handbook, self.today) else self._answer(answer)

    def go_on(self) -> Turn:
        """Put away what was looked at beside the dialog."""
        return self.set(_without_readings(self.conversation.answers))

    def home(self) -> Turn:
        """Look at the menu; everything said stays known."""
        return self.add(Answer(StepName.MENU, HOME))

    def forget(self) -> Turn:
        """Delete all that is kept of the chat."""
        self.set(())
        return replace(self.show(Notice("forgotten")), forgets=True)

    def speak(self, code: str) -> Turn | None:
        """Go on in a language; None for one that we do not know."""
        if code not in set(Language):
            return None
        self.conversation = replace(self.conversation, language=Language(code), chosen=True)
        return self.show()

    def give_feedback(self, word: str) -> Turn:
        """Put the answer away that was looked at; who did not find theirs is led to all questions."""
        self.set(_without_readings(self.conversation.answers))
        turn = self.show(Notice(word))
        questions = Choice("menu:questions", "menu:questions")
        first = turn.replies[0]
        if word == "helped" or questions in first.choices:
            return turn
        return replace(turn, replies=(replace(first, choices=(questions, *first.choices)), *turn.replies[1:]))

    def undo(self, value: str) -> Turn | None:
        """Take back what the newest words were understood as, if nothing was said since."""
        kept, _, total = value.partition("-")
        if not (kept.isdecimal() and total == str(len(self.conversation.answers)) and int(kept) < int(total)):
            return None
        self.set(self.conversation.answers[: int(kept)])
        return self.show(Notice("undone"))

    def restart(self) -> Turn:
        """Begin anew; one step back is enough, so what was said before an earlier restart is dropped.

        So is what was typed for a message: that is kept for an open draft only.
        """
        answers = self.conversation.answers
        restart = Answer(StepName.MENU, RESTART)
        if not answers or answers[-1] == restart:
            return self.show()
        earlier = max((age + 1 for age, one in enumerate(answers) if one == restart), default=0)
        kept = (one for one in answers[earlier:] if one.step in STEPS or one.step in self.handbook.shown)
        return self.set((*kept, restart))

    def _answer(self, answer: Answer) -> Turn | None:
        """Add an answer, wherever the dialog stands: an old button first leads to where it belongs."""
        verdict = self.place.verdict
        if answer.step == StepName.VERDICT and verdict is not None and answer.value not in verdict.ways:
            return None
        if self._in_reach(answer):
            return self.add(answer)
        way = way_to(answer, self.handbook)
        return None if answer.step in SCREENS and not way else self.add(*way, answer)

    def _in_reach(self, answer: Answer) -> bool:
        """Tell whether the answer counts where the dialog stands now."""
        fact = self.handbook.fact.get(answer.step)
        return (
            answer.step in READINGS
            or answer.step in {self.place.step, *self.place.route}
            or (fact is not None and fact.part is not Part.CHANGE and StepName.VERDICT in self.place.route)
            or (answer.step == "status" and bool(self.place.reply_kinds))
        )

    def back(self) -> Turn:
        """Undo the newest answer that counts: one that leads nowhere (any more) is no step to undo."""
        before = _seen(self._screens(), self.handbook, self.today)
        while self.conversation.answers:
            self.set(self.conversation.answers[:-1])
            if _seen(self._screens(), self.handbook, self.today) != before:
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


LONGEST_TOKEN = 200
"""Letters of a token: no button of ours carries so many, and whatever is accepted is kept."""
COMMANDS: Mapping[str, Callable[[Dialog], Turn]] = {
    "back": Dialog.back,
    "undo": Dialog.back,  # typed, so without the button that knows how much to take back
    "continue": Dialog.go_on,
    "home": Dialog.home,
    "restart": Dialog.restart,
    FORGET: Dialog.forget,
    "helped": lambda dialog: dialog.give_feedback("helped"),
    "not_asked": lambda dialog: dialog.give_feedback("not_asked"),
    "none_of_these": lambda dialog: dialog.give_feedback("none_of_these"),
}
"""What the tokens without a value do: they answer no step."""
WITH_VALUE: Mapping[str, Callable[[Dialog, str], Turn | None]] = {"undo": Dialog.undo, "language": Dialog.speak}
"""What the tokens with a value do that answer no step."""


_SHOWS_FACTS = frozenset({StepName.MENU, StepName.VERDICT, StepName.STEPS, StepName.MONEY, StepName.CAUTIONS})
"""Screens on which the facts of the order can be seen."""


def _seen(replies: Sequence[Reply], handbook: Handbook, today: date) -> tuple[object, ...]:
    """Return what a buyer can tell one screen from another by."""
    return tuple(
        _with_facts(one, handbook, today) if one.screen in _SHOWS_FACTS else _shown(one, handbook) for one in replies
    )


def _with_facts(reply: Reply, handbook: Handbook, today: date) -> Reply:
    """Return a reply that shows facts of the order without those that change nothing on it."""
    matter = {*examine(reply.order, handbook, today).considered, "status", "payment", "reason", "scope"}
    matter |= {"receipt"} if "protection" in matter else set()
    return replace(reply, order=reply.order.without(*(set(reply.order.known()) - matter)))


def _shown(reply: Reply, handbook: Handbook) -> tuple[object, ...]:
    """Return what can be seen of a reply that is worded by few facts or none."""
    row = handbook.draft.get(reply.draft or "")
    order: tuple[object, ...] = ()
    if row is not None:
        facts = (*row.details, *row.needs, *row.worded_by, "reason")
        order = (reply.order.is_part, *(reply.order.fact(fact) for fact in facts))
    kind = handbook.reply_kind.get(reply.subject or "") if reply.screen == "reply" else None
    stage = reply.stage if kind is not None and kind.at else None
    return (reply.screen, reply.subject, reply.draft, reply.form, stage, reply.explained, reply.choices, order)


def _without_readings(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Drop the readings at the end: what was looked at beside the dialog is put away."""
    end = len(answers)
    while end and answers[end - 1].step in READINGS:
        end -= 1
    return answers[:end]


def _shortened(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """Keep the list bounded: drop the oldest answers that count no more, never one that still does."""
    if len(answers) <= MOST_ANSWERS:
        return tuple(answers)
    newest = {one.step: index for index, one in enumerate(answers)}
    half = len(answers) - MOST_ANSWERS // 2
    return tuple(one for index, one in enumerate(answers) if index >= half or newest[one.step] == index)
