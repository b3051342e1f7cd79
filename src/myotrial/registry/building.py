"""What the readers of named fields share: dates, ages, sizes, outcomes, and the account at the end."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from hashlib import sha256
from operator import attrgetter
from typing import Any, Literal

from myotrial.registry.ages import Age, read_age
from myotrial.registry.comparators import LostComparator, LostPower, find_lost_comparators, find_lost_powers
from myotrial.registry.criteria_text import split_criteria
from myotrial.registry.dates import PartialDate, read_date
from myotrial.registry.design import Design
from myotrial.registry.labelled_page import split_lines
from myotrial.registry.parts import Anchor, Criteria, GroupSize, Passage, RegisteredOutcome, Role
from myotrial.registry.record import TrialRecord
from myotrial.registry.single_lines import read_outcome, read_sex, read_target_size
from myotrial.registry.tree import Branch, without_names
from myotrial.registry.unchecked import changed, make

ABSENT = frozenset(
    {"null", "na", "n.a.", "none", "not provided at time of registration", "not applicable", "nil", "-", "--"}
)
"""Words that registers store where there is nothing."""
_LONGEST_ABSENT = max(map(len, ABSENT))


_at = attrgetter("at")


class Builder:
    """Collects the fields of one record and closes the account.

    Parameters
    ----------
    form
        The form's title.
    root
        The record's tree.
    loses_signs
        Whether this form prints "≥" and "≤" as "=".
    """

    def __init__(self, form: str, root: Branch, *, loses_signs: bool = False) -> None:
        self.form, self.root, self.book, self.loses_signs = form, root, root.book, loses_signs
        self.fields: dict[str, Any] = {}
        self.outcomes: list[RegisteredOutcome] = []
        self.lost: list[LostComparator] = []
        self.powers: list[LostPower] = []

    def put(self, **fields: object) -> None:
        """Set fields of the record."""
        self.fields |= fields

    def stated(self, at: Branch, *names: str) -> str | None:
        """Return the words at a place, ``None`` for words that say there is nothing."""
        text = at.text(*names)
        return None if text is None or (len(text) <= _LONGEST_ABSENT and text.lower() in ABSENT) else text

    def listed(self, at: Branch, *names: str, separator: str = ";") -> tuple[str, ...]:
        """Return the words at a place, apart at a separator, each once."""
        text = self.stated(at, *names)
        parts = (part.strip() for part in (text or "").split(separator))
        return tuple(dict.fromkeys(part for part in parts if part and part.lower() not in ABSENT | {"n/a"}))

    def date(self, at: Branch, *names: str, month_first: bool = False) -> PartialDate | None:
        """Return the date at a place; what cannot be read as one is noted."""
        text = self.stated(at, *names)
        if text is None:
            return None
        when = read_date(text.partition("T")[0] if _is_stamp(text) else text, month_first=month_first)
        when = when if when.text == text else changed(when, text=text)
        if when.precision is None:
            self.book.notes.append(f"the {'.'.join(names)} is not read as a date: {text}")
        elif when.year == 1900:
            self.book.notes.append(f"the {'.'.join(names)} is {text}, which registers store for a missing date")
            return None
        return when

    def age(self, at: Branch, *names: str) -> Age | None:
        """Return the age limit at a place."""
        text = at.text(*names)
        if text is None or text.lower() in {"null", "0"}:
            return None
        age = read_age(text)
        if age.value is None and not age.no_limit:
            self.book.notes.append(f"the {'.'.join(names)} is not read as an age: {text}")
        elif age.value is not None and age.unit is None:
            self.book.notes.append(f"the {'.'.join(names)} has no unit: {text}")
        return age

    def sex(self, at: Branch, *names: str) -> Literal["all", "female", "male"] | None:
        """Return who may enter by sex; words that are not known stay unread."""
        text = at.text(*names)
        sex = read_sex(text) if text else None
        if text and sex is None:
            self.book.notes.append(f"the {'.'.join(names)} is not read: {text}")
        return sex

    def size(self, at: Branch, *names: str) -> tuple[int | None, str | None, tuple[GroupSize, ...]]:
        """Return a sample size: the number, the words, and the groups it is the sum of."""
        text = self.stated(at, *names)
        if text is None:
            return None, None, ()
        number, groups = read_target_size(text)
        if number is None:
            self.book.notes.append(f"the sample size is not read as a number: {text}")
        elif groups:
            self.book.notes.append(f"the target sample size is the sum of {len(groups)} groups")
        return number, text, groups

    def design(self, parts: Mapping[str, str | None], masked: Iterable[str] = (), text: str | None = None) -> None:
        """Set the design from its parts; without a sentence of its own the parts make one."""
        roles = tuple(masked)
        known = {name: words for name, words in parts.items() if words}
        if known or roles or text:
            made = ". ".join(f"{name.replace('_', ' ').capitalize()}: {words}" for name, words in known.items())
            self.put(design=Design.model_validate({"text": text or made, "who_is_masked": roles, **known}))

    def criteria(self, passage: Passage | None) -> None:
        """Set the criteria from one text with both headings in it."""
        if passage is None:
            return
        found = split_criteria(passage.text, split_lines(passage.text))
        moved = Criteria(
            inclusion=_within(found.inclusion, passage),
            exclusion=_within(found.exclusion, passage),
            other=tuple(piece for part in found.other if (piece := _within(part, passage))),
        )
        self.put(criteria=moved)
        if moved.other:
            self.book.notes.append("some criteria stand under neither the inclusion nor the exclusion heading")
        self._scan_criteria(moved)

    def criteria_apart(self, inclusion: Passage | None, exclusion: Passage | None) -> None:
        """Set the criteria from two texts."""
        found = Criteria(inclusion=_headless(inclusion), exclusion=_headless(exclusion))
        self.put(criteria=found)
        self._scan_criteria(found)

    def outcome(self, role: Role, passage: Passage, time_frame: str | None, description: str | None) -> None:
        """Add an outcome whose parts are fields of their own."""
        path = passage.path.rpartition(".")[0] if passage.path else None
        self.outcomes.append(
            RegisteredOutcome(
                role=role,
                position=len(self.outcomes) + 1,
                title=" ".join(passage.text.split()),
                time_frame=time_frame,
                description=description,
                start=passage.start,
                end=passage.end,
                path=path or passage.path,
            )
        )

    def outcome_line(self, role: Role, passage: Passage, start: int, end: int) -> None:
        """Add an outcome that is a stretch of a text, with its time frame in brackets where it has one."""
        _, first, last = passage.source_span(start, end)
        line = " ".join(passage.text[start:end].split())
        found = read_outcome(line, role=role, position=len(self.outcomes) + 1)
        self.outcomes.append(changed(found, start=first, end=last, path=passage.path))
        self.scan(passage, "outcomes", start, end, found.position)

    def scan(
        self, passage: Passage, field: str, start: int = 0, end: int | None = None, outcome: int | None = None
    ) -> None:
        """List the signs and powers that a text has lost."""
        if not self.loses_signs:
            return
        text = passage.text[start:end]
        if "=" not in text and "10" not in text:
            return
        for sign in find_lost_comparators(text, field, start=start, outcome=outcome):
            self.lost.append(changed(sign, **_place(passage, sign)))
        for power in find_lost_powers(text, field, start=start, outcome=outcome):
            self.powers.append(changed(power, **_place(passage, power)))

    def record(self) -> TrialRecord:
        """Return the record; what was not taken is listed."""
        unread, left_out = self.root.rest()
        if names := self.book.names:
            self._leave_names_out(names)
            unread = tuple([changed(part, text=without_names(part.text, names)) for part in unread])
        return TrialRecord(
            form=self.form,
            sha256=sha256(json.dumps(self.root.data, sort_keys=True).encode()).hexdigest(),
            outcomes=tuple(self.outcomes),
            lost_comparators=tuple(self.lost),
            lost_powers=tuple(self.powers),
            unread=unread,
            left_out=left_out,
            cut_off=self.book.cut,
            notes=tuple(self.book.notes),
            **self.fields,
        )

    def _leave_names_out(self, names: set[str]) -> None:
        """Leave the names of contact persons out of the free texts, which stand at no place of the source."""
        for key in ("summary", "description", "why_stopped"):
            if text := self.fields.get(key):
                self.fields[key] = without_names(text, names)
        for key in ("data_sharing", "results", "ethics"):
            part = self.fields.get(key)
            if part is not None:
                texts = {name: without_names(text, names) for name, text in part if isinstance(text, str)}
                self.fields[key] = part.model_copy(update=texts)

    def _scan_criteria(self, criteria: Criteria) -> None:
        parts = [("inclusion", criteria.inclusion), ("exclusion", criteria.exclusion)]
        for name, passage in parts + [("other", piece) for piece in criteria.other]:
            if passage:
                self.scan(passage, f"criteria.{name}")


def _place(passage: Passage, sign: LostComparator | LostPower) -> dict[str, object]:
    path, start, end = passage.source_span(sign.start, sign.end)
    return {"path": path, "start": start, "end": end}


def _within(part: Passage | None, whole: Passage) -> Passage | None:
    """Return a part of a passage with the places of its source."""
    if part is None:
        return None
    path, start, end = whole.source_span(part.start, part.end)
    shift = part.start
    first = bisect_right(whole.anchors, shift, key=_at)
    last = bisect_left(whole.anchors, part.end, key=_at)
    anchors = [make(Anchor, at=a.at - shift, source=a.source, path=a.path) for a in whole.anchors[first:last]]
    if first:
        before = whole.anchors[first - 1]
        anchors.insert(0, make(Anchor, at=0, source=before.source + shift - before.at, path=before.path))
    plain = len(anchors) == 1 and anchors[0].source == start
    return Passage(
        text=part.text,
        start=start,
        end=end,
        path=path,
        anchors=() if plain else tuple(anchors),
        under=part.under,
        indent=part.indent,
    )


def _headless(passage: Passage | None) -> Passage | None:
    """Return a text of criteria without the heading some registers repeat in it."""
    if passage is None or "clu" not in passage.text.lower():
        return passage
    found = split_criteria(passage.text, split_lines(passage.text))
    parts = [part for part in (found.inclusion, found.exclusion) if part]
    if len(parts) == 1 and not found.other:
        return _within(parts[0], passage)
    return passage


def _is_stamp(text: str) -> bool:
    return len(text) > 11 and text[4:5] == "-" and text[10] == "T"
