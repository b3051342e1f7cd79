"""Criteria of two records, item by item."""

from collections.abc import Iterator, Sequence

from myotrial.registry.compare.change import Change
from myotrial.registry.compare.matching import THRESHOLD, pair
from myotrial.registry.compare.words import (
    differs_by_lost_signs,
    holds,
    likeness,
    same_words,
    tokens,
    without_signs,
    word_changes,
)
from myotrial.registry.criteria_items import CriterionItem, list_criteria_items
from myotrial.registry.record import TrialRecord

MOVED = 0.8
"""The likeness from which a criterion under the other heading is the same one, moved. Ours."""


def criterion_likeness(one: CriterionItem, other: CriterionItem) -> float:
    """Return how alike two criteria are; under opposite headings they are not the same one."""
    if {one.kind, other.kind} == {"inclusion", "exclusion"}:
        return 0.0
    return likeness(one.text, other.text)


def compare_criteria(old: TrialRecord, new: TrialRecord, threshold: float = THRESHOLD) -> Iterator[Change]:
    """Yield every change of a criterion.

    A text that is divided into items otherwise, with the same words in the same order, is no change.
    """
    before, after = list_criteria_items(old), list_criteria_items(new)
    pairs = pair(before, after, criterion_likeness, threshold)
    for a, b, alike in pairs:
        yield from _changed(before[a], after[b], alike, old, new)
    gone = [item for place, item in enumerate(before) if place not in {a for a, _, _ in pairs}]
    come = [item for place, item in enumerate(after) if place not in {b for _, b, _ in pairs}]
    moved = pair(gone, come, lambda one, other: likeness(one.text, other.text), MOVED)
    for a, b, alike in moved:
        yield _change("moved", gone[a], come[b], f"{gone[a].kind} → {come[b].kind}", alike)
    left = [item for place, item in enumerate(gone) if place not in {a for a, _, _ in moved}]
    right = [item for place, item in enumerate(come) if place not in {b for _, b, _ in moved}]
    yield from _alone(left, after, new, "removed")
    yield from _alone(right, before, old, "added")


def _changed(
    one: CriterionItem, other: CriterionItem, alike: float, old: TrialRecord, new: TrialRecord
) -> Iterator[Change]:
    if same_words(one.text, other.text):
        return
    if differs_by_lost_signs(one.text, other.text):
        yield _change("lost comparator", one, other, 'one copy has "=" where the other has "≥" or "≤"', alike)
        return
    if one.cut_off or other.cut_off or old.cut_off or new.cut_off:
        short, long = sorted((tokens(one.text.rstrip("…. ")), tokens(other.text.rstrip("…. "))), key=len)
        if short[:-1] == long[: len(short) - 1] and (one.cut_off or other.cut_off):
            return
    yield _change("changed", one, other, word_changes(one.text, other.text) or "other order of the words", alike)


def _alone(
    items: Sequence[CriterionItem], others: Sequence[CriterionItem], record: TrialRecord, kind: str
) -> Iterator[Change]:
    """Yield the items that the other record does not have, not even as a part of a longer item."""
    stream = [word for item in others for word in tokens(item.text)]
    bare = without_signs(stream)
    for item in items:
        words = tokens(item.text)
        if holds(stream, words):
            continue
        one, other = (item, None) if kind == "removed" else (None, item)
        if record.lost_comparators and holds(bare, without_signs(words)):
            yield _change("lost comparator", one, other, "the other copy has the same words without the sign")
        elif record.cut_off or not others:
            yield _change("not shown", one, other, "the other record does not show all criteria")
        else:
            yield _change("removed" if kind == "removed" else "added", one, other, item.kind.replace("_", " "))


def _change(
    kind: str, one: CriterionItem | None, other: CriterionItem | None, detail: str, alike: float | None = None
) -> Change:
    return Change.model_validate(
        {
            "field": "criteria",
            "kind": kind,
            "old": one.text if one else None,
            "new": other.text if other else None,
            "detail": detail,
            "likeness": round(alike, 4) if alike is not None else None,
            "old_position": one.position if one else None,
            "new_position": other.position if other else None,
        }
    )
