"""Reads the facts of an order out of free text: what the buyer states, not what they merely mention or suppose.

"クレカで払ってまだ発送待ち" states two facts; "クレカの返金はいつ？" and "もし発送されたら" state none.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from conversations.reading.days import read_day
from conversations.reading.phrases import Phrase
from conversations.reading.spelling import spell

Phrases = Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]
"""Fact → value → ``says`` and ``names`` → phrases, as ``mentions.toml`` has them."""

LONGEST = 400
"""Characters that are looked at; who tells of an order is done sooner."""
ADVANCE = (
    *("refund_completed", "refund_processing", "cancelled", "cancel_requested", "delivered", "partially_shipped"),
    *("shipped", "awaiting_shipment", "payment_verifying", "unpaid"),
)
"""Statuses, the last to come first: who names two, such as "requested, not shipped yet", is at the later one."""
_FIRST = ("status", "payment")
"""The facts that matter most are told first."""
DAY_OF = {
    "cancel_requested": "requested_on",
    "cancelled": "approved_on",
    "refund_processing": "approved_on",
    "refund_completed": "completed_on",
}
"""The day that counts for a status: a day that is told with the status is that day."""

OTHER = "other"
"""A value that says less than any other of its fact."""

_SENTENCE = re.compile(r"(?:[^。.!?\n]|\.(?=\S))+[。.!?\n]*")
_CLAUSE = re.compile(
    r"(?<=けど)、?|(?<=けれど)、?|(?<=ましたが)、?|(?<=ですが)、?"
    r"|(?<=[たいなるすん]のに)、?|(?<=[たいなるすん]ので)、?|、|,(?!\d)|;| / |／|・| - |\bbut\b"
    r"|\band (?=(?:i|it|the|they|seller|now|want|am)\b)|\bso (?=(?:i|can|what|how|when)\b)"
)
_SUPPOSED = re.compile(
    r"もし|仮に|場合|なら(?!な)|(?<!見)(?<!思って)たら|れば|ときは|時は|とすると|になると|すると|としても|ようかな|つもりです|みんな"
    r"|(?:の|た|る|う)人|とき$|時$|[たるの](?:あと|後)(?:で|に|は)?も?|(?<!何回)(?<!何度)(?:(?:さ|く|ら)れ|と|も)ても|(?:って|と)聞い|ことあり|こともあり|よくある"
    r"|\bif\b|\bsuppose|\bwhat happens|\bin case\b|\bwould\b|\bwhen (?:it|an order|the order|you|people|they)\b"
    r"|かどうか|忘れ(?:た|まし|ちゃ)|わから|分から|覚えて(?:い)?(?:ない|ません)"
    r"|\bi thought\b|\bnot sure\b|\bdon't (?:know|want to cancel)\b"
    r"|\bonce it\b|\bpeople\b|\banyone\b|\bafter shipping\b|\bsay i'd\b|\bnot because\b"
)
_ANOTHERS = re.compile(
    r"(?:母|父|姉|妹|兄|弟|友達|友だち|友人|知人|知り合い|同僚|彼女|彼氏|夫|妻|旦那|家族|子ども|息子|娘|ほかの人|他の人)(?:の|が|は)"
    r"(?:注文|荷物|あかうんと|買い物|申請|頼んだ|買った)|(?:来月|来週|今度|次回|次は|明日|これから)[^。]*(?:つもり|予定|迷|しようか|かな|買う|頼む)"
    r"|\bmy (?:\w+'s (?:order|parcel|package)|(?:coworker|friend|sister|brother|mate|neighbour|neighbor|colleague) "
    r"(?:order|bought|paid|has|had|got|is|was))|\b(?:mate|friend|colleague) of mine\b|\bi (?:read|heard)\b"
    r"|\blast year\b"
    r"|\bnext (?:week|month|time)\b|\bthinking of\b|\b(?:going to|will|planning to) (?:buy|order|pay|use)\b"
)
"""Sentences about somebody else's order, or one that is not placed yet."""
_REPORTED = re.compile(
    r"(?:と|って)(?:言|いわ|頼|提案|要求|求め)|と連絡が?(?:来|き|あ)"
    r"|\b(?:seller|shop|store|vendor|they|he|she) (?:\w+ )?(?:told|asked|asks|says|said|offered|offers|wants|wanted)\b"
)
"""What somebody else says: it may be a reason, but no status and no way to pay of the buyer's own."""
_OF_THE_ORDER = frozenset({"status", "payment", "movement"})
_NOT_THIS = re.compile(
    r"\bnot (?:(?:a|by|with|via|the|my) )?(?:credit|debit|prepaid|paypal|paypay|alipay|visa|bank)(?: card| transfer)?"
)
_ASKED = re.compile(
    r"[?？]|いつ(?!も|の間)|何(?:日|営業日|週間|か月)|(?:どの|どれ)(?:くらい|ぐらい)|いくら(?!で)|どう(?:や|す|な)|どっち|どちら|ですかね?|ますかね?|(?:(?<=[すのるたいんな])か|かな|かね|かい|の|って本当|でしょう|いつ|どう|何|なん|どこ|どれ|意味|とは|なんで"
    r"|だろう?|方法|ほうほう|仕方|しかた|手順|やり方|やりかた|期間|日数|流れ|目安|教えて(?:ください|下さい)?|知りたい(?:です)?)[。.!！\s]*$"
    r"|^\W*(?:(?:hi|hello|hey|sorry|please|so|ok|and) )*(?:what|which|how|when|where|why|who|can|could|do|does|did|is"
    r"|are|should|will|would|may|am i)\b"
)
_HAPPENED = re.compile(
    r"た|だ(?!と|け)|ない|ません|て(?:い|る|ま|お|し)|ちゃ|じゃ|済|ずみ"
    r"|\b(?:i|my|we|got|said|says|not|bought|sent|paid)\b|ed\b|n't|nt\b"
)
"""What a statement within a question has: it happened, or did not. Without it the question is a general one."""
_DENIED = re.compile(
    r"\s*(?:じゃ|では|でも|とか)(?:ない|なく|なか|ありません)|\s*でも[^。]{0,12}なく"
    r"|\s*に?(?:なって|変わって)い?(?:ない|ません)|\s*に?なら(?:ない|ず)|\s*に?なりません|ません|せん|ない(?!の|で|か)|くな"
    r"|(?<=た)い(?:です|ん|と|け|の|が|。|$)|か(?:どうか|わか|分か)|(?<=ない)で(?:ほし|欲し|くだ|もら|。|$)"
)
_DENIED_BEFORE = re.compile(
    r"(?:\bnot (?:(?:a|by|an|with|via|the|in|on) )?|\binstead of (?:(?:a|the) )?|\brather than (?:(?:a|the) )?"
    r"|\bwrote |\bsaid |(?:n't|\bnever|\bnot) (?:(?:yet|been|even) )?)$"
)
_ABOUT = re.compile(
    r"\s*(?:の|って|だと|は|とか|による?|でも|とは|へ|に(?:よる)?)?"
    r"(?:返金|払い戻し|手数料|きゃんせる|場合|人|注文|とき|意味|戻|返|日数|反映)"
)
_MONTHS = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_WEEKDAYS = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_DAY = re.compile(
    r"[0-9一二三四五六七八九十]+(?:日|週間?|か月|ヶ月|時間)(?:ほど|くらい|ぐらい)?(?:前|まえ)|(?:先週|今週)の?[月火水木金土日]曜?"
    r"|先々週|先週|先月|一昨日|おととい|昨日|きのう|昨夜|今日|きょう|今朝|けさ|さっき|[0-9]{1,2}[/月][0-9]{1,2}日?"
    r"|[月火水木金土日]曜日?|(?:[0-9]+|a|one|two|three|four|five|six|several|a few) (?:day|week|month|hour)s? ago"
    rf"|yesterday|today|this morning|last (?:week|month|{_WEEKDAYS})|(?:on )?{_WEEKDAYS}"
    rf"|{_MONTHS} [0-9]{{1,2}}(?:st|nd|rd|th)?|[0-9]{{1,2}}(?:st|nd|rd|th)? {_MONTHS}"
)


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """A phrase and what it says: a whole statement, or a mere name."""

    fact: str
    value: str
    states: bool
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class _Found:
    """A phrase in a clause: where, what it says, and whether it is a whole statement or a mere name."""

    start: int
    end: int
    fact: str
    value: str
    states: bool

    @property
    def length(self) -> int:
        return self.end - self.start

    def covers(self, other: "_Found") -> bool:
        """Tell whether this one leaves no room for another: of the same fact, or a mere name within it."""
        if self.fact == other.fact:
            return self.start < other.end and other.start < self.end
        return self.start <= other.start and other.end <= self.end and not other.states


