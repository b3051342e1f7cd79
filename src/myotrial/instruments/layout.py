"""How the items of an instrument stand on a sheet: grids, categories with their aids, lists. All from its data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from myotrial.instruments.definition import Instrument
from myotrial.instruments.items import Item, Scale

FEW = 4
"""The widest range, in steps of 1, whose grades are offered one by one."""


@dataclass(frozen=True, slots=True)
class Field:
    """One item as it is asked.

    Attributes
    ----------
    item
        The item.
    kind
        ``tick`` (an aid: used or not stated), ``choice`` (one of a few grades), or ``text``.
    choices
        Grade → its words, for a choice.
    hint
        The range, and the codes that are allowed beside numbers.
    keys
        The keys that a phone should show for a text: ``numeric``, ``decimal`` or ``text``.
    """

    item: Item
    kind: Literal["tick", "choice", "text"]
    choices: Mapping[str, str]
    hint: str
    keys: Literal["numeric", "decimal", "text"] = "text"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a grid: its words and a field or nothing for each column; ``across``: one field for all columns."""

    label: str
    fields: tuple[Field | None, ...]
    across: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sheet.

    Attributes
    ----------
    id, label
        Its name and its words; no words where the sheet has one part.
    columns, hints
        The columns of a grid, empty for a list; and what every field of the column may hold, where it is the same.
    bands
        The lines of a grid, under a heading where several stand together.
    fields
        The fields of a list.
    aids
        The aids and the help that raise this category.
    """

    id: str
    label: str
    columns: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    bands: tuple[tuple[str, tuple[Line, ...]], ...] = ()
    fields: tuple[Field, ...] = ()
    aids: tuple[Field, ...] = ()


def lay_out(instrument: Instrument, settled: Mapping[str, Any] | None = None) -> tuple[Part, ...]:
    """Return the parts of a sheet for an instrument.

    Parameters
    ----------
    instrument
        Whose items they are.
    settled
        Its options as they are used: how values are written may depend on one. Without them, the defaults, and
        for an option that has none its first choice.

    Returns
    -------
    tuple of Part
        Every item once: categories with the aids that raise them, else grids (rows and columns), else lists.

    Examples
    --------
    >>> from myotrial.instruments.definition import load_instrument
    >>> (grid,) = lay_out(load_instrument("mmt8-bilateral"))
    >>> grid.columns, [(heading, len(lines)) for heading, lines in grid.bands]
    (('right', 'left'), [('Axial', 1), ('Proximal', 5), ('Distal', 2)])
    >>> [len(part.aids) for part in lay_out(load_instrument("haq-di"))]
    [2, 2, 2, 5, 5, 2, 2, 1]
    """
    scale = instrument.scale(settled if settled is not None else first_choices(instrument))
    if any(item.is_aid for item in instrument.items):
        return _categories(instrument, scale)
    names = list(dict.fromkeys(item.part or "" for item in instrument.items))
    return tuple(_part(instrument, scale, name, _words(name) if len(names) > 1 else "") for name in names)


def first_choices(instrument: Instrument) -> dict[str, Any]:
    """Return every option at its default, or at its first choice where it has no default.

    Examples
    --------
    >>> from myotrial.instruments.definition import load_instrument
    >>> first_choices(load_instrument("myoact"))
    {'unit': 'cm'}
    """
    return {
        name: next(iter(option.choices)) if option.default is None else option.default
        for name, option in instrument.options.items()
    }


def _categories(instrument: Instrument, scale: Scale) -> tuple[Part, ...]:
    def raised(item: Item) -> Any:
        return instrument.options[item.raises_option].default if item.raises_option else item.raises

    names = list(dict.fromkeys(item.group for item in instrument.items if item.group))
    return tuple(
        Part(name, _words(name), aids=_fields(scale, [item for item in instrument.items if raised(item) == name]),
             fields=_fields(scale, [item for item in instrument.items if item.group == name and not item.is_aid]))
        for name in names
    )  # fmt: skip


def _part(instrument: Instrument, scale: Scale, name: str, label: str) -> Part:
    items = [item for item in instrument.items if (item.part or "") == name]
    columns = tuple(dict.fromkeys(item.column for item in items if item.column))
    if not columns:
        return Part(name or "items", label if len(items) > 1 else "", fields=_fields(scale, items))
    rows: dict[str, list[Item]] = {}
    for item in items:
        rows.setdefault(item.row or item.label, []).append(item)
    bands: dict[str, list[Line]] = {}
    for words, own in rows.items():
        bands.setdefault(own[0].group or "", []).append(_line(scale, words, own, columns))
    if all(len(lines) == 1 for lines in bands.values()):  # each row a group of its own: no headings
        bands = {"": [line for lines in bands.values() for line in lines]}
    told = tuple((_words(group), tuple(lines)) for group, lines in bands.items())
    return Part(name or "items", label, columns, tuple(_hint(scale, items, column) for column in columns), told)


def _hint(scale: Scale, items: list[Item], column: str) -> str:
    """Return what all fields of a column may hold, where it is the same for all."""
    hints = {_text(scale, item).hint for item in items if item.column == column}
    return hints.pop() if len(hints) == 1 else ""


def _line(scale: Scale, words: str, items: list[Item], columns: tuple[str, ...]) -> Line:
    fields = {item.column: _text(scale, item) for item in items}
    across = set(fields) == {None}
    return Line(words, (fields[None],) if across else tuple(fields.get(column) for column in columns), across)


def _fields(scale: Scale, items: list[Item]) -> tuple[Field, ...]:
    """Return the fields of a list: all of them choices, or none."""
    few = all(_span(scale, item) <= FEW for item in items if not item.is_aid)
    return tuple(_tick(item) if item.is_aid else _choice(scale, item) if few else _text(scale, item) for item in items)


def _span(scale: Scale, item: Item) -> float:
    """Return how many steps of 1 a value may have; a value between them makes it endless."""
    if not scale.numbers:
        return 0
    step = item.step if scale.step is None else scale.step
    return item.high - item.low if step == 1 else float("inf")


def _tick(item: Item) -> Field:
    return Field(item, "tick", {"1": "used"}, "")


def _choice(scale: Scale, item: Item) -> Field:
    grades = [f"{item.low + step:g}" for step in range(int(_span(scale, item)) + 1)] if scale.numbers else []
    words = {grade: item.anchors.get(grade, "") for grade in grades}
    codes = _codes(scale, item)
    shown = {code: code.replace("_", " ") if scale.numbers else item.anchors.get(code, "") for code in codes}
    return Field(item, "choice", {**words, **shown}, "")


def _text(scale: Scale, item: Item) -> Field:
    low = item.low if scale.low is None else scale.low
    high = item.high if scale.high is None else scale.high
    codes = [code.replace("_", " ") for code in _codes(scale, item)]
    told = [f"{low:g} to {high:g}", *codes] if scale.numbers else [", ".join(codes)]
    ends = [f"{value} {words}" for value, words in item.anchors.items()]
    return Field(item, "text", {}, "; ".join([*told, *ends]), _keys(scale, item))


def _keys(scale: Scale, item: Item) -> Literal["numeric", "decimal", "text"]:
    """Return the keys to show: digits alone, unless a value may stand between or an item may be left out in words."""
    if not scale.numbers or "excluded" in scale.codes.values():
        return "text"
    return "numeric" if (item.step if scale.step is None else scale.step) == 1 and item.low >= 0 else "decimal"


def _codes(scale: Scale, item: Item) -> list[str]:
    return [code for code in scale.codes if code not in scale.code_items or item.id in scale.code_items[code]]


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
