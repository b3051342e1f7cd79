"""Items and the ways in which their values are written."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field, model_validator

from myotrial.model.source import Record, Source


class Item(Record):
    """One item of an instrument.

    Attributes
    ----------
    id, label
        Its name in data, and a short label of our own (never the wording of a questionnaire).
    group, part
        The category it belongs to, and the part of the instrument; totals choose by them.
    low, high, step
        Its range, and the grid its values lie on; ``None`` where any value in the range will do.
    raises
        The category that this aid or help raises.
    raises_option
        The option that names that category, where no source settles it; ``none`` raises nothing.
    blank_option
        The option that says whether a blank means that it is not used.
    row, column
        Where it stands on a sheet that is laid out as a table: a muscle and its side, an area and its sign.
    anchors
        What the ends or grades of its range mean, in short words of our own: value → words.
    source
        Where its range was read.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    group: str | None = None
    part: str | None = None
    low: float = 0
    high: float
    step: float | None = None
    raises: str | None = None
    raises_option: str | None = None
    blank_option: str | None = None
    row: str | None = None
    column: str | None = None
    anchors: dict[str, str] = Field(default_factory=dict)
    source: Source

    @model_validator(mode="after")
    def _check(self) -> "Item":
        if not self.low < self.high:
            raise ValueError(f"the range of {self.id} is empty")
        return self

    @property
    def is_aid(self) -> bool:
        """Whether it is an aid or help that raises a category, not an answer."""
        return self.raises is not None or self.raises_option is not None


class Scale(Record):
    """How the values of the items are written.

    Attributes
    ----------
    low, high, step
        The range and grid of the values as written, where they are not those of the items.
    factor
        What a written value is multiplied by to give the item's own unit, as a decimal in text.
    numbers
        Whether plain numbers are allowed; where they are not, every value is one of the codes.
    codes
        Code → the item's value, or ``excluded`` (the item leaves the score), or the name of an option that holds it.
    code_items
        Code → the items it is allowed for, where it is not allowed for all.
    source
        Where this was read.
    """

    low: float | None = None
    high: float | None = None
    step: float | None = None
    factor: str = "1"
    numbers: bool = True
    codes: dict[str, float | str] = Field(default_factory=dict)
    code_items: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    source: Source | None = None

    def value_of(self, code: str, settled: Mapping[str, Any]) -> float | None:
        """Return what a code stands for, by the options as they are used; ``None`` where the item leaves the score."""
        meaning = self.codes[code]
        if meaning == "excluded":
            return None
        if isinstance(meaning, str):
            held = settled[meaning]
            meaning = held[code] if isinstance(held, Mapping) else held
        return float(meaning)


def expand_blocks(blocks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the items of a data file, each with the defaults of its block.

    A block with ``areas`` holds its items once for each area: ``<area>_<item>``, in the group of the area unless the
    block or the item names another, in the row of the area and the column of the item.

    Examples
    --------
    >>> (item,) = expand_blocks([{"areas": {"knee": "Knee"}, "high": 10, "items": [{"id": "left", "label": "left"}]}])
    >>> item["id"], item["label"], item["group"], item["row"], item["column"]
    ('knee_left', 'Knee, left', 'knee', 'Knee', 'left')
    """
    items = []
    for block in blocks:
        defaults = {name: value for name, value in block.items() if name not in {"areas", "items"}}
        for area, words in block.get("areas", {"": ""}).items():
            for entry in block["items"]:
                item = {**({"group": area} if area else {}), **defaults, **entry}
                if area:
                    own = {"id": f"{area}_{entry['id']}", "label": f"{words}, {entry['label']}"}
                    item = {**item, **own, "row": words, "column": entry["label"]}
                items.append(item)
    return items
