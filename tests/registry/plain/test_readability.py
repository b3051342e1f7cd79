"""The formulas against worked figures in print."""

import pytest

from myotrial.registry.plain.readability import (
    count_syllables,
    flesch_ease,
    flesch_kincaid_grade,
    measure_readability,
    smog_grade,
)

# Sentences worked out in encyclopaedia articles on the Flesch formulas: words, syllables, ease, grade.
WORKED = [
    ("The cat sat on the mat", 6, 6, 116, None),
    ("This sentence, taken as a reading passage unto itself, is being used to prove a point", 16, None, 69, None),
    ("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature", 13, 24, 37.5, 11.3),
]


@pytest.mark.parametrize(("text", "words", "syllables", "ease", "grade"), WORKED)
def test_worked_sentences(text: str, words: int, syllables: int | None, ease: float, grade: float | None) -> None:
    measured = measure_readability([text])
    assert measured is not None
    assert measured.words == words
    assert syllables in {None, measured.syllables}
    assert measured.ease == pytest.approx(ease, abs=0.5)
    assert grade is None or measured.grade == pytest.approx(grade, abs=0.05)


def test_highest_ease_and_lowest_grade() -> None:
    """One-syllable words, one to a sentence: the limits that the papers give, 121.22 and -3.40."""
    assert flesch_ease(words=1, sentences=1, syllables=1) == pytest.approx(121.22)
    assert flesch_kincaid_grade(words=1, sentences=1, syllables=1) == pytest.approx(-3.40)


@pytest.mark.parametrize(("polysyllables", "grade"), [(4, 5), (9, 6), (16, 7), (25, 8), (36, 9), (49, 10), (100, 13)])
def test_smog_agrees_with_the_table_of_its_author(polysyllables: int, grade: int) -> None:
    """McLaughlin's table for 30 sentences gives whole grades from the shorter formula, 3 + square root."""
    assert smog_grade(polysyllables, 30) == pytest.approx(grade, abs=0.57)
    assert smog_grade(2 * polysyllables, 60) == pytest.approx(smog_grade(polysyllables, 30))


# Syllables as dictionaries divide them.
DIVIDED = (
    "pa-tient mus-cle dis-ease be-ing prove ta-ble med-i-cine di-ag-no-sis sci-ence con-di-tion so-cial stud-y "
    "in-flam-ma-tion der-ma-to-my-o-si-tis treat-ed stopped need-ed used sys-tem im-mune ar-e-a score meas-ure"
)


@pytest.mark.parametrize("divided", DIVIDED.split())
def test_syllables(divided: str) -> None:
    assert count_syllables(divided.replace("-", "")) == len(divided.split("-"))


def test_each_criterion_is_a_sentence() -> None:
    one = measure_readability(["Cancer. Or a rash", "MMT-8 of 142"])
    assert one is not None
    assert (one.sentences, one.words) == (3, 6)
    assert measure_readability(["142", ""]) is None
