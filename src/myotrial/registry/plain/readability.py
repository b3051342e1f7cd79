"""How hard a text is to read: Flesch ease, Flesch-Kincaid grade, SMOG, long words.

A criterion is counted as one sentence per full stop in it, and at least one: lists have no full stops, and the grades
of a list read as one sentence mean nothing.
"""

import math
import re
from collections.abc import Iterable

from myotrial.model.source import Record
from myotrial.registry.plain.tokens import sentences

_WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’][A-Za-zÀ-ÿ]+)*")
_VOWELS = re.compile(r"[aeiouyà-ÿ]+")
_SPLIT = re.compile(
    r"(?:i(?=[ou](?!us\b|n))|e(?=ing)|y(?=ing)|(?<=[^q])u(?=ing)|o(?=ing)|i(?=a[glt])|i(?=e[tw])|(?<=sc)i(?=en)|(?<=m)y(?=o)|e(?=as?$))"
)
_LONG = 6


class Readability(Record):
    """How hard a text is to read.

    Attributes
    ----------
    sentences, words, syllables, polysyllables, long_words
        Counts; a polysyllable has three syllables or more, a long word more than six letters (as in the LIX).
    """

    sentences: int
    words: int
    syllables: int
    polysyllables: int
    long_words: int

    @property
    def ease(self) -> float:
        """Flesch reading ease: 100 is easy, 0 very hard."""
        return flesch_ease(self.words, self.sentences, self.syllables)

    @property
    def grade(self) -> float:
        """Flesch-Kincaid grade: years of school in the United States."""
        return flesch_kincaid_grade(self.words, self.sentences, self.syllables)

    @property
    def smog(self) -> float:
        """SMOG grade."""
        return smog_grade(self.polysyllables, self.sentences)

    @property
    def long_share(self) -> float:
        """Share of long words, 0 to 1."""
        return self.long_words / self.words

    @property
    def sentence_length(self) -> float:
        """Words in a sentence, on average."""
        return self.words / self.sentences


def flesch_ease(words: int, sentences: int, syllables: int) -> float:
    """Return the Flesch reading ease (Flesch R. J Appl Psychol 1948;32:221-33).

    Examples
    --------
    >>> round(flesch_ease(words=13, sentences=1, syllables=24), 1)
    37.5
    """
    return 206.835 - 1.015 * words / sentences - 84.6 * syllables / words


def flesch_kincaid_grade(words: int, sentences: int, syllables: int) -> float:
    """Return the Flesch-Kincaid grade (Kincaid JP et al., Naval Technical Training Command report 8-75, 1975).

    Examples
    --------
    >>> round(flesch_kincaid_grade(words=13, sentences=1, syllables=24), 1)
    11.3
    """
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59


def smog_grade(polysyllables: int, sentences: int) -> float:
    """Return the SMOG grade (McLaughlin GH. J Reading 1969;12:639-46); made for 30 sentences or more.

    Examples
    --------
    >>> round(smog_grade(polysyllables=49, sentences=30), 1)
    10.4
    """
    return 1.0430 * math.sqrt(polysyllables * 30 / sentences) + 3.1291


def measure_readability(texts: Iterable[str]) -> Readability | None:
    """Measure texts, each of which ends a sentence; ``None`` where there are no words.

    Numbers are no words. An abbreviation in capitals is read letter by letter.

    Examples
    --------
    >>> measured = measure_readability(["The cat sat on the mat"])
    >>> measured.words, measured.syllables, round(measured.ease)
    (6, 6, 116)
    """
    count = {"sentences": 0, "words": 0, "syllables": 0, "polysyllables": 0, "long_words": 0}
    for text in texts:
        words = _WORD.findall(text)
        if not words:
            continue
        syllables = [count_syllables(word) for word in words]
        count["sentences"] += max(1, sum(bool(_WORD.search(piece)) for piece in sentences(text)))
        count["words"] += len(words)
        count["syllables"] += sum(syllables)
        count["polysyllables"] += sum(number >= 3 for number in syllables)
        count["long_words"] += sum(len(word) > _LONG for word in words)
    return Readability(**count) if count["words"] else None


def count_syllables(word: str) -> int:
    """Count the syllables of an English word by its letters: near enough for a share, not for one word.

    Examples
    --------
    >>> [count_syllables(word) for word in ("patient", "being", "prove", "table", "muscle", "MMT", "dermatomyositis")]
    [2, 2, 1, 2, 2, 3, 7]
    """
    if word.isupper() and len(word) > 1:
        return sum(3 if letter == "W" else 1 for letter in word)
    low = word.lower().replace("’", "'").removesuffix("'s")
    number = len(_VOWELS.findall(low)) + len(_SPLIT.findall(low))
    if re.search(r"[^aeiouy]e$|[^aeiouydt]ed$|[^aeiouysxzcgh]es$", low) and not re.search(r"[^aeiouylr]les?$", low):
        number -= 1
    number -= len(re.findall(r"[tcsx]i(?=al)", low))
    return max(1, number)
