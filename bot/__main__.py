"""The command line: run · chat · ask · read · check · train · evaluate · map · transcript · discord.

Each command imports only what it needs.
"""

import argparse
import os
import sys
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from typing_extensions import override

from bot.errors import MendableError

ERROR = 1
USAGE = 2
INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return the exit code. Errors of content and settings are said in one clear sentence."""
    options = _parser().parse_args(arguments)
    _accept_any_letter()
    try:
        code = int(options.run(options))
        sys.stdout.flush()
    except MendableError as error:
        print(error, file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # who read the output has left, as ``head`` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR
    return code


def _accept_any_letter() -> None:
    """Let a letter that the terminal cannot show, or bytes that are no letter, pass as a question mark."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="torikeshi", description="Helps Japanese buyers to get out of an AliExpress order. Advice only."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the release and exit")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    running = commands.add_parser("run", add_help=False, help="talk on every chat platform that is set up")
    running.add_argument("platforms", nargs="*", metavar="PLATFORM", help="only these")
    running.add_argument("--webhook", metavar="URL", help="let Telegram bring updates to this address")
    running.add_argument("--shards", metavar="FIRST-LAST/ALL", help="serve only these shards of a large Discord bot")
    running.add_argument("-h", "--help", action=_PlatformsHelp)
    running.set_defaults(run=_run)
    chat = commands.add_parser("chat", help="talk in this terminal, or by JSON lines")
    chat.add_argument("--language", type=_language, metavar="ja|en", help="ja unless said before")
    chat.add_argument("--data", type=Path, metavar="DIR", help="folder in which the chat is remembered")
    chat.add_argument("--jsonl", action="store_true", help="one JSON event a line in, one JSON turn a line out")
    chat.set_defaults(run=_chat)
    for name, metavar, text, action in (
        ("ask", "QUESTION", "answer one question; - reads questions from the input", _ask),
        ("read", "TEXT", "explain what a seller wrote; - reads it from the input", _read),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("text", nargs="?", default="-", metavar=metavar)
        command.add_argument("--language", type=_language, metavar="ja|en", help="the text's own unless given")
        command.add_argument("--json", action="store_true", help="one JSON object a line")
        command.set_defaults(run=action)
    train = commands.add_parser("train", help="learn the phrasings anew (needs scikit-learn; see make train)")
    train.set_defaults(run=_train)
    evaluate = commands.add_parser("evaluate", help="how well typed words are understood, on labelled lines")
    evaluate.add_argument("file", type=Path, metavar="FILE.jsonl")
    evaluate.add_argument("--confusions", type=Path, metavar="FILE", help="write the confusion table here")
    evaluate.set_defaults(run=_evaluate)
    check = commands.add_parser("check", help="check all content; exit 1 if anything is wrong")
    check.set_defaults(run=_check)
    drawing = commands.add_parser("map", help="print the dialog as Mermaid diagrams")
    drawing.add_argument("--into", type=Path, metavar="FILE", help="replace them in this Markdown file")
    drawing.set_defaults(run=_map)
    if find_spec("bot.editing.transcripts") is not None:  # only beside the tests whose stories it plays
        transcript = commands.add_parser("transcript", help="play simulated conversations as a buyer would see them")
        transcript.add_argument("names", nargs="+", metavar="NAME", help="a name in tests/transcripts, or a file")
        transcript.set_defaults(run=_transcript)
    discord = commands.add_parser("discord", help="add the bot to a server; register its commands")
    actions = discord.add_subparsers(required=True, metavar="ACTION")
    inviting = actions.add_parser("invite", help="print the links by which the bot is added, and what they permit")
    inviting.set_defaults(run=_discord_invite)
    syncing = actions.add_parser("sync", help="register the commands if they changed; run does so by itself")
    syncing.add_argument("--force", action="store_true", help="also if they did not change")
    syncing.set_defaults(run=_discord_sync)
    store = commands.add_parser("store", help="back up, restore, copy; show or forget one chat")
    doing = store.add_subparsers(required=True, metavar="ACTION")
    for name, text, names in (
        ("backup", "write all that is kept into a file; the bot may run", ("FILE",)),
        ("restore", "take back from a backup what is gone", ("FILE",)),
        ("copy", "copy all chats to another store, such as PostgreSQL; once more does no harm", ("FROM", "TO")),
        ("export", "print all that is kept of a chat, such as telegram:77", ("CHAT",)),
        ("forget", "delete all that is kept of a chat", ("CHAT",)),
    ):
        errand = doing.add_parser(name, help=text)
        errand.add_argument("what", nargs=len(names), metavar=names if len(names) > 1 else names[0])
        errand.set_defaults(run=_store, action=name)
    return parser


def _language(code: str) -> object:
    """Read a language; which there are is known only where it is asked for: --help must not wait for it."""
    from conversations import Language

    try:
        return Language(code)
    except ValueError as error:
        message = f"{code!r} is none of {', '.join(Language)}"
        raise argparse.ArgumentTypeError(message) from error


class _PlatformsHelp(argparse.Action):
    """Shows the help with every platform and its settings, which are read only then."""

    def __init__(self, option_strings: list[str], **_: object) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help="show this help and exit")

    @override
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from bot.settings import platforms_help

        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = platforms_help()
        parser.print_help()
        parser.exit()


