"""The environment becomes settings, and what cannot be used is named with what to set instead."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import MOST_DAYS, SettingsError, read_settings


def test_without_settings_chats_are_kept_in_the_users_data_folder_for_thirty_days() -> None:
    settings = read_settings({})
    assert Path(settings.store).name == "torikeshi.sqlite3"
    assert Path(settings.store).is_absolute()
    assert "torikeshi" in Path(settings.store).parent.parts
    assert settings.forget_after == timedelta(days=30)


def test_an_empty_setting_is_none() -> None:
    assert read_settings({"TORIKESHI_STORE": "", "TORIKESHI_FORGET_AFTER": " "}) == read_settings({})


def test_the_operator_names_a_store() -> None:
    assert read_settings({"TORIKESHI_STORE": "/srv/chats.sqlite3"}).store == "/srv/chats.sqlite3"


def test_a_folder_named_on_the_command_line_counts_more_than_the_environment() -> None:
    settings = read_settings({"TORIKESHI_STORE": "/srv/chats.sqlite3"}, Path("here"))
    assert Path(settings.store) == Path("here/torikeshi.sqlite3")


@pytest.mark.parametrize("days", [1, 7, MOST_DAYS])
def test_the_operator_says_after_how_many_days_to_forget(days: int) -> None:
    assert read_settings({"TORIKESHI_FORGET_AFTER": str(days)}).forget_after == timedelta(days=days)


@pytest.mark.parametrize("days", ["0", "-1", "3651", "7.5", "a week", "7 days", "٧", "²", "9" * 5000])
def test_days_that_cannot_be_used_are_named_with_what_can_be(days: str) -> None:
    with pytest.raises(SettingsError, match=r"TORIKESHI_FORGET_AFTER is .* a number of days from 1 to 3650"):
        read_settings({"TORIKESHI_FORGET_AFTER": days})