class FactReader:
    """Reads texts by the phrases of ``mentions.toml``."""

    def __init__(self, phrases: Phrases) -> None:
        """Keep the phrases; each is compiled when it is first needed."""
        self._phrases = phrases

    @cached_property
    def _all(self) -> tuple[_Entry, ...]:
        return tuple(
            _Entry(fact, value, how == "says", Phrase(words))
            for fact, values in self._phrases.items()
            for value, kinds in values.items()
            for how, phrases in kinds.items()
            for words in phrases
        )

    @cached_property
    def _by_need(self) -> Mapping[str, list[_Entry]]:
        """The phrases by the letters that they cannot do without."""
        index: dict[str, list[_Entry]] = {}
        for entry in self._all:
            for need in entry.phrase.needs:
                index.setdefault(need, []).append(entry)
        return index

    def problems(self) -> Iterator[str]:
        """Yield every phrase that cannot be read."""
        for entry in self._all:
            try:
                re.compile(entry.phrase.pattern)
            except re.error as error:
                yield f"mentions.toml: {entry.fact}.{entry.value}: {entry.phrase.words!r}: {error}"

    def read(self, text: str, today: date) -> Mapping[str, str]:
        """Return the facts that a text states, by name. Days are ISO days."""
        plain = _joined(spell(text[:LONGEST]))
        facts: dict[str, str] = {}
        statuses: list[str] = []
        sentences = [one for one in _SENTENCE.findall(plain) if not _ANOTHERS.search(one)]
        for sentence in sentences:
            for clause, supposed, asked in _clauses(_NOT_THIS.sub("", sentence)):
                for found in () if supposed else self._found(clause, asked=asked):
                    if found.fact in _OF_THE_ORDER and _REPORTED.search(clause):
                        continue
                    if found.fact == "status":
                        statuses.append(found.value)
                        facts |= _day(found.value, clause, today)
                    elif found.value != OTHER or found.fact not in facts:
                        facts[found.fact] = found.value
        if statuses:
            facts |= _standing(statuses)
        return _consistent(facts)

    def _found(self, clause: str, *, asked: bool) -> Iterator[_Found]:
        """Yield what a clause states; of overlapping phrases the longest counts."""
        near = [entry for need, entries in self._by_need.items() if need in clause for entry in entries]
        every = [
            _Found(match.start(), match.end(), entry.fact, entry.value, entry.states)
            for entry in dict.fromkeys(near)
            for match in entry.phrase.pattern.finditer(clause)
            if match.group()
        ]
        taken: list[_Found] = []
        for one in sorted(every, key=lambda one: (-one.length, not one.states)):
            if not any(other.covers(one) for other in taken):
                taken.append(one)
        in_parts = any(one.value == "partially_shipped" for one in taken)
        for one in sorted(taken, key=lambda one: one.start):
            if in_parts and one.fact == "scope":  # "only one was shipped" wants nothing
                continue
            if _DENIED.match(clause, one.end) or _DENIED_BEFORE.search(clause[: one.start]):
                continue
            happened = one.states and _HAPPENED.search(clause[one.start : one.end + 3])
            if happened if asked else one.states or not _ABOUT.match(clause, one.end):
                yield one


