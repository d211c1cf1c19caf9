"""Days as buyers type them, in both languages."""

from datetime import date

import pytest

from conversations.reading.days import RECENT, read_day

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今日", "2026-11-24"),
        ("さっき", "2026-11-24"),
        ("きのう", "2026-11-23"),
        ("おととい", "2026-11-22"),
        ("一昨日", "2026-11-22"),
        ("3日前", "2026-11-21"),
        ("３日前", "2026-11-21"),
        ("三日前です", "2026-11-21"),
        ("十日前", "2026-11-14"),
        ("二十五日前", "2026-10-30"),
        ("10日くらい前", "2026-11-14"),
        ("2週間前", "2026-11-10"),
        ("一ヶ月前", "2026-10-24"),
        ("半月前", "2026-11-09"),
        ("先週", "2026-11-17"),
        ("昨夜", "2026-11-23"),
        ("2時間前", "2026-11-24"),
        ("半年前", "2026-05-24"),
        ("申請したのは11/20です", "2026-11-20"),
        ("20261103", "2026-11-03"),
        ("先週の金曜", "2026-11-20"),
        ("先々週の月曜日", "2026-11-09"),
        ("金曜", "2026-11-20"),
        ("火曜日", "2026-11-24"),
        ("11月3日", "2026-11-03"),
        ("11月3日の夜", "2026-11-03"),
        ("たぶん11月3日ごろ", "2026-11-03"),
        ("11/3", "2026-11-03"),
        ("11/3(火)", "2026-11-03"),
        ("11.3", "2026-11-03"),
        ("12/25", "2026-12-25"),
        ("2026年11月3日", "2026-11-03"),
        ("2026/11/3", "2026-11-03"),
        ("2026-11-03", "2026-11-03"),
        ("令和8年11月3日", "2026-11-03"),
        ("11月03日 14:20", "2026-11-03"),
        ("先月の20日", "2026-10-20"),
        ("3日", "2026-11-03"),
        ("30日", "2026-10-30"),
        ("6/30", "2026-06-30"),
        ("Dec 25", "2026-12-25"),
        ("明日", "2026-11-25"),
        ("11/30", "2026-11-30"),
        ("today", "2026-11-24"),
        ("Yesterday", "2026-11-23"),
        ("the day before yesterday", "2026-11-22"),
        ("3 days ago", "2026-11-21"),
        ("about two weeks ago", "2026-11-10"),
        ("a month ago", "2026-10-24"),
        ("last friday", "2026-11-20"),
        ("Nov 3", "2026-11-03"),
        ("November 3rd", "2026-11-03"),
        ("3 Nov", "2026-11-03"),
        ("Nov. 3, 2026", "2026-11-03"),
        ("13/11", "2026-11-13"),
    ],
)
def test_a_usual_form_is_read(text: str, day: str) -> None:
    assert read_day(text, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "hello",
        "いつだったか",
        "数日前",
        "2/30",
        "99/99",
        "1",
        "2026",
        "November",
        "🎉",
        "M",
        "1990/1/1",
        "x" * 500,
    ],
)
def test_what_names_no_day_is_not_guessed(text: str) -> None:
    assert read_day(text, TODAY) is None


def test_a_day_without_a_year_lies_behind_for_half_a_year_and_then_ahead() -> None:
    assert read_day("5/28", TODAY) == TODAY - RECENT
    assert read_day("5/27", TODAY) == date(2027, 5, 27)


def test_early_in_the_year_a_day_of_last_december_is_meant() -> None:
    assert read_day("12/25", date(2027, 1, 10)) == date(2026, 12, 25)
    assert read_day("2/29", date(2027, 3, 1)) is None
