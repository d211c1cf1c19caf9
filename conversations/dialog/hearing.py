"""What typed words do.

In a question of the dialog they are first an answer to it; then a seller's message, facts of the order, or a question
of the buyer's own. What is not understood is said so, and nothing moves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from conversations.dialog.answers import Answer, answer_of, way_to
from conversations.dialog.conversation import Conversation, Turn
from conversations.dialog.details import SKIPPED, Detail, read_detail
from conversations.dialog.pressing import Dialog
from conversations.dialog.replies import Choice, Notice, Reply, other_languages
from conversations.dialog.screens import BACK, CONTINUE, HOME
from conversations.dialog.steps import ANSWERED, CHECK, QUESTIONS, SCREENS, WRITING, StepName
from conversations.events import Language
from conversations.policy.handbook import Handbook
from conversations.policy.rows import AnsweredBy
from conversations.reading.days import read_day
from conversations.reading.questions import Decision, Recognition
from conversations.reading.readers import Readers
from conversations.reading.seller_replies import MOST_READ, SellerReading
from conversations.reading.spelling import UNSEEN, visible, written_in

LONGEST_TEXT = 1000
"""Characters of a typed text that are looked at; of a longer one only whether a seller wrote it."""
SHORTEST_MESSAGE = 12
"""Characters of an English text that may be a seller's message without being shown as one."""
SHORTEST_OFFERED = {Language.JA: 4, Language.EN: 16}
"""Characters of words in another language from which on it is offered; statuses are English everywhere."""
LONGEST_HEARD = 80
"""Characters of the buyer's own words that a notice repeats."""
LEADS_AWAY = frozenset({"back", "home", "restart", "continue", "language", "help", "menu", "topic_group", "topic"})
"""What words may mean even where a text for the seller is asked: commands and questions, but no facts."""
READ_ONCE = frozenset({StepName.VERDICT, StepName.STEPS, StepName.MONEY, StepName.CAUTIONS, StepName.DRAFT})
"""Long pages."""
ONE = "one"
"""Only one question can be meant."""
NONE_OF_THESE = Choice("none_of_these", "none_of_these")
WAYS = (BACK, CONTINUE, HOME)


