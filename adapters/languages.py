"""Which language somebody speaks of whom nothing is known yet."""

import re

from conversations import Language


def by_code(code: object) -> Language | None:
    """Return one of our languages for a code such as "en-GB"; None for others.

    >>> by_code("en-GB"), by_code("ja"), by_code("de"), by_code(None)
    (<Language.EN: 'en'>, <Language.JA: 'ja'>, None, None)
    """
    name = str(code).casefold().partition("-")[0]
    return Language(name) if name in set(Language) else None


def by_letters(text: str) -> Language | None:
    """Return the language in which a text is written, as far as its letters tell.

    >>> by_letters("いつ？"), by_letters("when?"), by_letters("5!")
    (<Language.JA: 'ja'>, <Language.EN: 'en'>, None)
    """
    if re.search(r"[\u3040-\u30ff\u3400-\u9fff]", text):
        return Language.JA
    return Language.EN if re.search(r"[A-Za-z]", text) else None