def is_reported(plain: str) -> bool:
    """Tell whether a text, in one spelling, reports what somebody else said."""
    return bool(_REPORTED.search(plain))


def _joined(plain: str) -> str:
    """Close the gaps that some leave between Japanese words."""
    return re.sub(r"(?<=[\u3040-\u9fff])[ \t]+(?=[\u3040-\u9fff])", "", plain)


def asks_something(text: str) -> bool:
    """Tell whether a text asks anything, beside what it states.

    >>> asks_something("クレカで払った。返金はいつ？"), asks_something("クレカで払った")
    (True, False)
    """
    sentences = _SENTENCE.findall(spell(text[:LONGEST]))
    return any(asked for sentence in sentences for _, _, asked in _clauses(sentence))


def _clauses(sentence: str) -> Iterator[tuple[str, bool, bool]]:
    """Yield the clauses of a sentence; whether each is supposed only, and whether it asks."""
    parts = [part for part in _CLAUSE.split(sentence) if part and part.strip()]
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        yield part, bool(_SUPPOSED.search(part)), bool(_ASKED.search(part if not last else sentence[-len(part) :]))


def _day(status: str, clause: str, today: date) -> dict[str, str]:
    """Return the day that a clause tells for a status, if it tells one that can be."""
    match = _DAY.search(clause) if status in DAY_OF else None
    day = read_day(match.group().removeprefix("on "), today) if match else None
    return {DAY_OF[status]: day.isoformat()} if day is not None and day <= today else {}


def _standing(statuses: Collection[str]) -> dict[str, str]:
    """Return where an order is by all statuses that were told of it: a parcel can come after a cancellation."""
    if {"cancelled", "delivered"} <= {*statuses}:
        return {"status": "cancelled", "after_cancel": "parcel_came"}
    return {"status": min(statuses, key=ADVANCE.index)}


def _consistent(facts: Mapping[str, str]) -> dict[str, str]:
    """Return the facts in order, with the status that an answer of the seller implies."""
    implied = {"status": "cancel_requested"} if "seller_answer" in facts else {}
    kept = {**implied, **facts}
    return {name: kept[name] for name in (*_FIRST, *kept) if name in kept}
