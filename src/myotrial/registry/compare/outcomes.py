"""Outcomes of two records: added, removed, promoted, demoted, changed, by the five elements."""

from collections.abc import Iterator, Sequence

from myotrial.registry.compare.change import Change, ElementChange, Kind, Severity
from myotrial.registry.compare.elements import ELEMENTS, Elements, read_elements
from myotrial.registry.compare.matching import THRESHOLD, outcome_likeness, pair
from myotrial.registry.compare.witness import find_witness
from myotrial.registry.compare.words import differs_by_lost_signs, same_words, word_changes
from myotrial.registry.parts import RegisteredOutcome
from myotrial.registry.record import TrialRecord

Read = tuple[RegisteredOutcome, Elements]


def read_all(record: TrialRecord) -> list[Read]:
    """Return the outcomes of a record with their elements."""
    return [(outcome, read_elements(outcome)) for outcome in record.outcomes]


def shows_all(record: TrialRecord) -> bool:
    """Whether a record shows every outcome it has.

    It is not cut off, says which outcomes are primary, and if it shows none at all it is the register's own.
    """
    if record.cut_off or (not record.outcomes and find_witness(record).layer):
        return False
    return all(outcome.role != "not_stated" for outcome in record.outcomes)


def compare_outcomes(old: TrialRecord, new: TrialRecord, threshold: float = THRESHOLD) -> Iterator[Change]:
    """Yield every change of an outcome, those of the old record first, in their order."""
    before, after = read_all(old), read_all(new)
    pairs = pair(before, after, outcome_likeness, threshold)
    matched = {a: (b, alike) for a, b, alike in pairs}
    for place, entry in enumerate(before):
        if place in matched:
            other, alike = matched[place]
            yield from _changes(entry, after[other], alike)
        else:
            yield _alone(entry, shown=shows_all(new), kind="removed")
    taken = {b for _, b, _ in pairs}
    for place, entry in enumerate(after):
        if place not in taken:
            yield _alone(entry, shown=shows_all(old), kind="added")


def _alone(entry: Read, *, shown: bool, kind: Kind) -> Change:
    outcome = entry[0]
    words = {"old": label(outcome)} if kind == "removed" else {"new": label(outcome)}
    place = {"old_position": outcome.position} if kind == "removed" else {"new_position": outcome.position}
    severity: Severity = "major" if shown else "open"
    side = "new" if kind == "removed" else "old"
    detail = _role_words(outcome) if shown else f"{_role_words(outcome)}; the {side} record does not show everything"
    return Change.model_validate(
        {"field": "outcomes", "kind": kind if shown else "not shown", "severity": severity, "detail": detail}
        | words
        | place
    )


def label(outcome: RegisteredOutcome) -> str:
    """Return an outcome's title with its time frame."""
    return f"{outcome.title} [{outcome.time_frame}]" if outcome.time_frame else outcome.title


def _role_words(outcome: RegisteredOutcome) -> str:
    return "role not stated" if outcome.role == "not_stated" else outcome.role


def _changes(one: Read, other: Read, alike: float) -> Iterator[Change]:
    """Yield how a matched outcome changed: its role, its time frame, its other elements or words."""
    (old, before), (new, after) = one, other

    def change(kind: Kind, severity: Severity, detail: str, parts: Sequence[ElementChange] = ()) -> Change:
        return Change(
            field="outcomes",
            kind=kind,
            severity=severity,
            old=label(old),
            new=label(new),
            detail=detail,
            elements=tuple(parts),
            likeness=round(alike, 4),
            old_position=old.position,
            new_position=new.position,
        )

    if old.role != new.role:
        kind, severity = _role_change(old.role, new.role)
        yield change(kind, severity, f"{_role_words(old)} → {_role_words(new)}")
    parts = [part for part in element_changes(before, after) if _counts(part, old, new)]
    if when := [part for part in parts if part.element == "time point"]:
        yield change("time frame changed", "minor", f"{when[0].old} → {when[0].new}", when)
    elif not same_words(old.time_frame, new.time_frame) and not _same_times(before, after):
        yield change("time frame changed", "minor", f"{old.time_frame or 'none'} → {new.time_frame or 'none'}")
    rest = [part for part in parts if part.element != "time point"]
    if rest:
        yield change("changed", "minor", ", ".join(part.element for part in rest), rest)
    elif kind_and_words := _wording(old, new, before, after):
        yield change(kind_and_words[0], "minor", kind_and_words[1])


def _role_change(old: str, new: str) -> tuple[Kind, Severity]:
    if "not_stated" in (old, new):
        return "role changed", "open"
    if new == "primary":
        return "promoted", "major"
    if old == "primary":
        return "demoted", "major"
    return "role changed", "minor"


def element_changes(old: Elements, new: Elements) -> Iterator[ElementChange]:
    """Yield the elements that differ; where neither side was recognised there is nothing to yield."""
    for element in ELEMENTS:
        if element == "time point" and _same_times(old, new):
            continue
        before, after = old.words(element), new.words(element)
        if before != after:
            yield ElementChange(element=element, old=before, new=after)


def _counts(part: ElementChange, old: RegisteredOutcome, new: RegisteredOutcome) -> bool:
    """Whether an element's change is one: not where its words are the same, or only a sign was lost."""
    if part.element == "time point":
        return part.old is not None and part.new is not None
    return not _same_text(old, new, signs=True)


def _same_text(old: RegisteredOutcome, new: RegisteredOutcome, *, signs: bool) -> bool:
    pairs = ((old.title, new.title), (old.description, new.description))
    return all(same_words(*both) or (signs and differs_by_lost_signs(*both)) for both in pairs)


def _same_times(old: Elements, new: Elements) -> bool:
    one, other = old.time_points, new.time_points
    return bool(one and other and one.points == other.points and one.period == other.period and one.points)


def _wording(
    old: RegisteredOutcome, new: RegisteredOutcome, before: Elements, after: Elements
) -> tuple[Kind, str] | None:
    if _same_text(old, new, signs=False):
        if not same_words(old.time_frame, new.time_frame) and _same_times(before, after):
            named = sorted(t.baseline for t in (before.time_points, after.time_points) if t)
            return ("wording changed", "baseline is named on one side only") if named == [False, True] else None
        return None
    if _same_text(old, new, signs=True):
        return "lost comparator", 'one copy has "=" where the other has "≥" or "≤"'
    if not same_words(old.title, new.title):
        return "wording changed", f"title: {word_changes(old.title, new.title) or 'other order of the words'}"
    changed = word_changes(old.description or "", new.description or "")
    return "wording changed", f"description: {changed or 'other order of the words'}"
