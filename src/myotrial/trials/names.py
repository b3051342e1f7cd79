"""The names that a definition may use: measures of the visit table, and scores with their criteria."""

from functools import cache

from myotrial.model.data import data_file, load_data
from myotrial.model.options import Option
from myotrial.study.tables import load_tables


@cache
def known_measures() -> tuple[str, ...]:
    """Return the measures of the visit table.

    Examples
    --------
    >>> known_measures()[:3]
    ('physician_global_cm', 'patient_global_cm', 'mmt')
    """
    return tuple(column.name for column in load_tables()["visits"].columns if column.better)


@cache
def measures_without_range() -> frozenset[str]:
    """Return the measures for which no range is published, such as the enzymes, which have a limit of normal."""
    return frozenset(column.name for column in load_tables()["visits"].columns if column.better and not column.ranged)


@cache
def known_options(criteria: str) -> dict[str, Option]:
    """Return the options of criteria by name."""
    for file in _files():
        data = load_data("criteria", file)
        for variant in data["variants"]:
            if variant["id"] == criteria:
                return {name: Option(**data["options"][name]) for name in variant["options"]}
    return {}


@cache
def known_scores() -> dict[str, tuple[str, ...]]:
    """Return each score with the criteria that define it.

    Examples
    --------
    >>> known_scores()
    {'tis': ('acr-eular-2016-adult', 'acr-eular-2016-juvenile-imacs', 'acr-eular-2016-juvenile-printo')}
    """
    scores: dict[str, tuple[str, ...]] = {}
    for file in _files():
        data = load_data("criteria", file)
        scores[data["score"]] = (*scores.get(data["score"], ()), *(variant["id"] for variant in data["variants"]))
    return scores


def _files() -> list[str]:
    return sorted(file.name for file in data_file("criteria").iterdir() if file.name.endswith(".yaml"))
