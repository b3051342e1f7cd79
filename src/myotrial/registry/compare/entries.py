"""Outcomes and criteria of several records in rows: which is which, and where they differ."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from myotrial.registry.compare.criteria import criterion_likeness
from myotrial.registry.compare.judging import judge
from myotrial.registry.compare.matching import outcome_likeness, pair
from myotrial.registry.compare.outcomes import Read, element_changes, label, read_all
from myotrial.registry.compare.side_by_side import Row, Source
from myotrial.registry.compare.words import differs_by_lost_signs, same_words, tokens, without_signs, word_changes
from myotrial.registry.criteria_items import CriterionItem, list_criteria_items
from myotrial.registry.record import TrialRecord

T = TypeVar("T")


def outcome_rows(records: Sequence[TrialRecord], sources: Sequence[Source], threshold: float) -> list[Row]:
    """Return one row per outcome, with its role before the title."""
    rows = []
    for line in _align([read_all(record) for record in records], sources, outcome_likeness, threshold):
        shown = [_outcome_words(entry) if entry else None for entry in line]
        known = {words: entry for words, entry in zip(shown, line, strict=True) if words and entry}
        row = judge("outcome", tuple(shown), sources, partial(_same_by_words, known))
        rows.append(_with_detail(row, [_outcome_detail(*two) for two in _pairs(line)]))
    return rows


def criterion_rows(records: Sequence[TrialRecord], sources: Sequence[Source], threshold: float) -> list[Row]:
    """Return one row per criterion, with its kind before the words."""
    rows = []
    entries = [list_criteria_items(record) for record in records]
    for line in _align(entries, sources, criterion_likeness, threshold):
        shown = tuple(_criterion_words(item) if item else None for item in line)
        row = judge("criterion", shown, sources, _same_criterion)
        rows.append(_with_detail(row, [word_changes(one.text, other.text) for one, other in _pairs(line)]))
    return rows


def _align(
    entries: Sequence[Sequence[T]], sources: Sequence[Source], likeness_of: Callable[[T, T], float], threshold: float
) -> list[list[T | None]]:
    """Return lines of entries that are the same one; the most trusted record with the most entries goes first."""
    order = sorted(range(len(entries)), key=lambda place: (sources[place].layer, -len(entries[place]), place))
    lines: list[list[T | None]] = []
    for place in order:
        heads = [next(entry for entry in line if entry is not None) for line in lines]
        pairs = {b: a for a, b, _ in pair(heads, entries[place], likeness_of, threshold)}
        for number, entry in enumerate(entries[place]):
            if number in pairs:
                lines[pairs[number]][place] = entry
            else:
                line: list[T | None] = [None] * len(entries)
                line[place] = entry
                lines.append(line)
    return lines


def _pairs(line: Sequence[T | None]) -> list[tuple[T, T]]:
    """Return the first entry of a line beside each of the others."""
    held = [entry for entry in line if entry is not None]
    return [(held[0], other) for other in held[1:]]


def _with_detail(row: Row, details: Sequence[str]) -> Row:
    """Put what differs, entry by entry, in place of the whole words, which stand in the row already."""
    if row.verdict in {"agree", "one only"}:
        return row
    words = "; ".join(dict.fromkeys(detail for detail in details if detail))
    return row.model_copy(update={"detail": words})


def _outcome_words(entry: Read) -> str:
    role = "" if entry[0].role == "not_stated" else f"{entry[0].role}: "
    return f"{role}{label(entry[0])}"


def _same_by_words(known: Mapping[str, Read], one: str, other: str) -> str | None:
    return _same_outcome(known[one], known[other])


def _same_outcome(one: Read, other: Read) -> str | None:
    roles = {one[0].role, other[0].role} - {"not_stated"}
    if len(roles) > 1:
        return None
    if same_words(one[0].title, other[0].title) and same_words(one[0].time_frame, other[0].time_frame):
        return "agree"
    if differs_by_lost_signs(one[0].title, other[0].title) and same_words(one[0].time_frame, other[0].time_frame):
        return "lost comparator"
    return None if list(element_changes(one[1], other[1])) else "wording"


def _outcome_detail(one: Read, other: Read) -> str:
    parts = [f"role: {one[0].role} | {other[0].role}"] if one[0].role != other[0].role else []
    parts += [
        f"{part.element}: {part.old or 'not recognised'} | {part.new or 'not recognised'}"
        for part in element_changes(one[1], other[1])
    ]
    return ", ".join(parts)


def _criterion_words(item: CriterionItem) -> str:
    return item.text if item.kind == "not_stated" else f"{item.kind}: {item.text}"


def _bare(text: str) -> str:
    kind, _, words = text.partition(": ")
    return words if kind in {"inclusion", "exclusion"} else text


def _same_criterion(one: str, other: str) -> str | None:
    first, second = _bare(one), _bare(other)
    if same_words(first, second):
        return "agree"
    if differs_by_lost_signs(first, second):
        return "lost comparator"
    before, after = _figures(first), _figures(second)
    if before == after:
        return "wording"
    lost = Counter(without_signs(list(before.elements()))) == Counter(without_signs(list(after.elements())))
    return "lost comparator" if lost and ("=" in before) != ("=" in after) else None


def _figures(text: str) -> Counter[str]:
    """Return the numbers and signs of a text: criteria in other words disagree where these differ."""
    return Counter(word for word in tokens(text) if not word.isalpha())
