"""A platform is a folder and a line in PLATFORMS: what it needs, shows and says is read from there, for all alike."""

import asyncio
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from adapters import PLATFORMS
from adapters.platform import Host, platform
from bot.__main__ import main
from bot.content import Content, load_content, no_buttons
from bot.editing.fitting import unfit
from bot.editing.transcripts import read_transcript, unmet
from bot.settings import SettingsError, read_accounts, secrets_of, variable
from conversations import Language, Started
from tests import toy_platform
from tests.walks import visits
from tests.watched import Watched

ROOT = Path(__file__).parent.parent
STORY = ROOT / "tests" / "transcripts" / "ja_refund_overdue.md"


@cache
def _unfit(name: str, language: Language) -> tuple[str, ...]:
    return tuple(unfit(visits(language), platform(name), load_content().catalog.label))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", list(PLATFORMS))
def test_every_screen_fits_on_every_platform(name: str, language: Language) -> None:
    assert _unfit(name, language) == ()


def test_every_setting_stands_in_the_operators_table() -> None:
    told = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in PLATFORMS:
        for setting in platform(name).SETTINGS:
            assert f"`{variable(name, setting)}`" in told
            assert setting.meaning in told


def test_every_platform_says_where_its_secrets_come_from() -> None:
    for name in PLATFORMS:
        assert all(setting.source for setting in platform(name).SETTINGS if setting.needed)


def test_a_platforms_words_are_no_buttons_and_have_their_form(content: Content) -> None:
    for name in PLATFORMS:
        for section, form in platform(name).WORDS.items():
            assert f"{section}:" in no_buttons()
            for lexicon in content.catalog.lexicons.values():
                words = {key: text for key, text in lexicon.labels.items() if key.startswith(f"{section}:")}
                assert words
                assert [key for key, text in words.items() if not re.fullmatch(form, text, re.DOTALL)] == []


# A toy of a page, registered beside the others.


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(PLATFORMS, "toy", "tests.toy_platform")
    return "toy"


def test_a_new_platform_asks_for_all_that_it_needs(toy: str) -> None:
    with pytest.raises(SettingsError, match=r"TORIKESHI_TOY_TOKEN is not set\. The post office gives you one"):
        read_accounts({}, [toy])
    with pytest.raises(SettingsError, match=r"TORIKESHI_TOY_STAMP is not set\. The post office sells them"):
        read_accounts({"TORIKESHI_TOY_TOKEN": "k"}, [toy])
    with pytest.raises(SettingsError, match=r"TORIKESHI_TOY_TOKEN \(The post office gives you one\)"):
        read_accounts({}, [])


def test_the_help_of_run_names_every_platform_and_setting(toy: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["run", "--help"])
    told = capsys.readouterr().out
    for name in (toy, "telegram", "discord"):
        assert all(f"{variable(name, setting)}" in told for setting in platform(name).SETTINGS)
        assert all(setting.source in told for setting in platform(name).SETTINGS)


def test_the_help_of_run_loads_no_platforms_library() -> None:
    script = (
        "import sys\nfrom bot.__main__ import main\ntry:\n    main(['run', '-h'])\nfinally:\n    print([*sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "TORIKESHI_TELEGRAM_TOKEN" in ran.stdout
    assert not {"'telegram'", "'discord'", "'httpx'"} & {*ran.stdout.split("[")[-1].rstrip("]\n").split(", ")}


def test_who_set_up_nothing_is_told_every_platforms_settings(toy: str) -> None:
    with pytest.raises(SettingsError) as told:
        read_accounts({}, [])
    for name in (toy, "telegram", "discord"):
        assert all(variable(name, one) in str(told.value) for one in platform(name).SETTINGS if one.needed)


def test_a_new_platforms_settings_are_read_and_its_secrets_kept(toy: str) -> None:
    environment = {"TORIKESHI_TOY_TOKEN": "k", "TORIKESHI_TOY_STAMP": "s", "TORIKESHI_TOY_URL": "http://h:1"}
    accounts = read_accounts(environment, [])
    assert accounts == {toy: {"token": "k", "stamp": "s", "url": "http://h:1"}}
    assert secrets_of(accounts) == ["k", "s"]
    with pytest.raises(SettingsError, match="TORIKESHI_TOY_URL must be an address like http://localhost:25"):
        read_accounts({**environment, "TORIKESHI_TOY_URL": "h:1"}, [])
    with pytest.raises(SettingsError, match="TORIKESHI_TOY_STAMP holds characters that no token has") as error:
        read_accounts({**environment, "TORIKESHI_TOY_STAMP": "not a stamp"}, [])
    assert "not a stamp" not in str(error.value)


@pytest.mark.parametrize("language", list(Language))
def test_the_walk_finds_what_does_not_fit_and_says_where(toy: str, language: Language) -> None:
    told = _unfit(toy, language)
    messages = [one for one in told if re.fullmatch(rf"{language}: .*: messages: [67], at most 5", one)]
    assert len(messages) > 100
    assert any(" › reply_kind:" in one or "reply_kind:" in one for one in messages)
    assert {*told} - {*messages} == {one for one in told if re.search(r": buttons: 1[4-9], at most 13$", one)}


async def test_a_story_comes_out_the_same_on_a_new_platform(toy: str, content: Content) -> None:
    story, product, host = read_transcript(STORY), Watched(content), Host()
    product.today = story.today
    account = read_accounts({"TORIKESHI_TOY_TOKEN": "k", "TORIKESHI_TOY_STAMP": "s"}, [toy])[toy]
    talk = asyncio.create_task(platform(toy).run(product, account, host))
    toy_platform.BOX.put_nowait(("hanako", Started(story.language)))
    await toy_platform.SENT.get()
    for action in story.actions:
        toy_platform.BOX.put_nowait(("hanako", action.event))
        assert [*unmet(action, await toy_platform.SENT.get())] == []
    assert len(product.heard["s:hanako"]) == len(story.actions) + 1
    host.stop.set()
    await talk
