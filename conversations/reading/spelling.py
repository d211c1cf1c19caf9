"""One text in one spelling: what is typed differs in width, case and kana, and holds signs that nobody sees."""

import re
import unicodedata

from conversations.events import Language

UNSEEN = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""Letters that show nothing or turn the others around: nothing that is read or shown keeps them."""
_PILED = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]{3})"
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]+"
)
"""Marks piled upon a letter: to sort very many of them takes minutes, and nobody can read them."""
_ROOM = 64
"""Letters by which folding may make a text longer: one sign can stand for eighteen; a text of such signs is none."""
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_MARKS = re.compile(r"[\s、。,.!?:;・/／'’\"「」()\[\]【】〜~→←…*_-]+")


def visible(text: str) -> str:
    r"""Return the text with full-width forms folded and without characters that nobody sees.

    >>> visible("８１９０\u202e\u200b ok")
    '8190 ok'
    """
    text = re.sub(r"(?<=\d)(?=[¼½¾⅓⅔])", " ", text)  # 42½ is 42 1/2, not 421/2
    folded = unicodedata.normalize("NFKC", _PILED.sub(r"\1", text))
    return UNSEEN.sub("", folded[: len(text) + _ROOM]).strip()


def name_key(text: str) -> str:
    """Return the form under which a name is looked up: letters and figures only, in one case.

    >>> name_key("To ship!") == name_key("ＴＯ－ＳＨＩＰ")
    True
    """
    return _MARKS.sub("", visible(text).casefold())


def spell(text: str) -> str:
    """Return a text in small letters and hiragana, as phrases are compared.

    >>> spell("ＰａｙＰａｌでキャンセル")
    'paypalできゃんせる'
    """
    return visible(text).casefold().translate(_KATAKANA)


_KANA_OR_KANJI = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]")
_LETTER = re.compile(r"[^\W\d_]")
_JAPANESE_FROM = 0.15
"""The share of Japanese letters from which a text is Japanese: names such as PayPal often stand in it."""


def written_in(text: str) -> Language:
    """Return the language in which a text is written; Japanese where it has no letters.

    >>> written_in("Awaiting Shipmentのまま"), written_in("PayPal please")
    (<Language.JA: 'ja'>, <Language.EN: 'en'>)
    """
    letters = len(_LETTER.findall(text))
    return Language.JA if len(_KANA_OR_KANJI.findall(text)) >= _JAPANESE_FROM * letters else Language.EN
