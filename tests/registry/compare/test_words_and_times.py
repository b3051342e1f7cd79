"""Words, times and elements, against readings made by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myotrial.registry.compare.elements import ELEMENTS, read_elements
from myotrial.registry.compare.matching import pair
from myotrial.registry.compare.time_points import read_time_points
from myotrial.registry.compare.words import differs_by_lost_signs, likeness, same_words
from myotrial.registry.parts import RegisteredOutcome


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"MMT-8 \<= 142", "mmt8 ≤ 142"),
        ("a dose of 1,000 mg", "A dose of 1000mg."),
        ("2.0 cm", "2 cm"),
        ("hard\n  wrapped", "hard wrapped"),
        ("IIM <br> and", "IIM and"),
        ("> = 3", "≥3"),
        ("18–80 years", "18-80 years"),
    ],
)
def test_the_same_words(one: str, other: str) -> None:
    assert same_words(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("≥ 3", "≤ 3"),
        ("> 3", "≥ 3"),
        ("1.5 mg", "15 mg"),
        ("= 3", "≥ 3"),
        ("20 %", "20"),
        ("change of -5", "change of 5"),
    ],
)
def test_not_the_same_words(one: str, other: str) -> None:
    assert not same_words(one, other)


def test_a_lost_sign_is_neither_the_same_nor_another_limit() -> None:
    assert differs_by_lost_signs("MMT-8 = 142 or CDASI = 14", "MMT-8 ≤ 142 or CDASI ≥ 14")
    assert not differs_by_lost_signs("MMT-8 = 142", "MMT-8 ≤ 141")
    assert not differs_by_lost_signs("MMT-8 = 142", "MMT-8 < 142")
    assert not differs_by_lost_signs("MMT-8 ≥ 142", "MMT-8 ≤ 142")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("40 and 64 weeks", "week 40, week 64"),
        ("40 Week", "week 40"),
        ("Week 12 and Week 24", "week 12, week 24"),
        ("weeks 4, 8, 12 & 16", "week 4, week 8, week 12, week 16"),
        ("Baseline, 6 months", "baseline, month 6"),
        ("12 months", "year 1"),
        ("Up to 8 years", "over the time to year 8"),
        ("From Week 25 up to week 53", "over the time to week 25, week 53"),
        ("Between Week 5 and Week 25", "over the time to week 5, week 25"),
        ("6-month", "month 6"),
        ("Weeks 17, 21 and 25 or 24 months", "week 17, week 21, week 25, year 2"),
        ("Baseline, 12 weeks, 24 weeks", "baseline, week 12, week 24"),
        ("Week 0-24", "over the time to baseline, day 0, week 24"),
        ("at 1.5 years", "month 18"),
        ("one year", "year 1"),
        ("Day 1 through Day 28", "over the time to day 1, week 4"),
    ],
)
def test_time_frames(text: str, expected: str) -> None:
    assert str(read_time_points(text)) == expected


@pytest.mark.parametrize("text", ["", None, "at the end of the study", "2 hours after dose 3 of part B", "period 2"])
def test_what_holds_no_plain_time_is_not_guessed(text: str | None) -> None:
    assert read_time_points(text) is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Responder Rate", ["overall response", "response", "threshold reached", "proportion"]),
        ("Mean TIS", ["overall response", "TIS", "value", "mean"]),
        ("Mean change difference in MMT-8", ["muscle strength", "MMT-8", "change from baseline", "mean difference"]),
        ("Time to meeting DOW for the first time", ["flare", "DOW", "time to event", None]),
        ("Percentage of subjects with serious TEAEs", ["safety", "serious adverse events", "occurrence", "proportion"]),
        ("Rate of TEAEs per days with infusion", ["safety", "adverse events", "occurrence", "rate"]),
        ("Proportion achieving TIS ≥ 20", ["overall response", "TIS", "threshold reached ≥ 20", "proportion"]),
        ("Change in EQ-5D-5L", ["quality of life", "EQ-5D-5L", "change from baseline", None]),
        ("Median time to flare", ["flare", "flare", "time to event", "median"]),
        ("Something unheard of", [None, None, None, None]),
    ],
)  # fmt: skip
def test_elements_read_by_hand(title: str, expected: list[str | None]) -> None:
    found = read_elements(RegisteredOutcome(role="secondary", position=1, title=title, start=0, end=1))
    assert [found.words(element) for element in ELEMENTS[:4]] == expected


def test_a_description_is_asked_where_the_title_names_no_measurement() -> None:
    words = "percentage of patients meeting definition of improvement (DOI) in both groups"
    found = read_elements(
        RegisteredOutcome(role="primary", position=1, title="Response Rate", description=words, start=0, end=1)
    )
    assert found.measurement == ("DOI",)


def rows(width: int) -> st.SearchStrategy[list[list[float]]]:
    row = st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=width, max_size=width)
    return st.lists(row, min_size=1, max_size=4)


TABLES = st.integers(1, 4).flatmap(rows)


def brute_force(table: list[list[float]], threshold: float) -> float:
    """Return the greatest sum over all ways to pair, by trying each."""

    def best(row: int, free: frozenset[int]) -> float:
        if row == len(table):
            return 0.0
        skipped = best(row + 1, free)
        taken = [
            table[row][k] + best(row + 1, free - {k}) for k in free if table[row][k] >= threshold and table[row][k] > 0
        ]
        return max([skipped, *taken])

    return best(0, frozenset(range(len(table[0]))))


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_pairs_have_the_greatest_sum(table: list[list[float]]) -> None:
    found = pair(range(len(table)), range(len(table[0])), lambda a, b: table[a][b])
    assert all(alike >= 0.5 for _, _, alike in found)
    assert len({a for a, _, _ in found}) == len({b for _, b, _ in found}) == len(found)
    assert sum(alike for _, _, alike in found) == pytest.approx(brute_force(table, 0.5))


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_even_and_bounded(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == 1
