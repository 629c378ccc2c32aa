"""One way to hold two spellings against each other: case, accents, apostrophes, hyphens, white space, Saint and St.

What is folded is compared and searched, never shown. A name pasted from a web page has a no-break space, one typed on a telephone a
curly apostrophe, one in a register none: all are the same name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that no normal form takes apart. Arabic: final ye and ta marbuta as people type them; its alefs come apart by themselves.
_LETTERS = str.maketrans({
    "ł": "l", "đ": "d", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h", "ŧ": "t", "ŀ": "l", "ŋ": "n",
    "ى": "ي", "ة": "ه", "ٱ": "ا", "&": " and ",
})  # fmt: skip
_DROPPED = re.compile(r"['’‘ʼ`´′ʹ\u200b-\u200f\u2060\ufeff\u00ad\u0640]")
# Marks that people leave out or type in other ways: of Latin, Greek, Cyrillic, Hebrew and Arabic. Of other scripts a mark is a letter.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_SAINT = re.compile(r"\bsaint\b")


# The same for a text of nothing but ASCII, which takes no form apart: each sign at once. Registers have hundreds of thousands of them.
_ASCII = {n: chr(n).lower() if chr(n).isalnum() else " " for n in range(128)} | {
    ord("&"): " and ",
    ord("'"): None,
    ord("`"): None,
}


def folded(text: str) -> str:
    """A spelling without what people write in different ways, as words with one space between them."""
    if text.isascii():
        plain = " ".join(text.translate(_ASCII).split())
        return _SAINT.sub("st", plain) if "saint" in plain else plain
    return _any_letters(text)


def _any_letters(text: str) -> str:
    # Before it is taken apart too: the acute accent that some keyboards give for an apostrophe would become a space.
    apart = unicodedata.normalize("NFKD", _DROPPED.sub("", text).casefold())
    bare = _MARKS.sub("", apart).translate(_LETTERS)
    words = "".join(ch if ch.isalnum() or unicodedata.category(ch)[0] == "M" else " " for ch in _DROPPED.sub("", bare))
    return _SAINT.sub("st", " ".join(words.split()))


# The names and words of one household are held against each other again and again.
folded_name = lru_cache(maxsize=4096)(folded)


@lru_cache(maxsize=4096)
def kept(text: str) -> str:
    """The same, for the few names and words of one household that are held against each other again and again.

    What is nothing but signs is as it was typed: two of them are not the same for having nothing left.
    """
    return folded_name(text) or text.casefold()