class _Version(argparse.Action):
    """Prints the installed release; looked up only when it is asked for."""

    @override
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(f"torikeshi {version('torikeshi')}")
        parser.exit()


def _run(options: argparse.Namespace) -> int:
    from bot.run import run

    given = {"TORIKESHI_TELEGRAM_WEBHOOK": options.webhook, "TORIKESHI_DISCORD_SHARDS": options.shards}
    return run(options.platforms, {name: value for name, value in given.items() if value is not None})


def _store(options: argparse.Namespace) -> int:
    from bot import store_errands

    paths = {"backup", "restore"}
    what = [Path(one) if options.action in paths else one for one in options.what]
    return int(getattr(store_errands, options.action)(*what))


def _chat(options: argparse.Namespace) -> int:
    from bot.chat import chat

    return chat(options.language, options.data, jsonl=options.jsonl)


def _ask(options: argparse.Namespace) -> int:
    from bot.ask import ask

    return ask(options.text, options.language, as_lines=options.json)


def _read(options: argparse.Namespace) -> int:
    from bot.ask import read

    return read(options.text, options.language, as_lines=options.json)


def _train(_: argparse.Namespace) -> int:
    try:
        from bot.editing.training import train_installed
    except ImportError as error:
        message = f"{error.name} is not installed; use make train, or pip install scikit-learn"
        raise MendableError(message) from error
    print(train_installed())
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from bot.clock import today_in_japan
    from bot.content import load_content
    from bot.editing.evaluate import confusion_table, read_rows, report

    rows, content = read_rows(options.file), load_content()
    for line in report(rows, content, today_in_japan()):
        print(line)
    if options.confusions is not None:
        options.confusions.write_text(confusion_table(rows, content.readers), encoding="utf-8")
    return 0


def _check(_: argparse.Namespace) -> int:
    from bot.editing.check import check

    problems = check()
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problem(s)" if problems else "all content is sound")
    return ERROR if problems else 0


def _map(options: argparse.Namespace) -> int:
    from bot.content import load_content
    from bot.editing.diagram import mermaid, with_pictures

    pictures = mermaid(load_content().handbook)
    if options.into is not None and not options.into.is_file():
        message = f"{options.into}: there is no such file"
        raise MendableError(message)
    if options.into is None:
        print("\n\n".join(pictures.values()))
    else:
        options.into.write_text(with_pictures(options.into.read_text(encoding="utf-8"), pictures), encoding="utf-8")
    return 0


def _transcript(options: argparse.Namespace) -> int:
    from bot.editing.transcripts import play

    return play(options.names)


def _discord_invite(_: argparse.Namespace) -> int:
    from bot.discord_errands import invite

    return invite()


def _discord_sync(options: argparse.Namespace) -> int:
    from bot.discord_errands import sync

    return sync(force=options.force)


if __name__ == "__main__":
    sys.exit(main())
