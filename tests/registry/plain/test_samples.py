"""Every criterion of every sample record: nothing is changed or lost, and enough of it is understood."""

import re
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from myotrial.registry.plain.page import explain_record
from myotrial.registry.plain.recast import PlainCriterion, say
from myotrial.registry.record import TrialRecord

SPEC = spec_from_file_location("walk", Path(__file__).with_name("walk.py"))
assert SPEC is not None
assert SPEC.loader is not None
walk = module_from_spec(SPEC)
SPEC.loader.exec_module(walk)

Pair = tuple[str, str]


def _criteria(records: list[TrialRecord]) -> list[PlainCriterion]:
    return [criterion for record in records for criterion in explain_record(record).criteria]


@pytest.fixture(scope="module")
def myositis(myositis_records: list[TrialRecord]) -> list[PlainCriterion]:
    return _criteria(myositis_records)


@pytest.fixture(scope="module")
def pairs(myositis: list[PlainCriterion], other_records: list[TrialRecord], exported_lines: list[str]) -> list[Pair]:
    """Return every criterion that is put into plain words, with its plain words."""
    found = [(c.original, c.plain) for c in [*myositis, *_criteria(other_records)] if c.plain]
    lines = ((line, say(line, myositis=False)) for line in exported_lines)
    return found + [(line, said[0]) for line, said in lines if said]


def test_six_in_ten_myositis_criteria_are_in_plain_words(myositis: list[PlainCriterion]) -> None:
    states = Counter(criterion.state for criterion in myositis)
    print(dict(states), f"{states['recast'] / len(myositis):.1%}")  # noqa: T201  (pytest -s shows the figure)
    assert len(myositis) >= 150
    assert states["recast"] / len(myositis) >= 0.60


def test_numbers_limits_units_negations_and_joins_stay(pairs: list[Pair]) -> None:
    assert len(pairs) >= 350
    wrong = [(a, b, walk.kept(a) - walk.kept(b), walk.kept(b) - walk.kept(a)) for a, b in pairs]
    assert [pair for pair in wrong if pair[2] or pair[3]] == []


def test_the_walk_sees_a_changed_number_or_limit_or_join(pairs: list[Pair]) -> None:
    """The comparison can fail: it sees every such change made on purpose."""
    changes = (
        (r"(?<![\w^.,-])\d+(?![\w.,]*\d)", lambda found: str(int(found[0]) + 1)),
        (r"\bmore than\b", lambda _: "less than"),
        (r"\bor (?:more|older)\b", lambda _: ""),
        (r"(?<!/)\bor\b(?! (?:more|older|less|younger|equal))", lambda _: "and"),
        (r"\bwithout\b", lambda _: "with"),
    )
    for pattern, change in changes:
        hit = [(a, re.sub(pattern, change, b, count=1)) for a, b in pairs if re.search(pattern, b)]
        assert hit
        seen = sum(walk.kept(a) != walk.kept(b) for a, b in hit)
        assert seen == len(hit), pattern


def test_a_lost_sign_is_never_put_into_words(myositis_records: list[TrialRecord]) -> None:
    lost = [
        criterion
        for record in myositis_records
        if record.lost_comparators
        for criterion in explain_record(record).criteria
        if re.search(r"(?<![<>])=\s*\d", criterion.original)
    ]
    assert len(lost) >= 3
    for criterion in lost:
        assert (criterion.state, criterion.plain) == ("sign lost", None)
        assert all("≥" in words and "≤" in words for words in criterion.lost)


def test_the_original_is_always_there(myositis: list[PlainCriterion]) -> None:
    assert all(criterion.original for criterion in myositis)
    assert {c.state for c in myositis if c.plain} == {"recast"}
    assert all(c.readings for c in myositis if c.state == "ambiguous")
