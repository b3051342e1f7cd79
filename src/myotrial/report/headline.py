"""The primary outcome in words and numbers."""

from dataclasses import dataclass

from myotrial.analysis.results import Results
from myotrial.report.numbers import NOT_ESTIMABLE, write_p, write_percent
from myotrial.report.outcome_table import decimals, versus
from myotrial.report.words import LABELS, PER_ARM, SPREAD, Row, write_interval, write_value
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Tile:
    """One arm's result in large print."""

    arm: str
    value: str
    detail: str


@dataclass(frozen=True, slots=True)
class Headline:
    """One primary outcome: a tile per arm, sentences, and warnings."""

    id: str
    title: str
    time_frame: str
    derivation: str
    level: str
    tiles: tuple[Tile, ...]
    sentences: tuple[str, ...]
    methods: tuple[str, ...]
    warnings: tuple[str, ...]


def headlines(trial: TrialDefinition, results: Results) -> list[Headline]:
    """Return the primary outcomes, one headline for each level at the last visit."""
    found = []
    for outcome in trial.outcomes:
        if outcome.role != "primary":
            continue
        rows = results.outcome(outcome.id).to_dicts()
        last: dict[str, float | None] = {row["level"] or "": row["week"] for row in rows}
        for level, week in (last or {"": None}).items():
            chosen = [row for row in rows if (row["level"] or "") == level and row["week"] == week]
            found.append(_headline(trial, outcome, level, chosen))
    return found


def _headline(trial: TrialDefinition, outcome: Outcome, level: str, rows: list[Row]) -> Headline:
    places = decimals(trial, outcome.id)
    compared = [_comparison(part, trial, places) for part in _pairs(rows)]
    return Headline(
        id=outcome.id,
        title=outcome.name,
        time_frame=outcome.registered.time_frame if outcome.registered else "",
        derivation=outcome.derivation,
        level=level,
        tiles=tuple(_tiles(trial, rows, places)),
        sentences=(*_responders(trial, rows), *(sentence for sentence, _ in compared)),
        methods=tuple(dict.fromkeys(method for _, methods in compared for method in methods)),
        warnings=tuple(dict.fromkeys(row["warnings"] for row in rows if row["warnings"])),
    )


def _own(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["statistic"] in PER_ARM and row["statistic"] not in SPREAD]


def _tiles(trial: TrialDefinition, rows: list[Row], places: int) -> list[Tile]:
    tiles = []
    for row in _own(rows):
        arm = "All subjects" if row["arm"] is None else trial.arm_label(row["arm"])
        if row["estimate"] is None:
            tiles.append(Tile(arm, NOT_ESTIMABLE, f"n = {row['n']}"))
        elif row["statistic"] == "proportion":
            counts = "" if row["n_event"] is None else f"{row['n_event']} of {row['n']}; "
            tiles.append(Tile(arm, write_percent(row["estimate"]), counts + write_interval(row, places)))
        else:
            detail = f"{LABELS.get(row['statistic'], row['statistic'])}; {write_interval(row, places)}; n = {row['n']}"
            tiles.append(Tile(arm, write_value(row, places), detail))
    return tiles


def _responders(trial: TrialDefinition, rows: list[Row]) -> list[str]:
    told = [
        f"{row['n_event']} of {row['n']} subjects ({write_percent(row['estimate'], missing=NOT_ESTIMABLE)})"
        + (f" with {trial.arm_label(row['arm'])}" if row["arm"] is not None else "")
        for row in rows
        if row["statistic"] == "proportion" and row["n_event"] is not None
    ]
    return [f"Responders: {' and '.join(told) if len(told) == 2 else ', '.join(told)}."] if told else []


def _pairs(rows: list[Row]) -> list[list[Row]]:
    """Return the comparisons, those of the same two arms together."""
    pairs: dict[tuple[str | None, str | None], list[Row]] = {}
    for row in rows:
        if row["statistic"] not in PER_ARM:
            pairs.setdefault((row["arm"], row["reference"]), []).append(row)
    return list(pairs.values())


def _comparison(rows: list[Row], trial: TrialDefinition, places: int) -> tuple[str, list[str]]:
    """Tell the first estimated comparison with its interval, and the first test."""
    shown = next((row for row in rows if row["estimate"] is not None), None)
    with_p = [row for row in rows if row["p_value"] is not None]
    tested = next((row for row in with_p if row["statistic"] in {"cmh", "log_rank"}), with_p[0] if with_p else None)
    names = versus(trial, rows[0])
    if names == "" and rows[0]["arm"] is not None and rows[0]["reference"] is not None:
        names = f"{trial.arm_label(rows[0]['arm'])} v {trial.arm_label(rows[0]['reference'])}"
    start = f"{names}: " if names else ""
    if shown is None and tested is None:
        return f"{start}the comparison is {NOT_ESTIMABLE}.", []
    parts = []
    if shown is not None:
        label = LABELS.get(shown["statistic"], shown["statistic"].replace("_", " ")).lower()
        interval = write_interval(shown, places)
        parts.append(f"{label} {write_value(shown, places)}" + (f" ({interval})" if interval else ""))
    if tested is not None:
        parts.append(write_p(tested["p_value"]))
    methods = dict.fromkeys(row["method"] for row in (shown, tested) if row is not None and row["method"])
    return f"{start}{', '.join(parts)}.", list(methods)
