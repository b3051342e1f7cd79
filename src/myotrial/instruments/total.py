"""The numbers that an instrument gives, and the bands that some of them fall into."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import Field, model_validator

from myotrial.instruments.items import Item
from myotrial.model.decimals import to_nano
from myotrial.model.source import Record, Source

RuleName = Literal["sum", "percent_lost", "share", "mean_of_group_maxima", "cdasi_activity"]
MissingName = Literal["answered_groups", "blanks_as_zero"]


class Band(Record):
    """A band of a total: its name and where it begins (included); it ends where the next one begins."""

    name: str
    start: float = Field(alias="from")


class Bands(Record):
    """Published bands of a total.

    Attributes
    ----------
    sets
        The bands, lowest first; several sets where sources differ.
    option
        The option that says which set is used, where there are several.
    source
        Where they were read.
    """

    sets: dict[str, tuple[Band, ...]] = Field(min_length=1)
    option: str | None = None
    source: Source

    @model_validator(mode="after")
    def _check(self) -> "Bands":
        if len(self.sets) > 1 and self.option is None:
            raise ValueError("several sets of bands need an option")
        for name, bands in self.sets.items():
            if not bands or any(low.start >= high.start for low, high in pairwise(bands)):
                raise ValueError(f"the bands {name} do not ascend")
        return self

    def of(self, settled: Mapping[str, Any]) -> tuple[Band, ...]:
        """Return the bands under the options."""
        return self.sets[settled[self.option]] if self.option else next(iter(self.sets.values()))

    def name_of(self, value: np.ndarray, low: np.ndarray, high: np.ndarray, settled: Mapping[str, Any]) -> pl.Series:
        """Return the band of each value; where there is none, the band in which both ends lie, if it is one.

        Parameters
        ----------
        value, low, high
            Doubles of shape (rows,), NaN where there is none.
        settled
            The options as they are used.

        Examples
        --------
        >>> source = Source(citation="made up", status="ours")
        >>> bands = Bands(sets={"any": [{"name": "mild", "from": 0}, {"name": "severe", "from": 15}]}, source=source)
        >>> value, low, high = np.array([14.0, np.nan, np.nan]), np.array([14.0, 15, 14]), np.array([14.0, 20, 15])
        >>> bands.name_of(value, low, high, {}).to_list()
        ['mild', 'severe', None]
        """
        bands = self.of(settled)
        edges = to_nano(np.array([band.start for band in bands]))
        ends = [np.where(np.isnan(value), end, value) for end in (low, high)]
        first, last = ((to_nano(end)[:, None] >= edges).sum(axis=1) - 1 for end in ends)
        known = (first == last) & (first >= 0) & ~np.isnan(ends[0])
        names = pl.Series([band.name for band in bands], dtype=pl.String)
        return names.gather(pl.Series(np.maximum(first, 0), dtype=pl.Int64)).set(pl.Series(~known), None)


class Total(Record):
    """One number that an instrument gives.

    Attributes
    ----------
    name, label, unit
        Its column, its words and its unit.
    low, high, step
        Its range over complete answers with the default options; ``step`` is ``None`` where it is not a grid.
    better
        The direction in which a patient improves.
    rule
        The name of the arithmetic; see :mod:`myotrial.instruments.rules`.
    groups, parts
        The items that count: those of these groups and these parts; empty means all.
    missing
        The name of a published way to give a value beside the interval where items are missing.
    bands
        The bands it falls into, where any are published; they stand in the column ``<name>_band``.
    source
        Where the range and the rule were read.
    """

    name: str
    label: str
    unit: str
    low: float
    high: float
    step: float | None = None
    better: Literal["lower", "higher"]
    rule: RuleName
    groups: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    missing: MissingName | None = None
    bands: Bands | None = None
    source: Source

    def takes(self, item: Item) -> bool:
        """Return whether an item counts in this total."""
        return (not self.groups or item.group in self.groups) and (not self.parts or item.part in self.parts)