class Listening(Dialog):
    """One turn of typed words."""

    def __init__(self, conversation: Conversation, handbook: Handbook, readers: Readers, today: date) -> None:
        """Stand where the answers lead today."""
        super().__init__(conversation, handbook, today)
        self.readers = readers
        self.typed = ""

    def hear(self, text: str) -> Turn:
        """Do what typed or pasted words mean where the dialog stands."""
        self.typed = text
        plain = visible(text[:LONGEST_TEXT])
        if not plain:
            return self.show(Notice("empty"))
        fact = self.handbook.fact.get(self.place.step)
        answered_by = None if fact is None else fact.answered_by
        token = self._offered(plain, numbers=answered_by is not AnsweredBy.WORDS)
        if token is not None:
            return self.choose(token)
        if len(text) > LONGEST_TEXT:
            return self._seller_wrote(text) or self.show(Notice("too_long", self._heard()))
        match answered_by:
            case AnsweredBy.WORDS:
                return self._by_name(plain, LEADS_AWAY) or self._detail(plain)
            case AnsweredBy.DAY:
                return self._day(plain)
            case _:
                return self._by_name(plain) or self._understand(plain)

    def _heard(self) -> str:
        """Return the buyer's words as a notice repeats them: as they were typed, long ones cut at a word."""
        typed = UNSEEN.sub("", self.typed).strip()
        if len(typed) <= LONGEST_HEARD:
            return typed
        words = typed[:LONGEST_HEARD].rpartition(" ")[0]
        return f"{words if len(words) > LONGEST_HEARD // 2 else typed[:LONGEST_HEARD]}…"

    def hear_question(self, text: str) -> Turn:
        """Answer a question that was asked outright, behind a command."""
        self.typed = text
        plain = visible(text[:LONGEST_TEXT])
        if not plain:
            return self.choose(QUESTIONS)
        asked = self.readers.questions.read(plain)
        return self._by_name(plain, LEADS_AWAY) or self._answer_question(asked) or self._understand(plain)

    def fill(self, details: Sequence[tuple[str, str]]) -> Turn:
        """Take several details at once; the first that cannot be kept is asked for again, the others are kept."""
        self.choose(f"{StepName.DRAFT}:details")
        problem = None
        for name, text in details:
            fact = self.handbook.fact.get(name)
            if fact is None or fact.answered_by is not AnsweredBy.WORDS:
                continue
            plain = visible(text[:LONGEST_TEXT])
            detail = read_detail(fact, plain, self.handbook.glossary) if plain else Detail(value=SKIPPED)
            value = detail.english if detail.value is None else detail.value
            if value is not None:
                self.add(Answer(name, value))
            elif problem is None:
                self.typed, problem = text, detail.problem
        return self.show(None if problem is None else Notice(f"detail_{problem}", self._heard()))

    def hear_seller(self, text: str) -> Turn:
        """Explain what the buyer showed of the seller."""
        self.typed = text
        plain = visible(text[:MOST_READ])
        if not plain:
            return self.choose(ANSWERED)
        reading = self.readers.replies.read(plain)
        return self._explain(reading) if reading.sure else self._which_reply(reading)

    def _offered(self, plain: str, *, numbers: bool) -> str | None:
        """Return the token of the choice on the screen that the words name, or that has their number."""
        names = self.readers.names
        tokens = set(names.all(plain))
        if not tokens and not plain.isascii():
            return None  # neither a name nor a number nor a token, whatever is on the screen
        offered = self.offered()
        if numbers and (place := names.number(plain, len(offered))) is not None:
            return offered[place].token
        return next(
            (one.token for one in offered if one.token == plain or one.label in tokens or one.token in tokens), None
        )

    def _by_name(self, plain: str, among: frozenset[str] | None = None) -> Turn | None:
        """Do what the words name anywhere in the dialog, if it is among the steps and commands that may be meant."""
        token = self.readers.names.only(plain)
        step, _, topic = (token or "").partition(":")
        fact = self.handbook.fact.get(step)
        only_where_asked = fact is not None and fact.only_where_asked
        if token is None or only_where_asked or (among is not None and step not in among):
            return None
        if among is None and step == StepName.TOPIC and self._tells_of_an_order(plain):
            return None
        turn = self.press(token)
        return self._with_feedback(turn, topic) if turn is not None and step == StepName.TOPIC else turn

    def _tells_of_an_order(self, plain: str) -> bool:
        """Tell whether words that are the name of a question tell of the buyer's own order all the same."""
        return "status" in self.readers.facts.read(plain, self.today) and not self.readers.clauses.asks_something(plain)

    # Answers to what was asked.

    def _day(self, plain: str) -> Turn:
        day = read_day(plain, self.today)
        if day is None:
            return self._by_name(plain) or self._instead_of_a_day(plain)
        if day > self.today:
            return self.show(Notice("future_date", self._heard()))
        return self.add(Answer(self.place.step, day.isoformat()))

    def _instead_of_a_day(self, plain: str) -> Turn:
        """Take words that are no day for something else only where that is clear: most are a day written oddly."""
        asked = self.readers.questions.read(plain)
        clear = asked.decision is Decision.ANSWER or self.readers.facts.read(plain, self.today)
        return self._understand(plain) if clear else self.show(Notice("no_date", self._heard()))

    def _detail(self, plain: str) -> Turn:
        step = self.place.step
        detail = read_detail(self.handbook.fact[step], plain, self.handbook.glossary)
        if detail.value is not None:
            return self.add(
                Answer(step, detail.value), notice=Notice("shortened", detail.value) if detail.shortened else None
            )
        if detail.english is None:
            asked = self.readers.questions.read(plain)
            answered = self._answer_question(asked) if asked.decision is Decision.ANSWER else None
            return answered or self.show(Notice(f"detail_{detail.problem}", self._heard()))
        return self._offer_english(detail)

    def _offer_english(self, detail: Detail) -> Turn:
        use = Choice(f"{self.place.step}:{detail.english}", "use_english")
        turn = self.show(Notice("detail_translated", self._heard(), str(detail.english)))
        first, *others = turn.replies
        return replace(turn, replies=(replace(first, choices=(use, *first.choices)), *others))

    # Free words.

    def _understand(self, plain: str) -> Turn:
        """Take free words as a seller's message, as facts or as a question; or say that they are not understood."""
        reported = self.readers.replies.reported(plain)
        if reported is not None:
            return self._explain(reported, read="reply_reported")
        if _may_be_a_sellers(plain) and (explained := self._seller_wrote(plain)) is not None:
            return explained
        return self._with_language(self._read(plain), plain)

    def _read(self, plain: str) -> Turn:
        """Take words for facts of the order or a question; or say that they are not understood."""
        facts = self.readers.facts.read(plain, self.today)
        asked = self.readers.questions.read(plain)
        if facts and (asked.theme is None or any(self.handbook.fact[fact].telling for fact in facts)):
            asks = self.readers.clauses.asks_something(plain) or all(
                self.handbook.fact[one].is_question for one in facts
            )
            return self._note(facts, asked, asks=asks)
        return self._answer_question(asked) or self._refuse(asked)

    def _with_language(self, turn: Turn, plain: str) -> Turn:
        """Offer the language in which somebody writes, if the conversation is in another."""
        written = written_in(plain)
        if written is self.conversation.language or len(plain) < SHORTEST_OFFERED[written]:
            return turn
        return _with_choices(turn, *other_languages(turn.conversation.language))

    def _note(self, facts: Mapping[str, str], asked: Recognition, *, asks: bool) -> Turn:
        """Take facts into the order, and go on to the check, or to the answer if they came with a question."""
        before = self.conversation.answers
        told = [Answer(fact, value) for fact, value in facts.items()]
        answers_this = self.place.step in facts
        topic = asked.topics[0].id if asked.decision is Decision.ANSWER and asks and not answers_this else None
        if topic is not None and "status" in facts and self.handbook.topic[topic].check:
            topic = None  # the check serves this order better
        here = answers_this or StepName.VERDICT in self.place.route
        if not here and topic is None:
            told = [answer_of(CHECK), *told]
        if topic is not None:
            told = [*told, Answer(StepName.TOPIC, topic)]
        turn = self.add(*told, notice=Notice("understood", facts=tuple(facts.items())))
        if topic is not None:
            turn = self._with_feedback(turn, topic)
        if self.conversation.answers == before:
            return turn
        return _with_choices(turn, Choice(f"undo:{len(before)}-{len(self.conversation.answers)}", "undo"))

    def _answer_question(self, asked: Recognition) -> Turn | None:
        """Answer a question that was recognised, or ask which one was meant; None if it is neither."""
        match asked.decision:
            case Decision.ANSWER:
                topic = asked.topics[0].id
                return self._with_feedback(self.add(Answer(StepName.TOPIC, topic)), topic)
            case Decision.CLARIFY:
                topics = tuple(Choice(f"topic:{topic}", f"topic:{topic}") for topic in asked.offered)
                return self._beside(
                    Reply(
                        "did_you_mean",
                        self.place.order,
                        self.today,
                        (*topics, NONE_OF_THESE),
                        subject=ONE if len(topics) == 1 else None,
                    )
                )
            case _:
                return None

    def _refuse(self, asked: Recognition) -> Turn:
        """Say honestly that this is not known; a theme has its own words for it."""
        if asked.theme is None:
            return self._show_briefly(Notice("unclear", self._heard()))
        here = () if self.place.step == StepName.MENU else (Choice(CHECK, CHECK), Choice(WRITING, WRITING))
        return self._beside(Reply("theme", self.place.order, self.today, here, subject=asked.theme))

    def _show_briefly(self, notice: Notice) -> Turn:
        """Say something without repeating a long page that stands above it already; its buttons stay at hand."""
        turn = self.show(notice)
        first, last = turn.replies[0], turn.replies[-1]
        if self.place.step in READ_ONCE:
            return replace(turn, replies=(replace(last, screen="brief", draft=None, notices=(notice,)),))
        return replace(turn, replies=(_in_short(first), *turn.replies[1:]))

    def _beside(self, reply: Reply) -> Turn:
        """Show something before a question of the dialog, or in place of a screen; both are there to go on with."""
        turn = self.show()
        at_menu = self.place.step == StepName.MENU
        if self.place.step not in SCREENS or (at_menu and not reply.choices):
            return replace(turn, replies=(reply, *(_in_short(one) for one in turn.replies)))
        home = () if at_menu else (HOME,)
        return replace(turn, replies=(replace(reply, choices=(*reply.choices, CONTINUE, *home)),))

    def _with_feedback(self, turn: Turn, topic: str) -> Turn:
        """Let the buyer say, under an answer to their own words, whether it helped, or what else they want."""
        group = next(row.id for row in self.handbook.topic_groups if topic in row.topics)
        more = Choice(f"topic_group:{group}", "more")
        return _with_choices(turn, more, Choice("helped", "helped"), Choice("not_asked", "not_asked"))

    # What the seller wrote.

    def _seller_wrote(self, text: str) -> Turn | None:
        """Explain words that a seller wrote; None if the buyer rather wrote them."""
        reading = self.readers.replies.read(text[:MOST_READ])
        return self._explain(reading) if reading.by_seller else None

    def _explain(self, reading: SellerReading, read: str = "reply_read") -> Turn:
        """Explain the kinds of a message, with the answer to send; less likely ones stay as buttons.

        ``read`` is the notice that says of what it was read.
        """
        answer = Answer(StepName.REPLY_KIND, "+".join(reading.sure))
        way = way_to(Answer(StepName.REPLY_KIND, reading.sure[0]), self.handbook)
        harmless = reading.unsafe and not any(self.handbook.reply_kind[kind].unsafe for kind in reading.sure)
        notice = Notice("reply_may_be_unsafe" if harmless else read, self._heard())
        turn = self.add(*way, answer, notice=notice)
        pasted = tuple(replace(reply, pasted=reply.screen == "reply") for reply in turn.replies)
        return _with_choices(replace(turn, replies=pasted), *_kinds(reading), at=-1)

    def _which_reply(self, reading: SellerReading) -> Turn:
        """Ask which of the likely kinds a message is."""
        notice = Notice("reply_may_be_unsafe" if reading.unsafe else "reply_unclear", self._heard())
        if not reading.offered:
            return self.add(answer_of(ANSWERED), notice=notice)
        choices = (*_kinds(reading), Choice(ANSWERED, "none_of_these"))
        return self._beside(Reply("which_reply", self.place.order, self.today, choices, notices=(notice,)))


def _in_short(question: Reply) -> Reply:
    """Return a question without the explanation that was just given."""
    return replace(question, again=question.explained, explained=False)


def _kinds(reading: SellerReading) -> tuple[Choice, ...]:
    return tuple(Choice(f"reply_kind:{kind}", f"reply_kind:{kind}") for kind in reading.offered)


def _with_choices(turn: Turn, *choices: Choice, at: int = 0) -> Turn:
    """Put more choices under a reply (the first, or the last), before the ways back."""
    changed = [*turn.replies]
    offered = {choice.token for reply in turn.replies for choice in reply.choices}
    new = [choice for choice in choices if choice.token not in offered]
    own = changed[at].choices
    ways = next((place for place, one in enumerate(own) if one in WAYS), len(own))
    changed[at] = replace(changed[at], choices=(*own[:ways], *new, *own[ways:]))
    return replace(turn, replies=tuple(changed))


def _may_be_a_sellers(plain: str) -> bool:
    """Tell whether words can be a seller's: not Japanese, and in Latin letters more than a word or two."""
    if written_in(plain) is Language.JA:
        return not any("\u3040" <= letter <= "\u30ff" for letter in plain)
    return len(plain) >= SHORTEST_MESSAGE
