import numpy as np
import pytest

from myotrial.model.panel import Grid, Panel


@pytest.fixture(scope="session")
def panel():
    """Build a panel from measure → values (subjects × visits); a value may be an interval (low, high)."""

    def build(measures, better=None, widths=None, first_day=None, days=None):
        grids = {}
        for name, rows in measures.items():
            ends = [[cell if isinstance(cell, tuple) else (cell, cell) for cell in row] for row in rows]
            low, high = (np.array([[pair[end] for pair in row] for row in ends], dtype=float) for end in (0, 1))
            subjects, visits = low.shape
            width = None if widths is None or name not in widths else np.full(subjects, float(widths[name]))
            grids[name] = Grid(low, high, (better or {}).get(name, "lower"), width)
        weeks = np.arange(visits, dtype=float) * 4
        day = np.tile(weeks * 7 + 1, (subjects, 1)) if days is None else np.array(days, dtype=float)
        happened = {event: np.array(first, dtype=float) for event, first in (first_day or {}).items()}
        names = np.array([f"S{number}" for number in range(subjects)])
        return Panel(names, np.full(subjects, "a"), weeks, 0, day, np.ones((subjects, visits), bool), grids, happened)

    return build
