"""The names that a definition may use: measures and columns of the tables, scores and rules with their options."""

from functools import cache

from myotrial.model.data import data_file, load_data
from myotrial.model.options import Option
from myotrial.study.tables import TableName, load_tables

DOSE_FILE = ("treatments", "glucocorticoid-equivalents.yaml")


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


@cache
def known_rules() -> tuple[str, ...]:
    """Return the names of the published rules of change.

    Examples
    --------
    >>> known_rules()
    ('imacs-doi-2004', 'printo-20', 'printo-inactive', 'worsening-proderm')
    """
    return tuple(file.removesuffix(".yaml") for file in _files("rules"))


@cache
def rule_options(rule: str) -> dict[str, Option]:
    """Return the numbers and options of a published rule by name."""
    data = load_data("rules", f"{rule}.yaml")
    return {name: Option(**entry) for part in ("parameters", "options") for name, entry in data.get(part, {}).items()}


@cache
def known_dose_tables() -> tuple[str, ...]:
    """Return the names of the tables of prednisone equivalents.

    Examples
    --------
    >>> known_dose_tables()
    ('prednisone-5mg-1',)
    """
    return tuple(entry["id"] for entry in load_data(*DOSE_FILE)["tables"])


@cache
def dose_options() -> dict[str, Option]:
    """Return the open choices of the tables of prednisone equivalents by name."""
    return {name: Option(**entry) for name, entry in load_data(*DOSE_FILE)["options"].items()}


@cache
def known_columns(table: TableName) -> tuple[str, ...]:
    """Return the columns of a table of the plain study."""
    return tuple(column.name for column in load_tables()[table].columns)


def _files(folder: str = "criteria") -> list[str]:
    return sorted(file.name for file in data_file(folder).iterdir() if file.name.endswith(".yaml"))
