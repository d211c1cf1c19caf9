"""Reads the day that a buyer typed, in Japanese or English: "先週の金曜", "11/3", "two weeks ago", "Nov 3".

A date library reads English and numbers well and Japanese only in part, so Japanese is first rewritten into
the forms that it reads.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

LONGEST = 40
"""Characters; a day is said in fewer, and a pasted text is not searched for one."""
OLDEST = timedelta(days=730)
"""A day further back is a typing error: no refund or protection runs that long."""

RECENT = timedelta(days=180)
"""A day without a year that is further back than this is more likely one to come."""

_DIGITS = str.maketrans("一二三四五六七八九", "123456789")
_WEEKDAYS = dict(zip("月火水木金土日", range(7), strict=True))
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NOISE = re.compile(
    r"^.*(?:のは|した日は|は、)|\s*\d{1,2}:\d{2}(?::\d{2})?|[((][月火水木金土日]曜?日?[))]|くらい|ぐらい|ころ|ごろ|頃|位|だいたい|大体|たぶん|多分|約|およそ|です|でした|だと思います|かな"
    r"|の?(?:朝|昼|夕方|夜|深夜|午前|午後)(?:中)?|に(?:申請|承認|注文|完了).*$|[。、!?\s]+$"
)
_JAPANESE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), english)
    for pattern, english in (
        (r"^(?:今日|きょう|本日|今朝|けさ|今夜|さっき|今さっき|先ほど|たった今|いま|今)$", "today"),
        (r"^(?:昨日|きのう|昨晩|昨|ゆうべ)$", "yesterday"),  # 昨夜 without its 夜
        (r"^(\d+)時間(?:ほど)?(?:前|まえ)$", r"\1 hours ago"),
        (r"^先々月$", "2 months ago"),
        (r"^半年前$", "6 months ago"),
        (r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3"),
        (r"^(?:一昨日|おととい|おとつい)$", "2 days ago"),
        (r"^(?:一昨々日|さきおととい)$", "3 days ago"),
        (r"^(?:明日|あした|あす)$", "tomorrow"),
        (r"^半月(?:ほど)?前$", "15 days ago"),
        (r"^(?:1|一)(?:ヶ|か|カ|ヵ|ケ|箇|个)月半(?:ほど)?(?:前|まえ)$", "45 days ago"),
        (r"^(\d+)日(?:ほど)?(?:前|まえ)$", r"\1 days ago"),
        (r"^(\d+)週間?(?:ほど)?(?:前|まえ)$", r"\1 weeks ago"),
        (r"^(\d+)(?:ヶ|か|カ|ヵ|ケ|箇|个)月(?:ほど)?(?:前|まえ)$", r"\1 months ago"),
        (r"^先週$", "1 week ago"),
        (r"^先々週$", "2 weeks ago"),
        (r"^先月$", "1 month ago"),
        (r"^(?:令和|R|r)(\d+)[年.](\d+)[月.](\d+)日?$", r"reiwa \1-\2-\3"),
        (r"^(\d{4})[年/.\-](\d{1,2})[月/.\-](\d{1,2})日?$", r"\1-\2-\3"),
        (r"^(\d{1,2})月(\d{1,2})日?$", r"month \1-\2"),
    )
)


def read_day(text: str, today: date) -> date | None:
    """Return the day that the text names, seen from ``today``; None if it names none.

    A day without a year is the nearest by good sense, which may lie ahead: the caller can then say so.
    Numbers are month before day.

    >>> read_day("先週の金曜", date(2026, 11, 24))
    datetime.date(2026, 11, 20)
    >>> read_day("two weeks ago", date(2026, 11, 24))
    datetime.date(2026, 11, 10)
    >>> read_day("hello", date(2026, 11, 24)) is None
    True
    """
    words = unicodedata.normalize("NFKC", text).strip()
    if not words or len(words) > LONGEST:
        return None
    found = _rough(words.casefold(), today)
    if found is None:
        words = _in_english(words, today)
        found = _exact(words, today) or _parsed(words, today)
    return found if found and found >= today - OLDEST else None


_PART_OF_MONTH: Mapping[str, int] = {
    **dict.fromkeys(("頭", "初め", "はじめ", "始め", "上旬", "early", "beginning", "start"), 5),
    **dict.fromkeys(("半ば", "なかば", "中旬", "中頃", "中ごろ", "mid", "middle"), 15),
    **dict.fromkeys(("下旬", "late"), 25),
    **dict.fromkeys(("末", "終わり", "おわり", "end"), 31),
}
"""The day that a part of a month is taken for; 31 is its last."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_JA_PART = re.compile(rf"^(先月|今月|(\d{{1,2}})月)の?({'|'.join(_PART_OF_MONTH)})(?:ごろ|頃|くらい|ぐらい)?[。、]?$")
_EN_PART = re.compile(
    rf"^(?:the |in |at the |around )*({'|'.join(_PART_OF_MONTH)})[ -](?:of )?"
    rf"(last month|this month|{'|'.join(_MONTHS)})[a-z]*$"
)
_EN_LAST = re.compile(rf"^(?:on )?last ({'|'.join(_NAMES)})$")
_EN_ABOUT = re.compile(r"^(?:about |around |roughly |maybe |like |some )+|(?: or so| or more| roughly)$")


