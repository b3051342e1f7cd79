"""The 2017 EULAR/ACR score item by item, and what to ask next."""

import numpy as np
import polars as pl

from myotrial.criteria.classification.facts import load_facts
from myotrial.criteria.classification.iim_score import Points, can_decide


def items_frame(subjects: pl.Series, points: Points) -> pl.DataFrame:
    """Return one row per subject and item: its points where they are known, and what it could still give."""
    least, most = points.least.ravel(), points.most.ravel()
    known = points.open_.sum(axis=2).ravel() == 1
    rows, items = points.least.shape
    names, place = _columns(points, np.tile(np.arange(items), rows))
    return pl.DataFrame(
        [
            subjects.gather(pl.Series(np.repeat(np.arange(rows), items))),
            names.rename("item"),
            place,
            pl.Series("known", known),
            pl.Series("points", least / 10).set(pl.Series(~known), None),
            pl.Series("could_give", (most - least) / 10),
        ]
    )


def ask_frame(subjects: pl.Series, points: Points, cuts: np.ndarray) -> pl.DataFrame:
    """Return the unknown items that could change the tier, those that could give the most first."""
    row, item = np.nonzero(can_decide(points, cuts))
    gain = (points.most - points.least)[row, item]
    order = np.lexsort((item, -gain, row))
    names, labels = _columns(points, item[order])
    return pl.DataFrame(
        [
            subjects.gather(pl.Series(row[order])),
            names.rename("ask"),
            labels,
            pl.Series("could_give", gain[order] / 10),
        ]
    )


def _columns(points: Points, places: np.ndarray) -> tuple[pl.Series, pl.Series]:
    """Return names and labels of items by their places."""
    labels = [load_facts()[item].label for item in points.items]
    at = pl.Series(places, dtype=pl.Int64)
    return pl.Series("item", points.items, dtype=pl.String).gather(at), pl.Series("label", labels).gather(at)
