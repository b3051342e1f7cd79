import polars as pl
import pytest

from myotrial.instruments.definition import load_instrument
from myotrial.instruments.scoring import score_instrument


@pytest.fixture(scope="session")
def row_of():
    """Score one subject at one week: item → value, every other item at ``rest`` (or missing) → the row."""

    def run(instrument, answers, *, rest=None, **options):
        known = load_instrument(instrument) if isinstance(instrument, str) else instrument
        values = answers if rest is None else {**{item.id: rest for item in known.items}, **answers}
        items = pl.DataFrame(
            {
                "subject_id": ["S1"] * len(values),
                "week": [0] * len(values),
                "item": list(values),
                "value": pl.Series(
                    [None if value is None else str(value) for value in values.values()], dtype=pl.String
                ),
            }
        )
        return score_instrument(instrument, items, options=options).frame.row(0, named=True)

    return run