def _rough(words: str, today: date) -> date | None:
    """Read what is said roughly: the end of last month, early November, last Tuesday; None if it is none of these."""
    if last := _EN_LAST.match(words):
        return _weekday("先週", _NAMES.index(last[1]), today)
    if japanese := _JA_PART.match(_kanji_numbers(words)):
        named, number, part = japanese.groups()
    elif english := _EN_PART.match(words):
        part, named = english.groups()
        number = str(_MONTHS.index(named) + 1) if named in _MONTHS else None
    else:
        return None
    first = today.replace(day=1)
    if number is not None:
        if not 1 <= int(number) <= 12:  # noqa: PLR2004  # months
            return None
        first = first.replace(month=int(number), year=today.year - (int(number) > today.month))
    elif named in {"先月", "last month"}:
        first = first - relativedelta(months=1)
    last_day = (first + relativedelta(months=1) - timedelta(days=1)).day
    return first.replace(day=min(_PART_OF_MONTH[part], last_day))


def _in_english(words: str, today: date) -> str:
    """Rewrite the Japanese forms; anything else stays as it is."""
    plain = _EN_ABOUT.sub("", _NOISE.sub("", words).strip())
    plain = re.sub(r"\bwks?\b", "weeks", re.sub(r"\b(\d+)wks?\b", r"\1 weeks", plain))
    plain = re.sub(r"^(\d+|one|two|three|four|five|six) (days?|weeks?|months?)$", r"\1 \2 ago", plain)
    plain = _kanji_numbers(plain)
    weekday = re.match(r"^(先々週|先週|今週|この前|前)?の?([月火水木金土日])曜日?$", plain)
    if weekday:
        return _weekday(weekday.group(1), _WEEKDAYS[weekday.group(2)], today).isoformat()
    of_month = re.match(r"^(先月|今月)?の?(\d{1,2})日$", plain)
    if of_month:
        named, day = of_month.groups()
        month = today.replace(day=1)
        if named == "先月" or (named is None and int(day) > today.day):
            month = (month - timedelta(days=1)).replace(day=1)
        return f"{month:%Y-%m}-{day}"
    for pattern, english in _JAPANESE:
        if pattern.match(plain):
            return pattern.sub(english, plain)
    return plain


def _kanji_numbers(words: str) -> str:
    """Turn 三日前, 十日前, 二十五日 into figures; 一昨日 and 十月 as parts of words stay readable."""
    if words.startswith("一昨"):
        return words

    def figure(match: re.Match[str]) -> str:
        tens, _, ones = match.group().translate(_DIGITS).rpartition("十")
        if "十" not in match.group():
            return match.group().translate(_DIGITS)
        return str(int(tens or 1) * 10 + int(ones or 0))

    return re.sub(r"[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]", figure, words)


def _weekday(week: str | None, weekday: int, today: date) -> date:
    """Return the weekday of the named week (weeks begin on Monday); without a name the latest one."""
    if week in {"先週", "先々週", "今週"}:
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(days=weekday - {"今週": 0, "先週": 7, "先々週": 14}[week])
    return today - timedelta(days=(today.weekday() - weekday) % 7)


def _exact(words: str, today: date) -> date | None:
    """Read what is only numbers ourselves: the library would guess at days that do not exist."""
    match = re.match(r"^(?:(reiwa )?(\d{1,4})-|month )?(\d{1,2})[-/.](\d{1,2})$", words)
    if not match:
        return None
    reiwa, year, month, day = match.groups()
    try:
        if int(month) > 12 >= int(day):  # noqa: PLR2004  # 13/11 can only be the day first
            month, day = day, month
        if year:
            return date(int(year) + (2018 if reiwa else 0), int(month), int(day))
        return _nearest(date(today.year, int(month), int(day)), today)
    except ValueError:
        return None


def _nearest(day: date, today: date) -> date:
    """Return a day that was said without a year: the last one, or the next if that is closer by far.

    Nobody on 24 November means eleven months ago by "12/25": that day lies ahead, and the caller can say so.
    """
    last = day if day <= today else day + relativedelta(years=-1)
    return last if today - last <= RECENT else last + relativedelta(years=1)


def _parsed(words: str, today: date) -> date | None:
    """Ask the library, unless the words are too bare to name a day (a lone figure, a few letters)."""
    if not re.search(r"[A-Za-z]{3}|\d.*\D.*\d", words) or re.fullmatch(r"\d{1,2}[-/.]\d{1,2}", words):
        return None
    found = _parser(today).get_date_data(words)
    if found.date_obj is None or (found.period in {"month", "year"} and not re.search(r"ago|last", words)):
        return None
    day = found.date_obj.date()
    dated = re.search(r"\d{4}|ago|last", words)
    return day if dated else _nearest(day, today)


@lru_cache(maxsize=8)
def _parser(today: date) -> "DateDataParser":
    """Return the library's reader of English, seen from a day; to build one takes longer than to read with it."""
    from dateparser.date import DateDataParser  # noqa: PLC0415  # only some typed days need it

    return DateDataParser(
        languages=["en"],
        settings={
            "RELATIVE_BASE": datetime.combine(today, time(12)),
            "PREFER_DATES_FROM": "past",
            "DATE_ORDER": "MDY",
            "TIMEZONE": "UTC",
            "RETURN_AS_TIMEZONE_AWARE": False,
        },
    )
